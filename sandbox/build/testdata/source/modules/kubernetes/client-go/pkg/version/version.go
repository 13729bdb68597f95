package version

var gitVersion string

func Get() string { return gitVersion }
