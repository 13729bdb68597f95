package iam

import (
	"maps"
	"slices"
	"strings"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// Grants are what the operator may read in one region. Names without an ARN are those of
// the operator's account.
type Grants struct {
	// Region is where the secrets are.
	Region string
	// Secrets are names and ARNs. ARNs may be of other accounts. An ARN that ends in a
	// hyphen and six letters or digits is complete. Any other lacks the six characters that
	// AWS adds to a name.
	Secrets []string
	// Prefixes grant every secret with a name that starts with one of them.
	Prefixes []string
	// ListSecrets allows listing the names of all secrets, which IAM cannot restrict.
	// BatchGet allows reading several secrets at once, each only if it may be read. A
	// search by prefix or tags takes both.
	ListSecrets, BatchGet bool
	// Tagged grants secrets by their tags.
	Tagged []Tagged
	// Parameters are the names and ARNs of parameters in Parameter Store. ParameterPaths
	// grant every parameter below them.
	Parameters, ParameterPaths []string
	// TaggedParameters grants parameters by their tags.
	TaggedParameters []Tagged
	// AssumeRoles are the ARNs of roles that the operator may assume. They have permissions
	// of their own.
	AssumeRoles []string
	// TagSession is set where the operator's sessions have tags, as those of EKS Pod
	// Identity do. The tags are passed on to these roles.
	TagSession bool
	// KMSKeys are the ARNs of the customer managed keys of the secrets. They may decrypt
	// only through the services that the operator reads from.
	KMSKeys []string
}

// Tagged grants everything that has all of the tags, below a prefix; "" is every name. The
// prefix of parameters is a path.
type Tagged struct {
	Prefix string
	Tags   map[string]string
}

// check finds every grant that IAM would refuse or that grants something else.
func (g Grants) check(partition Partition) []problem.Problem {
	var problems problem.List
	each := func(field string, names []string, check func(name string) []problem.Problem) {
		for i, name := range names {
			problems.AddBelow(problem.Path{field}.Entry(i), check(name)...)
		}
	}
	// The operator reads from one region, and a key works in its own region only.
	arn := func(form pattern.Pattern) func(string) []problem.Problem {
		return func(name string) []problem.Problem { return CheckARN(form, name, partition, g.Region) }
	}
	either := func(name, arn func(string) []problem.Problem) func(string) []problem.Problem {
		return func(text string) []problem.Problem {
			if isARN(text) {
				return arn(text)
			}
			return name(text)
		}
	}
	each("secrets", g.Secrets, either(pattern.SecretName.Check, arn(pattern.SecretARN)))
	each("prefixes", g.Prefixes, pattern.SecretPrefix.Check)
	each("parameters", g.Parameters, either(pattern.ParameterName.Check, arn(pattern.ParameterARN)))
	each("parameterPaths", g.ParameterPaths, pattern.ParameterPath.Check)
	each("assumeRoles", g.AssumeRoles, func(name string) []problem.Problem {
		return CheckARN(pattern.RoleARN, name, partition)
	})
	each("kmsKeys", g.KMSKeys, arn(pattern.KMSKeyARN))
	for i, tagged := range g.Tagged {
		problems.AddBelow(problem.Path{"tagged"}.Entry(i), tagged.check(pattern.SecretPrefix)...)
	}
	for i, tagged := range g.TaggedParameters {
		problems.AddBelow(problem.Path{"taggedParameters"}.Entry(i), tagged.check(pattern.ParameterPath)...)
	}
	return problems.Errors()
}

// check also refuses tags that IAM would take for variables.
func (t Tagged) check(prefix pattern.Pattern) []problem.Problem {
	var problems problem.List
	if t.Prefix != "" {
		problems.AddBelow(problem.Path{"prefix"}, prefix.Check(t.Prefix)...)
	}
	if len(t.Tags) == 0 {
		problems.Add(problem.Problem{Path: problem.Path{"tags"}, Kind: problem.Required, Rule: "must not be empty"})
	}
	for _, key := range slices.Sorted(maps.Keys(t.Tags)) {
		problems.AddBelow(problem.Path{"tags"}, CheckPolicyTag(key, t.Tags[key])...)
	}
	return problems.Errors()
}

func isARN(name string) bool { return strings.HasPrefix(name, "arn:") }
