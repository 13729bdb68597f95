package iam

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// RoleSettings are what a role has whoever may assume it.
type RoleSettings struct {
	// Name is the role's; its policies are called <name>-1 and so on.
	Name string
	// Path is that of the role and its policies; "" is /.
	Path string
	// PermissionsBoundary is the ARN of a policy that bounds what the role may
	// do, whatever else grants; "" for none.
	PermissionsBoundary string
	// MaxSession is how long credentials may be valid, in whole seconds from 1
	// to 12 hours; 0 is one hour.
	MaxSession time.Duration
	// Tags are on everything that can have tags.
	Tags map[string]string
}

const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	writeTag    = "letters, digits, spaces and _.:/=+-@"
)

var (
	roleName = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)
	rolePath = regexp.MustCompile(`^/([!-~]+/)?$`)
	tagText  = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	// A policy is the account's or AWS's own.
	policyOwner    = regexp.MustCompile(`^([0-9]{12}|aws)$`)
	policyResource = regexp.MustCompile(`^policy/([!-~]+/)?[A-Za-z0-9+=,.@_-]{1,128}$`)
)

// Validate finds every setting that IAM would refuse.
func (s RoleSettings) Validate(partition Partition) error {
	var problems []error
	if !roleName.MatchString(s.Name) {
		problems = append(problems,
			Problem("name", s.Name, "is no name of a role", "letters, digits and +=,.@_-, 64 at most"))
	}
	if s.Path != "" && (len(s.Path) > 512 || !rolePath.MatchString(s.Path)) {
		problems = append(problems,
			Problem("path", s.Path, "is no path", "one that begins and ends with /, 512 characters at most"))
	}
	if s.PermissionsBoundary != "" {
		_, err := policyKind().Check("permissionsBoundary", s.PermissionsBoundary, partition)
		problems = append(problems, err)
	}
	session := s.MaxSession
	if session != 0 && (session < time.Hour || session > 12*time.Hour || session%time.Second != 0) {
		problems = append(problems, Problem("maxSession", session.String(), "is no duration of a session",
			"1h to 12h, in whole seconds"))
	}
	return errors.Join(append(problems, tagProblems(s.Tags)...)...)
}

func policyKind() Kind {
	return Kind{
		What: "a policy", Service: "iam", Accounts: policyOwner, Resource: policyResource,
		Write: "arn:<partition>:iam::<account>:policy/<name>",
	}
}

func tagProblems(tags map[string]string) []error {
	var problems []error
	say := func(field, value, rule, write string) {
		problems = append(problems, Problem(field, value, rule, write))
	}
	if len(tags) > maxTags {
		say("tags", fmt.Sprint(len(tags)), "are too many", fmt.Sprint(maxTags, " at most"))
	}
	seen := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		lower := strings.ToLower(key)
		twin, twice := seen[lower]
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey || !tagText.MatchString(key):
			say("tags", key, "is no key of a tag", fmt.Sprint(writeTag, ", 1 to ", maxTagKey))
		case strings.HasPrefix(lower, "aws:"):
			say("tags", key, "begins with aws:, which is AWS's own", "another key")
		case twice:
			say("tags", key, "is "+twin+" to IAM, which tells no case apart", "one of them")
		}
		seen[lower] = key
		if value := tags[key]; utf8.RuneCountInString(value) > maxTagValue || !tagText.MatchString(value) {
			say(fmt.Sprintf("tags[%q]", key), value, "is no value of a tag",
				fmt.Sprint(writeTag, ", ", maxTagValue, " at most"))
		}
	}
	return problems
}
