package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// RoleSettings are the settings of a role, whatever its trust policy.
type RoleSettings struct {
	// Name is the name of the role. Its policies are called <name>-1 and so on.
	Name string
	// Path is the path of the role and its policies; "" is /.
	Path string
	// PermissionsBoundary is the ARN of a policy that limits the role, whatever other
	// policies grant; "" for none.
	PermissionsBoundary string
	// MaxSession is the longest validity of credentials, in whole seconds from 1 to 12
	// hours; 0 is one hour.
	MaxSession time.Duration
	// Tags are the tags of everything that can have tags.
	Tags map[string]string
}

const maxTags = 50

// Validate finds every setting that IAM would refuse. It does not check the partition of
// the permissions boundary where the partition is empty.
func (s RoleSettings) Validate(partition Partition) []problem.Problem {
	var problems problem.List
	problems.AddBelow(problem.Path{"name"}, pattern.RoleName.Check(s.Name)...)
	if s.Path != "" {
		problems.AddBelow(problem.Path{"path"}, pattern.RolePath.Check(s.Path)...)
	}
	if s.PermissionsBoundary != "" {
		problems.AddBelow(problem.Path{"permissionsBoundary"},
			CheckARN(pattern.PolicyARN, s.PermissionsBoundary, partition)...)
	}
	session := s.MaxSession
	if session != 0 && (session < time.Hour || session > 12*time.Hour || session%time.Second != 0) {
		problems.Add(problem.Problem{
			Path: problem.Path{"maxSession"}, Value: session.String(), Kind: problem.Limit,
			Rule: "must be between 1h and 12h, in whole seconds",
		})
	}
	problems.AddBelow(problem.Path{"tags"}, checkTags(s.Tags)...)
	return problems.Errors()
}

func checkTags(tags map[string]string) []problem.Problem {
	var problems problem.List
	if len(tags) > maxTags {
		problems.Add(problem.Problem{
			Kind: problem.Limit, Rule: fmt.Sprintf("must be at most %d tags, not %d", maxTags, len(tags)),
		})
	}
	seen := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		problems.Add(CheckTag(key, tags[key])...)
		lower := strings.ToLower(key)
		at := problem.Path{key}
		if other, ok := seen[lower]; ok {
			problems.Add(problem.Problem{
				Path: at, Value: key, Kind: problem.Duplicate,
				Rule: "must differ from " + other + " in more than case", Fix: "remove one of them",
			})
		}
		if strings.HasPrefix(lower, "aws:") {
			problems.Add(problem.Problem{
				Path: at, Value: key, Kind: problem.Reserved, Rule: `must not start with "aws:", which AWS reserves`,
			})
		}
		seen[lower] = key
	}
	return problems.Errors()
}

// CheckTag checks a tag. The path of the problems is the key.
func CheckTag(key, value string) []problem.Problem {
	var problems problem.List
	problems.AddBelow(problem.Path{key}, pattern.TagKey.Check(key)...)
	problems.AddBelow(problem.Path{key}, pattern.TagValue.Check(value)...)
	return problems.Errors()
}

// CheckPolicyTag checks a tag in the condition of a policy. IAM takes policies of Latin-1
// characters only (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html).
func CheckPolicyTag(key, value string) []problem.Problem {
	for _, text := range []string{key, value} {
		if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxLatin1 }) {
			return []problem.Problem{{
				Path: problem.Path{key}, Value: text, Kind: problem.Invalid,
				Rule: "must consist of Latin-1 characters, the only ones that IAM takes in a policy",
				Fix:  "use another tag",
			}}
		}
	}
	return CheckTag(key, value)
}
