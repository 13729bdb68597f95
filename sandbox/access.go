package sandbox

import (
	"os"
	"slices"
	"strings"
)

// Access is how to sign in to a sandbox's AWS.
type Access struct{ Endpoint, AccessKeyID, SecretAccessKey string }

// Env has AWS's SDKs and CLI sign in there, as KEY=value, and nowhere else: not by the user's files, nor
// as the machine.
func (a Access) Env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + a.Endpoint,
		"AWS_ACCESS_KEY_ID=" + a.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + a.SecretAccessKey,
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// Foreign are the names of those variables in an environment that would have Pulumi or AWS's SDKs do
// something else than Env says: what it has of AWS, and where it has a passphrase in a file.
func Foreign(environ []string) []string {
	var names []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "AWS_") || name == "PULUMI_CONFIG_PASSPHRASE_FILE" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
