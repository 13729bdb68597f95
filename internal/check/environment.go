package check

import (
	"net/url"
	"slices"
	"strings"

	"eso-aws/internal/problem"
)

// signInVariables are those by which the AWS SDK signs in before it uses a role.
func signInVariables() []string {
	return []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
	}
}

// endpointVariables are those that set the URL of an AWS service that the operator calls:
// the operator's own, and the SDK's
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func endpointVariables() []string {
	return []string{
		"AWS_SECRETSMANAGER_ENDPOINT", "AWS_STS_ENDPOINT", "AWS_SSM_ENDPOINT", "AWS_ENDPOINT_URL",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSM",
	}
}

// choiceVariables are those that choose among the endpoints of AWS, and their values.
func choiceVariables() map[string][]string {
	flag := []string{"true", "false"}
	return map[string][]string{
		"AWS_USE_FIPS_ENDPOINT": flag, "AWS_USE_DUALSTACK_ENDPOINT": flag,
		"AWS_STS_REGIONAL_ENDPOINTS": {"regional", "legacy"}, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": flag,
	}
}

// environment rejects variables of the operator that replace its role or AWS on EKS, and
// those that look like a variable of the AWS SDK and are ignored.
func (c *checker) environment(at problem.Path, values map[string]any) {
	list, _ := values["extraEnv"].([]any)
	for i, entry := range list {
		variable, _ := entry.(map[string]any)
		name, _ := variable["name"].(string)
		value, isText := variable["value"].(string)
		at := at.Entry(i)
		choices, chooses := choiceVariables()[name]
		switch {
		case chooses:
			if isText && !slices.Contains(choices, strings.ToLower(value)) {
				c.refuse(at.Member("value"), value, problem.NotSupported, "must be "+problem.Join(choices, "or"), "")
			}
		case c.OnEKS() && slices.Contains(signInVariables(), name):
			c.refuse(at, nil, problem.Conflict, name+" would replace the operator's role", "remove it")
		case slices.Contains(endpointVariables(), name):
			if c.OnEKS() && isText && !isAWS(value) {
				c.refuse(at, nil, problem.Conflict, name+" must be an https URL of AWS with target eks",
					"write one such as https://vpce-0123.secretsmanager.us-east-1.vpce.amazonaws.com, "+
						"or set target: local to use an emulator")
			}
		default:
			c.misspelled(at.Member("name"), name)
		}
	}
}

// misspelled rejects a name that no AWS SDK knows and that resembles one.
func (c *checker) misspelled(at problem.Path, name string) {
	if !strings.HasPrefix(name, "AWS_") || !strings.Contains(name, "ENDPOINT") {
		return
	}
	known := endpointVariables()
	for choice := range choiceVariables() {
		known = append(known, choice)
	}
	squeezed := func(name string) string { return strings.ReplaceAll(name, "_", "") }
	for _, candidate := range known {
		if squeezed(candidate) == squeezed(name) {
			c.refuse(at, name, problem.Unknown, "unknown variable, which the operator ignores",
				"did you mean "+candidate+"?")
			return
		}
	}
	slices.Sort(known)
	if best := problem.Typo(name, known); best != "" {
		c.refuse(at, name, problem.Unknown, "unknown variable, which the operator ignores", "did you mean "+best+"?")
	}
}

// isAWS reports whether a URL is one of AWS itself, as that of a VPC endpoint is.
func isAWS(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	return slices.ContainsFunc([]string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws"}, func(suffix string) bool {
		return strings.HasSuffix(u.Hostname(), suffix)
	})
}
