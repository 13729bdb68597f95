package version

var gitVersion, gitMajor, gitMinor string

func Get() (string, string, string) { return gitVersion, gitMajor, gitMinor }
