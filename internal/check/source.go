package check

import (
	"fmt"
	"regexp"
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// sources checks where the values come from.
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

var (
	// The services of AWS name their secrets with a ! after the service: rds!db-...
	secretName = regexp.MustCompile(`^([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,512}$`)
	// The ARN of a secret has the name, and six characters that AWS adds.
	secretARN = regexp.MustCompile(
		`^arn:(aws[a-z-]*):secretsmanager:([^:]*):[0-9]{12}:secret:([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,519}$`)
	// A parameter of a hierarchy begins with a slash, and any other has none.
	parameterName = regexp.MustCompile(`^([A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+)$`)
	parameterPath = regexp.MustCompile(`^(/|(/[A-Za-z0-9_.-]+)+/?)$`)
	parameterARN  = regexp.MustCompile(`^arn:(aws[a-z-]*):ssm:([^:]*):[0-9]{12}:parameter/[A-Za-z0-9_./-]+$`)

	secretVersion    = regexp.MustCompile(`^(uuid/[A-Za-z0-9-]{32,64}|[^/\s]{1,256})$`)
	versionID        = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	parameterVersion = regexp.MustCompile(`^([1-9][0-9]{0,9}|[A-Za-z_.-][A-Za-z0-9_.-]{0,99})$`)
)

const (
	maxSecret    = 512
	maxParameter = 1011
)

// naming is how a service names things.
type naming struct {
	noun, rule string
	name, arn  *regexp.Regexp
	longest    int
	example    string // of an ARN
}

func namingOf(service string) naming {
	if service == plan.ParameterStore {
		return naming{
			"parameter", `must be the name of a parameter in Parameter Store, such as /prod/app (letters, digits and ` +
				`"_.-"), or its full ARN`, parameterName, parameterARN, maxParameter,
			"arn:aws:ssm:<region>:<account>:parameter/<name>",
		}
	}
	return naming{
		"secret", `must be the name of a secret in Secrets Manager (letters, digits and "/_+=.@-", at most 512 ` +
			`characters), or its full ARN`, secretName, secretARN, maxSecret,
		"arn:aws:secretsmanager:<region>:<account>:secret:<name>",
	}
}

// remoteName checks the name or ARN of what a store reads.
func (e *entry) remoteName(at problem.Path, value string) {
	n := namingOf(e.Source.Service)
	if !strings.HasPrefix(value, "arn:") {
		switch valid := n.name.MatchString(value) && len(value) <= n.longest; {
		case !valid && strings.HasSuffix(value, "*"):
			e.refuse(at, value, problem.Invalid, "must be the name of one "+n.noun+", without *",
				"use find: "+withoutStar(value)+" to read all that match")
		case !valid:
			e.refuse(at, value, problem.Invalid, n.rule, "")
		}
		return
	}
	parts := n.arn.FindStringSubmatch(value)
	if parts == nil {
		e.refuse(at, value, problem.Invalid, "must be the ARN of a "+n.noun, "write "+n.example)
		return
	}
	region := e.Source.Region
	partition, _ := iam.PartitionOf(region)
	switch {
	case region == "" || e.problems.Wrong(e.Source.RegionAt):
	case parts[2] != region:
		e.refuse(at, value, problem.Conflict, fmt.Sprintf("is in region %q, not in %q, the region of the store",
			parts[2], region), "use a store with region: "+parts[2]+", or the ARN of a "+n.noun+" in the store's region")
	case partition != "" && parts[1] != string(partition):
		e.refuse(at, value, problem.Conflict, fmt.Sprintf("is in partition %q, not in %q, the partition of the region",
			parts[1], partition), "write the ARN of a "+n.noun+" in that partition")
	}
}

// version checks the version of what a store reads.
func (e *entry) version(at problem.Path, value string) {
	switch {
	case e.Source.Service == plan.ParameterStore:
		if !parameterVersion.MatchString(value) {
			e.refuse(at, value, problem.Invalid, "must be the version of a parameter",
				"write its number or label, in quotes")
		}
	case versionID.MatchString(value):
		e.refuse(at, value, problem.Invalid, "would be taken for a staging label", "write uuid/"+value)
	case !secretVersion.MatchString(value):
		e.refuse(at, value, problem.Invalid, "must be the version of a secret",
			"write a staging label such as AWSPREVIOUS, or uuid/<version ID>")
	}
}

// search checks what is searched for. The operator gives a name precedence over tags.
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
		if at := tags.Member(key); !e.problems.Wrong(at) {
			e.problems.AddBelow(at, tagProblems(check("tags", key, find.Tags[key]))...)
		}
	}
	e.rewrites(at.Member("rewrite"), find.Rewrite)
	e.foundKeys(at.Member("rewrite"), find)
	if e.File.Valid(path) {
		e.searchPath(path, find.Path)
	}
	if !e.File.Has(path) && e.Source.Service == plan.SecretsManager && e.File.Valid(name) {
		e.warn(name, nil, problem.Limit, "makes the operator list all secrets of the region each time, which costs one "+
			"request for a hundred secrets and one for each match", "set a path too")
	}
}

func (e *entry) searchPath(at problem.Path, value string) {
	switch {
	case e.Source.Service == plan.ParameterStore:
		if !parameterPath.MatchString(value) {
			e.refuse(at, value, problem.Invalid, "must be a path in Parameter Store", "write one such as /prod/app")
		}
	case strings.HasSuffix(value, "*"):
		e.refuse(at, value, problem.Invalid, "must be a prefix of names, without *", "write "+withoutStar(value))
	case !secretName.MatchString(value):
		e.refuse(at, value, problem.Invalid,
			`must be a prefix of names in Secrets Manager (letters, digits and "/_+=.@-", at most 512 characters)`, "")
	default:
		e.openPrefix(at, value)
	}
}

// openPrefix warns of a prefix that ends within a word.
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
