package iam

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const (
	writeSecret = "letters, digits and /_+=.@-, 512 at most, or an ARN"
	writePrefix = "letters, digits and /_+=.@-, 1 to 512"
)

var (
	secretName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	// wholeARN ends in what AWS adds to a name. A name that ends so by itself
	// looks alike, and AWS does not find its secret by an ARN without more.
	wholeARN = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

	secretResource = regexp.MustCompile(`^secret:[A-Za-z0-9/_+=.@-]{1,519}$`)
	// keyResource is a key and not an alias: IAM would not match an alias.
	keyResource = regexp.MustCompile(`^key/[A-Za-z0-9-]{1,256}$`)
)

func secretKind() Kind {
	return Kind{
		Service: "secretsmanager", Regional: true, Resource: secretResource,
		Write: "arn:<partition>:secretsmanager:<region>:<account>:secret:<name>",
	}
}

func keyKind() Kind {
	return Kind{
		Service: "kms", Regional: true, Resource: keyResource,
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
	for i, role := range g.AssumeRoles {
		problems = append(problems, CheckRole(fmt.Sprintf("assumeRoles[%d]", i), role, g.Partition))
	}
	for i, key := range g.KMSKeys {
		problems = append(problems, g.inRegion(fmt.Sprintf("kmsKeys[%d]", i), key, keyKind()))
	}
	return errors.Join(problems...)
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
