package sandbox

import (
	"os"
	"slices"
	"strings"
)

// Access holds the endpoint and the credentials of a sandbox's AWS.
type Access struct{ Endpoint, AccessKeyID, SecretAccessKey string }

// Env returns environment variables, as KEY=value, that make the AWS SDKs and the CLI use this endpoint and
// these credentials only, and neither the user's files nor the credentials of the machine.
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

// Foreign returns the names of those variables in an environment that could override Env: all AWS_*, and
// the file with Pulumi's passphrase.
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
