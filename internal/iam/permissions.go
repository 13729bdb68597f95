package iam

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// IAM's quotas: for the length of a managed policy, which cannot be raised, and for the
// number of policies on a role, which is AWS's default.
const (
	MaxPolicySize = 6144
	maxPolicies   = 10
)

// CheckGrants finds what is wrong with grants before the account is known. The policies of
// every account have the same length.
func CheckGrants(grants ...Grants) []problem.Problem {
	_, problems := Permissions("000000000000", grants...)
	return problems
}

// Permissions returns the policies of the operator in an account that grant this and
// nothing else: none for no grants, and several where one would be longer than IAM takes.
// They depend on what is granted, and not on the order in which it is listed. The paths of
// the problems are relative to the grants.
func Permissions(account string, grants ...Grants) ([]Document, []problem.Problem) {
	var problems problem.List
	problems.AddBelow(problem.Path{"account"}, pattern.Account.Check(account)...)
	var statements []Statement
	var names []string
	for _, g := range grants {
		partition, wrong := PartitionOf(g.Region)
		problems.AddBelow(problem.Path{"region"}, wrong...)
		problems.Add(g.check(partition)...)
		statements = add(statements, owner{g, partition, account}.statements())
		names = slices.Concat(names, g.Secrets, g.Parameters)
	}
	if problems.Any() {
		return nil, problems.Errors()
	}
	documents := pack(statements)
	if len(documents) > maxPolicies {
		return nil, []problem.Problem{{
			Path: problem.Path{"secrets"}, Kind: problem.Limit,
			Rule: fmt.Sprintf("must fit into %d managed policies, as many as a role can have, but %d names take %d",
				maxPolicies, len(names), len(documents)),
			Fix: shorter(names),
		}}
	}
	return documents, nil
}

// add adds statements: as resources of a statement that differs in nothing else, and with a
// number in the name where another statement has it.
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

// pack fills documents one after the other with the resources of the statements.
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

// with returns the document with one more resource of a statement.
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

// shorter says how to need fewer policies: with the prefix, up to a slash, that most of the
// names have in common.
func shorter(secrets []string) string {
	names := map[string]int{}
	best := ""
	for _, secret := range secrets {
		if isARN(secret) {
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
		return "remove some, or rename the secrets so that they share a prefix, and add it to permissions.prefixes"
	}
	return fmt.Sprintf("add %q to permissions.prefixes, which covers %d of them, "+
		"if the operator may read everything below it", best, names[best])
}

// better reports whether a prefix grants less than another, or else comes first in the
// alphabet.
func better(prefix, than string) bool {
	if strings.HasPrefix(prefix, than) || strings.HasPrefix(than, prefix) {
		return len(prefix) > len(than)
	}
	return prefix < than
}

// set returns the sorted list without duplicates.
func set(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
