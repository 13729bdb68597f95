package secretsmanager

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	codeExists     = "ResourceExistsException"
	codeLimit      = "LimitExceededException"
	codeNextToken  = "InvalidNextTokenException"
	codeNotFound   = "ResourceNotFoundException"
	codeParameter  = "InvalidParameterException"
	codeRequest    = "InvalidRequestException"
	codeValidation = "ValidationException"
)

const (
	maxValue = 65536
	maxTags  = 50
	// reservedTags is the prefix of keys that only AWS may set.
	reservedTags = "aws:"
)

var validName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

// checks collects what a request breaks of the constraints that AWS's model of
// the service declares, to answer all of it at once.
type checks []string

func (c *checks) fail(path string, shown any, rule string, args ...any) {
	*c = append(*c, fmt.Sprintf("Value %v at '%s' failed to satisfy constraint: Member must ", shown, path)+
		fmt.Sprintf(rule, args...))
}

func (c *checks) required(path string, missing bool) {
	if missing {
		c.fail(path, "null", "not be null")
	}
}

func (c *checks) length(path string, v *string, least, most int) {
	if v != nil {
		c.size(path, "'"+*v+"'", len(*v), least, most)
	}
}

func (c *checks) size(path, shown string, size, least, most int) {
	if size < least {
		c.fail(path, shown, "have length greater than or equal to %d", least)
	}
	if size > most {
		c.fail(path, shown, "have length less than or equal to %d", most)
	}
}

func (c *checks) between(path string, v *int, least, most int) {
	switch {
	case v == nil:
	case *v < least:
		c.fail(path, fmt.Sprintf("'%d'", *v), "have value greater than or equal to %d", least)
	case *v > most:
		c.fail(path, fmt.Sprintf("'%d'", *v), "have value less than or equal to %d", most)
	}
}

func (c *checks) oneOf(path string, v *string, allowed ...string) {
	if v != nil && !slices.Contains(allowed, *v) {
		c.fail(path, "'"+*v+"'", "satisfy enum value set: [%s]", strings.Join(allowed, ", "))
	}
}

func (c *checks) value(text *string, binary []byte) {
	// The value itself is never shown.
	if text != nil && len(*text) > maxValue {
		*c = append(*c, sensitiveTooLong("secretString"))
	}
	if len(binary) > maxValue {
		*c = append(*c, sensitiveTooLong("secretBinary"))
	}
}

func sensitiveTooLong(path string) string {
	return fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
		path, maxValue)
}

func (c *checks) tags(tags []tag) {
	for i, t := range tags {
		c.length(fmt.Sprintf("tags.%d.member.key", i+1), t.Key, 1, 128)
		c.length(fmt.Sprintf("tags.%d.member.value", i+1), t.Value, 0, 256)
	}
}

func (c *checks) err() error {
	switch len(*c) {
	case 0:
		return nil
	case 1:
		return api.Errorf(codeValidation, "1 validation error detected: %s", (*c)[0])
	default:
		return api.Errorf(codeValidation, "%d validation errors detected: %s", len(*c), strings.Join(*c, "; "))
	}
}

func checkSecretID(id *string) error {
	var c checks
	c.required("secretId", id == nil)
	c.length("secretId", id, 1, 2048)
	if err := c.err(); err != nil {
		return err
	}
	if !strings.HasPrefix(*id, "arn:") {
		return checkName(*id)
	}
	return nil
}

func checkName(name string) error {
	if validName.MatchString(name) {
		return nil
	}
	return api.Errorf(codeValidation, "Invalid name. Must be a valid name containing alphanumeric characters, "+
		"or any of the following: -/_+=.@!")
}

// newValue is the value in a request, nil when there is none. An empty string is
// none, as in AWS.
func newValue(text *string, binary []byte) (*value, error) {
	hasText := text != nil && *text != ""
	switch {
	case hasText && len(binary) > 0:
		return nil, api.Errorf(codeParameter,
			"You can't specify both a binary secret value and a string secret value in the same secret.")
	case hasText:
		return &value{text: text}, nil
	case len(binary) > 0:
		return &value{binary: binary}, nil
	default:
		return nil, nil
	}
}

func checkToken(token *string) error {
	if token == nil {
		return api.Errorf(codeRequest, "You must provide a ClientRequestToken value. We recommend a UUID-type value.")
	}
	return checkVersionID("ClientRequestToken", token)
}

func checkVersionID(member string, id *string) error {
	if id != nil && (len(*id) < 32 || len(*id) > 64) {
		return api.Errorf(codeParameter, "%s must be 32-64 characters long.", member)
	}
	return nil
}
