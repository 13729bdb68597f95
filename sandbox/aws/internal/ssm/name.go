package ssm

import (
	"regexp"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	// maxName is the longest name, including the ARN before it.
	maxName   = 1011
	maxLevels = 15
)

const (
	wrongName = `Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can ` +
		`consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and ` +
		`the following 3 symbols .-_`
	wrongPath = `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a ` +
		`forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, ` +
		`numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not ` +
		`allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: ` +
		`/get/parameters2-/by1./path0_.`
	wrongSelector = "Invalid parameter name. Please use correct syntax for referencing a version/label  " +
		"<name>:<version/label>"
)

var (
	// A name is an absolute path, or has no slash at all.
	validName = regexp.MustCompile(`^([a-zA-Z0-9_.-]+|(/[a-zA-Z0-9_.-]+)+)$`)
	validPath = regexp.MustCompile(`^(/|(/[a-zA-Z0-9_.-]+)+/?)$`)
)

// hasPrefix reports whether a name begins with a reserved word, with or without a
// slash.
func hasPrefix(name, reserved string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimPrefix(name, "/")), reserved)
}

// checkNew checks the rules for names of new parameters.
func checkNew(name, arn string) error {
	switch {
	case strings.HasSuffix(name, "/"):
		return api.Errorf(api.Validation, "Parameter name must not end with slash.")
	case strings.Contains(name, "/") && !strings.HasPrefix(name, "/"):
		return api.Errorf(api.Validation, "Parameter name must be a fully qualified name.")
	case !validName.MatchString(name), hasPrefix(name, "ssm"):
		return api.Errorf(api.Validation, wrongName)
	case hasPrefix(name, "aws") && strings.Count(name, "/") > 1:
		return api.Errorf(api.AccessDenied, "No access to reserved parameter name: %s.", name)
	case hasPrefix(name, "aws"):
		return api.Errorf(api.Validation, `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`)
	case strings.Count(name, "/") > maxLevels:
		return api.Errorf("HierarchyLevelLimitExceededException",
			"A hierarchy can have a maximum of %d levels.", maxLevels)
	case len(arn) > maxName:
		return api.Errorf(api.Validation, "The ARN of the parameter can have a maximum of %d characters.", maxName)
	}
	return nil
}

func checkPath(path string) error {
	if !validPath.MatchString(path) {
		return api.Errorf(api.Validation, "%s", wrongPath)
	}
	return nil
}

// arnOf returns the ARN of the name or path, in the caller's account.
func arnOf(c *api.Call, name string) string {
	return c.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

// reference is a request's reference to a parameter or one of its versions.
type reference struct {
	// name begins with a slash if the reference is an ARN.
	name, arn string
	// selector is a version's number or label; empty means the current one.
	selector string
	byARN    bool
}

// refer parses a name or an ARN with an optional selector.
func refer(c *api.Call, text string) (reference, error) {
	text = strings.TrimSpace(text)
	prefix, rest := "", text
	if parts := strings.SplitN(text, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[2] == "ssm" {
		prefix, rest = strings.Join(parts[:5], ":")+":", parts[5]
	}
	name, selector, selected := strings.Cut(rest, ":")
	if selected && (selector == "" || strings.Contains(selector, ":")) {
		return reference{}, api.Errorf(api.Validation, wrongSelector)
	}
	r := reference{name: name, arn: arnOf(c, name), selector: selector}
	if prefix != "" {
		r.byARN, r.arn = true, prefix+name
		if r.name, selected = strings.CutPrefix(name, "parameter"); !selected {
			return reference{}, api.Errorf(api.Validation, wrongName)
		}
	}
	if !validName.MatchString(r.name) || hasPrefix(r.name, "ssm") {
		return reference{}, api.Errorf(api.Validation, wrongName)
	}
	return r, nil
}

// checkText checks the rules of AWS's API model for names.
func checkText(name *string) error {
	var check api.Checks
	check.Required("name", name == nil)
	check.Length("name", name, 1, 2048)
	return check.Err()
}

// checkName parses the name or ARN in a request about all versions.
func checkName(c *api.Call, name *string) (reference, error) {
	if err := checkText(name); err != nil {
		return reference{}, err
	}
	r, err := refer(c, *name)
	if err == nil && r.selector != "" {
		err = api.Errorf(api.Validation, wrongName)
	}
	return r, err
}

// errNotFound has no message, as in AWS.
var errNotFound error = &api.Error{Code: "ParameterNotFound"}

func errNoVersion(name, selector string) error {
	return api.Errorf("ParameterVersionNotFound",
		"Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)
}
