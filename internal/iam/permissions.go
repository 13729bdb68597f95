package iam

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// IAM's quotas: for the length of a managed policy, which cannot be raised, and
// for the number of them on a role, which is AWS's default.
const (
	MaxPolicySize = 6144
	MaxPolicies   = 10
)

// Grants say what the operator reads.
type Grants struct {
	// Partition and Region are where the secrets are.
	Partition Partition
	Region    string
	// Account owns the secrets given by name; "" for [UnknownAccount].
	Account string
	// Secrets are names, and full ARNs, which may be of other accounts. An ARN
	// that ends in a hyphen and six letters or digits is whole, as AWS has it,
	// and any other lacks the six characters that AWS adds to a name.
	Secrets []string
	// Prefixes are what the names begin with of secrets that are looked for.
	Prefixes []string
	// ListSecrets allows to see the names of all secrets, which has no smaller
	// scope in AWS; BatchGet to read many at once, each if it may be read. A
	// batch by filters, such as a prefix or tags, takes both.
	ListSecrets, BatchGet bool
	// Tagged are secrets that are looked for by tags.
	Tagged []Tagged
	// Parameters are names, and ARNs, of parameters in Parameter Store, and
	// ParameterPaths what is above those that are looked for by name.
	Parameters, ParameterPaths []string
	// TaggedParameters are parameters that are looked for by tags.
	TaggedParameters []Tagged
	// AssumeRoles are the ARNs of roles to go on to, which have permissions of
	// their own.
	AssumeRoles []string
	// TagSession says that the operator's sessions have tags, as those of Pod
	// Identity do, which go on with it to these roles.
	TagSession bool
	// KMSKeys are the ARNs of the customer managed keys of the secrets. They
	// decrypt through the services that are read from only.
	KMSKeys []string
}

// Tagged is what has all of some tags, below a prefix; "" is every name. A prefix of
// parameters is a path.
type Tagged struct {
	Prefix string
	Tags   map[string]string
}

// Permissions are the policies that grant what is asked, and no more: none if
// nothing is, several if one were longer than IAM takes. Grants of several regions
// are one after the other. The policies' order and content depend on what is granted
// and not on the order in which it was given.
func Permissions(grants ...Grants) ([]Document, error) {
	var problems []error
	var statements []Statement
	var names []string
	for _, g := range grants {
		problems = append(problems, g.validate())
		statements = add(statements, g.statements())
		names = append(append(names, g.Secrets...), g.Parameters...)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	documents := pack(statements)
	if len(documents) > MaxPolicies {
		return nil, fmt.Errorf("secrets: %d names: take %d managed policies of %d characters, "+
			"and a role has %d at most; write %s",
			len(names), len(documents), MaxPolicySize, MaxPolicies, proposal(names))
	}
	return documents, nil
}

// add has more statements: resources where there is one that differs in nothing else,
// and one with a number where it is another of the same name.
func add(statements, more []Statement) []Statement {
	for _, statement := range more {
		name := statement.Sid
		for number := 2; len(statement.Resource) > 0; number++ {
			same := slices.IndexFunc(statements, func(s Statement) bool { return s.Sid == statement.Sid })
			if same < 0 {
				statements = append(statements, statement)
				break
			}
			if reflect.DeepEqual(statements[same].Condition, statement.Condition) {
				statements[same].Resource = set(append(slices.Clone(statements[same].Resource), statement.Resource...))
				break
			}
			statement.Sid = fmt.Sprint(name, number)
		}
	}
	return statements
}

func (g Grants) statements() []Statement {
	statements := []Statement{{
		Sid:      "ReadSecrets",
		Effect:   Allow,
		Action:   []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
		Resource: g.readable(),
	}}
	var find []string
	if g.BatchGet {
		find = append(find, "secretsmanager:BatchGetSecretValue")
	}
	if g.ListSecrets {
		find = append(find, "secretsmanager:ListSecrets")
	}
	if len(find) > 0 {
		// Neither knows a resource.
		statements = append(statements,
			Statement{Sid: "FindSecrets", Effect: Allow, Action: find, Resource: []string{"*"}})
	}
	statements = append(statements, g.parameters()...)
	for _, tagged := range g.Tagged {
		statements = add(statements, []Statement{
			tagged.statement("ReadTaggedSecrets", "secretsmanager:GetSecretValue", g.secretARN(tagged.Prefix)+"*"),
		})
	}
	for _, tagged := range g.TaggedParameters {
		statements = add(statements, []Statement{
			tagged.statement("ReadTaggedParameters", "ssm:GetParameter", g.parameterARN(below(tagged.Prefix))),
		})
	}
	assume := []string{"sts:AssumeRole"}
	if g.TagSession {
		assume = append(assume, "sts:TagSession")
	}
	return append(statements, Statement{
		Sid:      "AssumeRoles",
		Effect:   Allow,
		Action:   assume,
		Resource: set(g.AssumeRoles),
	}, Statement{
		Sid:       "DecryptSecrets",
		Effect:    Allow,
		Action:    []string{"kms:Decrypt"},
		Resource:  set(g.KMSKeys),
		Condition: Condition{"StringEquals": {"kms:ViaService": g.services()}},
	})
}

// readable are the ARNs of the secrets, as patterns. What is below a prefix is
// not named again.
func (g Grants) readable() []string {
	var below []string
	for _, prefix := range set(g.Prefixes) {
		below = append(below, g.secretARN(prefix))
	}
	covered := func(arn string) bool {
		return slices.ContainsFunc(below, func(prefix string) bool {
			return arn != prefix && strings.HasPrefix(arn, prefix)
		})
	}
	var resources []string
	for _, prefix := range below {
		if !covered(prefix) {
			resources = append(resources, prefix+"*")
		}
	}
	for _, secret := range g.Secrets {
		if arn := g.pattern(secret); !covered(arn) {
			resources = append(resources, arn)
		}
	}
	return set(resources)
}

// pattern matches the ARN of one secret. The question marks are AWS's random
// characters: with * there, every name that goes on with a hyphen would match.
func (g Grants) pattern(secret string) string {
	if !strings.HasPrefix(secret, "arn:") {
		return g.secretARN(secret) + "-??????"
	}
	if wholeARN.MatchString(secret) {
		return secret
	}
	return secret + "-??????"
}

func (g Grants) account() string { return cmp.Or(g.Account, UnknownAccount) }

func (g Grants) secretARN(name string) string {
	return ARN{g.Partition, "secretsmanager", g.Region, g.account(), "secret:" + name}.String()
}

// pack fills documents one after the other with the statements' resources.
func pack(statements []Statement) []Document {
	var documents []Document
	for _, statement := range statements {
		for _, resource := range statement.Resource {
			last := len(documents) - 1
			if last >= 0 {
				if fuller := documents[last].with(statement, resource); fuller.Size() <= MaxPolicySize {
					documents[last] = fuller
					continue
				}
			}
			documents = append(documents, NewDocument().with(statement, resource))
		}
	}
	return documents
}

// with is the document with one more of a statement's resources.
func (d Document) with(statement Statement, resource string) Document {
	statements := slices.Clone(d.Statement)
	last := len(statements) - 1
	if last < 0 || statements[last].Sid != statement.Sid {
		statement.Resource = nil
		statements = append(statements, statement)
		last++
	}
	statements[last].Resource = append(slices.Clip(statements[last].Resource), resource)
	return Document{Version: d.Version, Statement: statements}
}

// proposal is the prefix that most of the names have in common, up to a slash.
func proposal(secrets []string) string {
	names := map[string]int{}
	best := ""
	for _, secret := range secrets {
		if strings.HasPrefix(secret, "arn:") {
			continue
		}
		for i, r := range secret {
			if r != '/' {
				continue
			}
			prefix := secret[:i+1]
			names[prefix]++
			if names[prefix] > names[best] || names[prefix] == names[best] && better(prefix, best) {
				best = prefix
			}
		}
	}
	if names[best] < 2 {
		return "fewer secrets, or name them alike and write a prefix"
	}
	return fmt.Sprintf("a prefix if the operator may read all below it, such as %q for %d of them", best, names[best])
}

// better is the prefix that grants less, or the first in the alphabet.
func better(prefix, than string) bool {
	if strings.HasPrefix(prefix, than) || strings.HasPrefix(than, prefix) {
		return len(prefix) > len(than)
	}
	return prefix < than
}

// set is the sorted list without doubles.
func set(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
