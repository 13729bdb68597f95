package iam

import (
	"net/http"
	"regexp"
	"unicode"

	"eso-aws/sandbox/aws/internal/api"
)

// AWS's quotas; adjustable ones have their default.
const (
	maxAttached = 10
	maxVersions = 5
	maxTrust    = 2048
	maxManaged  = 6144
	maxInline   = 10240
)

const (
	namePattern = `[\w+=,.@-]+`
	pathPattern = `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
)

var (
	validName = regexp.MustCompile(`^[\w+=,.@-]+$`)
	validPath = regexp.MustCompile(`^/([\x21-\x7e]+/)?$`)
	validText = regexp.MustCompile(`^[\t\n\r\x20-\xff]+$`)
)

func checkName(check *api.Checks, member string, name *string, most int) {
	check.Required(member, name == nil)
	check.Length(member, name, 1, most)
	check.Pattern(member, name, validName, namePattern)
}

// checkDocument checks a policy document against the API model, but not its grammar.
func checkDocument(check *api.Checks, member string, text *string) {
	check.Required(member, text == nil)
	check.Pattern(member, text, validText, `[\u0009\u000A\u000D\u0020-\u00FF]+`)
}

func checkPath(check *api.Checks, path *string) {
	check.Length("path", path, 1, 512)
	check.Pattern("path", path, validPath, pathPattern)
}

func checkARN(check *api.Checks, member string, arn *string) {
	check.Required(member, arn == nil)
	check.Length(member, arn, 20, 2048)
}

// size returns a document's size for IAM's quotas, which do not count white space.
func size(document string) int {
	n := 0
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

func errInput(format string, args ...any) error {
	return api.Failf(http.StatusBadRequest, "InvalidInput", format, args...)
}

func errLimit(format string, args ...any) error {
	return api.Failf(http.StatusConflict, "LimitExceeded", format, args...)
}

func errNone(format string, args ...any) error {
	return api.Failf(http.StatusNotFound, "NoSuchEntity", format, args...)
}

func errExists(format string, args ...any) error {
	return api.Failf(http.StatusConflict, "EntityAlreadyExists", format, args...)
}

func errConflict(reason string) error {
	return api.Failf(http.StatusConflict, "DeleteConflict", "%s", reason)
}

func errMalformed(err error) error {
	return api.Failf(http.StatusBadRequest, "MalformedPolicyDocument", "%v", err)
}
