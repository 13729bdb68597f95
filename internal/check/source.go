package check

import (
	"fmt"
	"regexp"
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// sources checks data, extract and find.
func (e *entry) sources() {
	data, extract, find := e.At.Member("data"), e.At.Member("extract"), e.At.Member("find")
	_, known := e.Args.SourceKeys()
	if !e.File.Has(data) && !e.File.Has(extract) && !e.File.Has(find) && known && !e.unknown(e.At) {
		e.refuse(e.At, nil, problem.Required, "has no source",
			"set data: {<key>: <name in AWS>}, extract: <name in AWS>, or find")
	}
	for _, key := range sorted(e.Declared.Data) {
		e.remote(data.Member(key), e.Declared.Data[key])
	}
	for i, declared := range e.Declared.Extract {
		at := e.File.Entry(extract, i)
		e.remote(at, declared.Remote)
		e.rewrites(at.Member("rewrite"), declared.Rewrite)
	}
	for i, declared := range e.Declared.Find {
		e.search(e.File.Entry(find, i), declared)
	}
}

func (e *entry) remote(at problem.Path, remote stackfile.Remote) {
	if at := e.File.Member(at, "key"); e.File.Valid(at) {
		e.remoteName(at, remote.Key)
	}
	if at := at.Member("version"); e.File.Valid(at) {
		e.version(at, remote.Version)
	}
}

// naming is how a service names its secrets.
type naming struct {
	noun, rule string
	name, arn  pattern.Pattern
	example    string // of an ARN
}

func namingOf(service string) naming {
	if service == plan.ParameterStore {
		return naming{
			"parameter", `must be the name of a parameter in Parameter Store, such as /prod/app (letters, digits and ` +
				`"_.-"), or its full ARN`, pattern.ParameterName, pattern.ParameterARN,
			"arn:aws:ssm:<region>:<account>:parameter/<name>",
		}
	}
	return naming{
		"secret", `must be the name of a secret in Secrets Manager (letters, digits and "/_+=.@-", at most 512 ` +
			`characters), or its full ARN`, pattern.SecretName, pattern.SecretARN,
		"arn:aws:secretsmanager:<region>:<account>:secret:<name>",
	}
}

// remoteName checks the name or ARN of a secret or parameter.
func (e *entry) remoteName(at problem.Path, value string) {
	n := namingOf(e.Source.Service)
	if !strings.HasPrefix(value, "arn:") {
		switch valid := n.name.Matches(value); {
		case !valid && strings.HasSuffix(value, "*"):
			e.refuse(at, value, problem.Invalid, "must be the name of one "+n.noun+", without *",
				"use find: "+withoutStar(value)+" to read all that match")
		case !valid:
			e.refuse(at, value, problem.Invalid, n.rule, "")
		}
		return
	}
	arn, _ := iam.ParseARN(value)
	if !n.arn.Matches(value) {
		e.refuse(at, value, problem.Invalid, "must be the ARN of a "+n.noun, "write "+n.example)
		return
	}
	region := e.Source.Region
	partition, _ := iam.PartitionOf(region)
	switch {
	case region == "" || e.problems.Wrong(e.Source.RegionAt):
	case arn.Region != region:
		e.refuse(at, value, problem.Conflict, fmt.Sprintf("is in region %q, not in %q, the region of the store",
			arn.Region, region),
			"use a store with region: "+arn.Region+", or the ARN of a "+n.noun+" in the store's region")
	case partition != "" && arn.Partition != partition:
		e.refuse(at, value, problem.Conflict, fmt.Sprintf("is in partition %q, not in %q, the partition of the region",
			arn.Partition, partition), "write the ARN of a "+n.noun+" in that partition")
	}
}

// version checks the version of a secret or parameter.
func (e *entry) version(at problem.Path, value string) {
	switch {
	case e.Source.Service == plan.ParameterStore:
		if !pattern.ParameterVersion.Matches(value) {
			e.refuse(at, value, problem.Invalid, "must be the version of a parameter",
				"write its number or label, in quotes")
		}
	case pattern.VersionID.Matches(value):
		e.refuse(at, value, problem.Invalid, "would be taken for a staging label", "write uuid/"+value)
	case !pattern.SecretVersion.Matches(value):
		e.refuse(at, value, problem.Invalid, "must be the version of a secret",
			"write a staging label such as AWSPREVIOUS, or uuid/<version ID>")
	}
}

// search checks the criteria of a search. For the operator, a name takes precedence over
// tags.
func (e *entry) search(at problem.Path, find stackfile.Find) {
	path, name, tags := e.File.Member(at, "path"), at.Member("name"), at.Member("tags")
	switch {
	case e.File.Has(name) && e.File.Has(tags):
		e.refuse(tags, nil, problem.Conflict, "cannot be combined with name, which the operator prefers",
			"set only one of them")
	case !e.File.Has(path) && !e.File.Has(name) && !e.File.Has(tags) && !e.unknown(at) && !e.problems.Wrong(at):
		e.refuse(at, nil, problem.Required, "has no search criteria", "set path, name or tags")
	}
	if e.File.Valid(name) {
		e.expression(name, find.Name)
	}
	check := iam.CheckTag
	if e.ownPolicy() {
		check = iam.CheckPolicyTag
	}
	for _, key := range sorted(find.Tags) {
		if !e.problems.Wrong(tags.Member(key)) {
			e.problems.AddBelow(tags, check(key, find.Tags[key])...)
		}
	}
	e.rewrites(at.Member("rewrite"), find.Rewrite)
	e.foundKeys(at.Member("rewrite"), find)
	if e.File.Valid(path) {
		e.searchPath(path, find.Path)
	}
	if !e.File.Has(path) && e.Source.Service == plan.SecretsManager && e.File.Valid(name) {
		e.warn(name, nil, problem.Limit,
			"makes the operator list all secrets of the region each time, which costs one "+
				"request for a hundred secrets and one for each match", "set a path too")
	}
}

func (e *entry) searchPath(at problem.Path, value string) {
	switch {
	case e.Source.Service == plan.ParameterStore:
		if !pattern.ParameterPath.Matches(value) {
			e.refuse(at, value, problem.Invalid, "must be a path in Parameter Store", "write one such as /prod/app")
		}
	case strings.HasSuffix(value, "*"):
		e.refuse(at, value, problem.Invalid, "must be a prefix of names, without *", "write "+withoutStar(value))
	case !pattern.SecretPrefix.Matches(value):
		e.refuse(at, value, problem.Invalid,
			`must be a prefix of names in Secrets Manager (letters, digits and "/_+=.@-", at most 512 characters)`, "")
	default:
		e.openPrefix(at, value)
	}
}

// openPrefix warns about a prefix that ends within a word.
func (c *checker) openPrefix(at problem.Path, value string) {
	if last := rune(value[len(value)-1]); last != '/' && !strings.ContainsRune("_+=.@-", last) {
		c.warn(at, value, problem.Access, "also matches "+value+"2", "write "+value+"/ for the names below it")
	}
}

// expression checks a regular expression, and reports whether it is valid.
func (c *checker) expression(at problem.Path, value string) bool {
	_, err := regexp.Compile(value)
	if err != nil {
		c.refuse(at, value, problem.Syntax, "must be a regular expression: "+
			strings.TrimPrefix(err.Error(), "error parsing regexp: "),
			"use RE2 syntax, which has no lookaheads or backreferences")
	}
	return err == nil
}
