package iam

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	writeSecret    = "letters, digits and /_+=.@-, 512 at most, or an ARN"
	writeParameter = "letters, digits and _.-, or parts of these that begin with /, or an ARN"
	writePrefix    = "letters, digits and /_+=.@-, 1 to 512"
)

var (
	secretName = regexp.MustCompile(`^([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,512}$`)
	// wholeARN ends in what AWS adds to a name. A name that ends so by itself
	// looks alike, and AWS does not find its secret by an ARN without more.
	wholeARN = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

	secretResource    = regexp.MustCompile(`^secret:([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,519}$`)
	parameterName     = regexp.MustCompile(`^([A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+)$`)
	parameterPath     = regexp.MustCompile(`^(/|(/[A-Za-z0-9_.-]+)+/?)$`)
	parameterResource = regexp.MustCompile(`^parameter/[A-Za-z0-9_./-]+$`)
	// keyResource is a key and not an alias: IAM would not match an alias.
	keyResource = regexp.MustCompile(`^key/[A-Za-z0-9-]{1,256}$`)
)

func secretKind() Kind {
	return Kind{
		What: "a secret", Service: "secretsmanager", Regional: true, Resource: secretResource,
		Write: "arn:<partition>:secretsmanager:<region>:<account>:secret:<name>",
	}
}

func parameterKind() Kind {
	return Kind{
		What: "a parameter", Service: "ssm", Regional: true, Resource: parameterResource,
		Write: "arn:<partition>:ssm:<region>:<account>:parameter/<name>",
	}
}

func keyKind() Kind {
	return Kind{
		What: "a KMS key, which an alias is not", Service: "kms", Regional: true, Resource: keyResource,
		Write: "arn:<partition>:kms:<region>:<account>:key/<id>",
	}
}

func (g Grants) validate() error {
	problems := []error{g.Partition.Validate(g.Region)}
	if g.Region == "" {
		problems = append(problems, Problem("region", g.Region, "is empty", "the secrets' region, such as eu-west-1"))
	}
	if g.Account != "" && !accountID.MatchString(g.Account) {
		problems = append(problems, Problem("account", g.Account, "is no AWS account", "its 12 digits"))
	}
	for i, secret := range g.Secrets {
		field := fmt.Sprintf("secrets[%d]", i)
		switch {
		case strings.HasPrefix(secret, "arn:"):
			problems = append(problems, g.inRegion(field, secret, secretKind()))
		case !secretName.MatchString(secret):
			problems = append(problems, Problem(field, secret, "is no name of a secret", writeSecret))
		}
	}
	for i, prefix := range g.Prefixes {
		if !secretName.MatchString(prefix) {
			problems = append(problems,
				Problem(fmt.Sprintf("prefixes[%d]", i), prefix, "is no beginning of a secret's name", writePrefix))
		}
	}
	problems = append(problems, g.checkSearches()...)
	for i, role := range g.AssumeRoles {
		problems = append(problems, CheckRole(fmt.Sprintf("assumeRoles[%d]", i), role, g.Partition))
	}
	for i, key := range g.KMSKeys {
		problems = append(problems, g.inRegion(fmt.Sprintf("kmsKeys[%d]", i), key, keyKind()))
	}
	return errors.Join(problems...)
}

// checkSearches checks what is looked for, and parameters.
func (g Grants) checkSearches() []error {
	var problems []error
	for i, name := range g.Parameters {
		field := fmt.Sprintf("parameters[%d]", i)
		switch {
		case strings.HasPrefix(name, "arn:"):
			problems = append(problems, g.inRegion(field, name, parameterKind()))
		case !parameterName.MatchString(name):
			problems = append(problems, Problem(field, name, "is no name of a parameter", writeParameter))
		}
	}
	for i, path := range g.ParameterPaths {
		problems = append(problems, checkPath(fmt.Sprintf("parameterPaths[%d]", i), path))
	}
	for i, tagged := range g.TaggedParameters {
		field := fmt.Sprintf("taggedParameters[%d]", i)
		problems = append(problems, tagged.check(field))
		if tagged.Prefix != "" {
			problems = append(problems, checkPath(field, tagged.Prefix))
		}
	}
	for i, tagged := range g.Tagged {
		field := fmt.Sprintf("tagged[%d]", i)
		problems = append(problems, tagged.check(field))
		if tagged.Prefix != "" && !secretName.MatchString(tagged.Prefix) {
			problems = append(problems,
				Problem(field, tagged.Prefix, "is no beginning of a secret's name", writePrefix))
		}
	}
	return problems
}

// CheckKey refuses what is no ARN of a KMS key in one of the regions.
func CheckKey(field, text string, partition Partition, regions ...string) error {
	arn, err := keyKind().Check(field, text, partition)
	if err == nil && !slices.Contains(regions, arn.Region) {
		err = Problem(field, text, fmt.Sprintf("is in region %s, not in %s", arn.Region, strings.Join(regions, " or ")),
			"the ARN of one there")
	}
	return err
}

// check refuses tags that could not be, and with them those that IAM would take for
// variables.
func (t Tagged) check(field string) error {
	if len(t.Tags) == 0 {
		return Problem(field, "", "has no tags", "one at least")
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(t.Tags)) {
		problems = append(problems, CheckPolicyTag(field, key, t.Tags[key]))
	}
	return errors.Join(problems...)
}

// CheckTag refuses what is no tag in AWS.
func CheckTag(field, key, value string) error {
	var problems []error
	if key == "" || utf8.RuneCountInString(key) > maxTagKey || !tagText.MatchString(key) {
		problems = append(problems,
			Problem(field, key, "is no key of a tag", fmt.Sprint(writeTag, ", 1 to ", maxTagKey)))
	}
	if utf8.RuneCountInString(value) > maxTagValue || !tagText.MatchString(value) {
		problems = append(problems, Problem(fmt.Sprintf("%s[%q]", field, key), value, "is no value of a tag",
			fmt.Sprint(writeTag, ", ", maxTagValue, " at most")))
	}
	return errors.Join(problems...)
}

// CheckPolicyTag refuses what no policy can name, too: IAM takes the letters of Latin-1 alone in one
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html).
func CheckPolicyTag(field, key, value string) error {
	for _, text := range []string{key, value} {
		if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxLatin1 }) {
			return Problem(field, text, "has letters that no policy of IAM can have",
				"another tag, of letters of Latin-1")
		}
	}
	return CheckTag(field, key, value)
}

func checkPath(field, path string) error {
	if !parameterPath.MatchString(path) {
		return Problem(field, path, "is no path of parameters", "one such as /prod/app")
	}
	return nil
}

// inRegion refuses an ARN that the operator could not use: it asks Secrets
// Manager in one region, and a key works in its own only.
func (g Grants) inRegion(field, text string, kind Kind) error {
	arn, err := kind.Check(field, text, g.Partition)
	if err == nil && arn.Region != g.Region {
		err = Problem(field, text, fmt.Sprintf("is in region %s, not in %s", arn.Region, g.Region),
			"the ARN of one there")
	}
	return err
}
