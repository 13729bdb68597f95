package secretsmanager

import (
	"fmt"
	"regexp"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	codeExists    = "ResourceExistsException"
	codeLimit     = "LimitExceededException"
	codeNextToken = "InvalidNextTokenException"
	codeNotFound  = "ResourceNotFoundException"
	codeParameter = "InvalidParameterException"
	codeRequest   = "InvalidRequestException"
)

const (
	maxValue = 65536
	maxTags  = 50
	// reservedTags is the prefix of keys that only AWS may set.
	reservedTags = "aws:"
)

var errToken = api.Errorf(codeNextToken, "Invalid token")

var validName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

// checks adds the rules of this service.
type checks struct{ api.Checks }

func (c *checks) value(text *string, binary []byte) {
	// The value itself is never shown.
	if text != nil && len(*text) > maxValue {
		c.Add(sensitiveTooLong("secretString"))
	}
	if len(binary) > maxValue {
		c.Add(sensitiveTooLong("secretBinary"))
	}
}

func sensitiveTooLong(path string) string {
	return fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
		path, maxValue)
}

func (c *checks) tags(tags []tag) {
	for i, t := range tags {
		c.Length(fmt.Sprintf("tags.%d.member.key", i+1), t.Key, 1, 128)
		c.Length(fmt.Sprintf("tags.%d.member.value", i+1), t.Value, 0, 256)
	}
}

func checkSecretID(id *string) error {
	var c checks
	c.Required("secretId", id == nil)
	c.Length("secretId", id, 1, 2048)
	if err := c.Err(); err != nil {
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
	return api.Errorf(api.Validation, "Invalid name. Must be a valid name containing alphanumeric characters, "+
		"or any of the following: -/_+=.@!")
}

// newValue returns the value in a request, or nil if there is none. As in AWS, an
// empty string is no value.
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
