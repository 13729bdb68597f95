package plan

import (
	"maps"
	"regexp/syntax"
	"slices"
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/stackfile"
)

// Grants returns what the operator's role must be allowed to do, by region. The stack's
// region is first.
func (p *Plan) Grants() []iam.Grants {
	first, permissions := &iam.Grants{Region: p.Region}, p.File.Permissions
	byRegion := map[string]*iam.Grants{p.Region: first}
	if p.ReadsItself() {
		first.Prefixes = slices.Clone(permissions.Prefixes)
		first.ListSecrets, first.BatchGet = permissions.ListSecrets, permissions.BatchGetSecretValue
	}
	for _, e := range p.Entries {
		if region := e.Source.Region; e.Source.OwnRole() {
			if byRegion[region] == nil {
				byRegion[region] = &iam.Grants{Region: region}
			}
			e.grant(byRegion[region])
		}
	}
	for _, s := range p.Sources {
		if s.Used() && s.ServiceAccount == "" && s.Role != "" {
			first.AssumeRoles = append(first.AssumeRoles, s.Role)
		}
	}
	first.TagSession = p.Auth() == PodIdentity
	for _, key := range permissions.KMSKeys {
		if arn, _ := iam.ParseARN(key); byRegion[arn.Region] != nil && p.ReadsItself() {
			byRegion[arn.Region].KMSKeys = append(byRegion[arn.Region].KMSKeys, key)
		}
	}
	all := []iam.Grants{*first}
	for _, region := range slices.Sorted(maps.Keys(byRegion)) {
		if region != p.Region {
			all = append(all, *byRegion[region])
		}
	}
	return all
}

// ReadsItself reports whether the operator reads any secret with its own role.
func (p *Plan) ReadsItself() bool {
	return slices.ContainsFunc(p.Sources, func(s *Source) bool { return s.Used() && s.OwnRole() })
}

// secretReference is the beginning of the names of parameters that are secrets.
const secretReference = "/aws/reference/secretsmanager/"

// grant adds what the operator reads for a secret. AWS requires permission to read both a
// parameter that refers to a secret and the secret
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html).
func (e *Entry) grant(in *iam.Grants) {
	parameters := e.Source.Service == ParameterStore
	names := &in.Secrets
	if parameters {
		names = &in.Parameters
	}
	read := func(name string) {
		*names = append(*names, name)
		if secret, refers := strings.CutPrefix(name, secretReference); parameters && refers {
			in.Secrets = append(in.Secrets, secret)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Declared.Data)) {
		read(e.Declared.Data[key].Key)
	}
	for _, extract := range e.Declared.Extract {
		read(extract.Key)
	}
	for _, find := range e.Declared.Find {
		if parameters {
			findParameters(find, in)
		} else {
			findSecrets(find, in)
		}
	}
}

// findSecrets grants a search. With a path or tags, the operator reads several secrets at
// once and skips those that it may not read. With a name alone, it lists all secrets and
// fails on the first match that it may not read.
func findSecrets(find stackfile.Find, in *iam.Grants) {
	in.ListSecrets = true
	switch name, whole := SearchPrefix(find.Name); {
	case len(find.Tags) > 0:
		in.BatchGet = true
		in.Tagged = append(in.Tagged, iam.Tagged{Prefix: find.Path, Tags: find.Tags})
	case find.Path != "":
		in.BatchGet = true
		in.Prefixes = append(in.Prefixes, find.Path)
	case whole:
		in.Secrets = append(in.Secrets, name)
	case name != "":
		in.Prefixes = append(in.Prefixes, name)
	}
}

// findParameters grants a search: by tags the parameters with these tags, by name every
// parameter below the path.
func findParameters(find stackfile.Find, in *iam.Grants) {
	switch {
	case len(find.Tags) > 0:
		in.TaggedParameters = append(in.TaggedParameters, iam.Tagged{Prefix: find.Path, Tags: find.Tags})
	case !IsRoot(find.Path):
		in.ParameterPaths = append(in.ParameterPaths, find.Path)
	}
}

// IsRoot reports whether a path in Parameter Store is the root.
func IsRoot(path string) bool { return strings.Trim(path, "/") == "" }

// SearchPrefix returns the prefix of all names that match a regular expression; "" if the
// expression does not begin with ^ and literal text. Whole reports whether the prefix is
// the only match.
func SearchPrefix(expression string) (prefix string, whole bool) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat || parsed.Sub[0].Op != syntax.OpBeginText {
		return "", false
	}
	rest := parsed.Sub[1:]
	if rest[0].Op != syntax.OpLiteral || rest[0].Flags&syntax.FoldCase != 0 {
		return "", false
	}
	if prefix = string(rest[0].Rune); !pattern.SecretPrefix.Matches(prefix) {
		return "", false
	}
	return prefix, len(rest) == 2 && rest[1].Op == syntax.OpEndText
}
