package stackfile

import (
	"maps"
	"slices"
	"strings"

	"eso-aws/internal/problem"
)

// awsSettings are the settings of the AWS provider
// (https://www.pulumi.com/registry/packages/aws/installation-configuration/).
func awsSettings() []string {
	return []string{
		"accessKey", "allowedAccountIds", "assumeRole", "assumeRoles", "assumeRoleWithWebIdentity", "customCaBundle",
		"defaultTags", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "endpoints", "forbiddenAccountIds",
		"httpProxy", "httpsProxy", "ignoreTags", "insecure", "maxRetries", "noProxy", "profile", "region", "retryMode",
		"s3UsEast1RegionalEndpoint", "s3UsePathStyle", "secretKey", "sharedConfigFiles", "sharedCredentialsFiles",
		"skipCredentialsValidation", "skipGetEc2Platforms", "skipMetadataApiCheck", "skipRegionValidation",
		"skipRequestingAccountId", "stsRegion", "token", "tokenBucketRateLimiterCapacity", "useDualstackEndpoint",
		"useFipsEndpoint",
	}
}

// rejectMisspelled rejects settings of other namespaces that look like one of this project
// or of the AWS provider: nothing would read them.
func (d *decoder) rejectMisspelled() {
	settings := names(d.settings)
	for _, full := range slices.Sorted(maps.Keys(d.input.Values)) {
		namespace, key, _ := strings.Cut(full, ":")
		meant := ""
		switch {
		case namespace == d.input.Project:
			continue
		case namespace == "aws":
			meant = misspelled(key, namespace, awsSettings())
		case problem.Typo(namespace, []string{d.input.Project}) != "":
			meant = misspelled(key, d.input.Project, settings)
			if slices.Contains(settings, key) {
				meant = d.input.Project + ":" + key
			}
		case problem.Distance(namespace, "aws") == 1 && slices.Contains([]string{"region", "profile"}, key):
			meant = "aws:" + key
		}
		if meant != "" {
			d.add(problem.Path{full}, nil, problem.Unknown, "unknown setting", "did you mean "+meant+"?")
		}
	}
}

// misspelled returns the known setting that a key resembles; "" for none, and for one that is
// known.
func misspelled(key, namespace string, known []string) string {
	best := problem.Nearest(key, known, problem.Distance)
	if best == "" || slices.Contains(known, key) {
		return ""
	}
	return namespace + ":" + best
}
