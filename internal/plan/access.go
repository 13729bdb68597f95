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

// Grants are what the operator's role must be allowed to do, by region: that of the stack
// first.
func (p *Plan) Grants() []iam.Grants {
	g := grants{plan: p, byRegion: map[string]*iam.Grants{}}
	permissions := p.File.Permissions
	first := g.in(p.Region)
	if p.ReadsItself() {
		first.Prefixes, first.ListSecrets, first.BatchGet = slices.Clone(permissions.Prefixes), permissions.ListSecrets,
			permissions.BatchGetSecretValue
	}
	for _, e := range p.Entries {
		if e.Source.OwnRole() {
			g.read(e)
		}
	}
	for _, s := range p.Sources {
		if s.Used() && s.ServiceAccount == "" && s.Role != "" {
			first.AssumeRoles = append(first.AssumeRoles, s.Role)
		}
	}
	first.TagSession = p.Auth() == PodIdentity
	for _, key := range permissions.KMSKeys {
		if arn, ok := iam.ParseARN(key); ok && g.byRegion[arn.Region] != nil && p.ReadsItself() {
			in := g.in(arn.Region)
			in.KMSKeys = append(in.KMSKeys, key)
		}
	}
	all := []iam.Grants{*first}
	for _, region := range g.regions()[1:] {
		all = append(all, *g.byRegion[region])
	}
	return all
}

// ReadsItself reports whether the operator reads any secret with its own role.
func (p *Plan) ReadsItself() bool {
	return slices.ContainsFunc(p.Sources, func(s *Source) bool { return s.Used() && s.OwnRole() })
}

// Regions are those that the operator's own role reads from, that of the stack first.
func (p *Plan) Regions() []string {
	g := grants{plan: p, byRegion: map[string]*iam.Grants{}}
	g.in(p.Region)
	for _, e := range p.Entries {
		if e.Source.OwnRole() {
			g.in(e.Source.Region)
		}
	}
	return g.regions()
}

// grants collects what the operator reads, by region.
type grants struct {
	plan     *Plan
	byRegion map[string]*iam.Grants
}

func (g *grants) in(region string) *iam.Grants {
	if g.byRegion[region] == nil {
		g.byRegion[region] = &iam.Grants{Region: region}
	}
	return g.byRegion[region]
}

func (g *grants) regions() []string {
	regions := []string{g.plan.Region}
	for _, region := range slices.Sorted(maps.Keys(g.byRegion)) {
		if region != g.plan.Region {
			regions = append(regions, region)
		}
	}
	return regions
}

func (g *grants) read(e *Entry) {
	in, parameters := g.in(e.Source.Region), e.Source.Service == ParameterStore
	remote := func(remote stackfile.Remote) {
		secret, refers := strings.CutPrefix(remote.Key, secretReference)
		if parameters {
			in.Parameters = append(in.Parameters, remote.Key)
		}
		if !parameters || refers {
			in.Secrets = append(in.Secrets, secret)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Declared.Data)) {
		remote(e.Declared.Data[key])
	}
	for _, extract := range e.Declared.Extract {
		remote(extract.Remote)
	}
	for _, find := range e.Declared.Find {
		if parameters {
			findParameters(find, in)
		} else {
			findSecrets(find, in)
		}
	}
}

// secretReference is what the names of parameters begin with that are secrets of Secrets
// Manager. AWS requires permission to read both
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html).
const secretReference = "/aws/reference/secretsmanager/"

// findSecrets grants a search. Below a path and by tags the operator reads many at once,
// and skips those that it may not read. By name alone it lists all secrets, and fails on
// the first match that it may not read.
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

// findParameters grants a search: of tags each parameter, of a name the whole path.
func findParameters(find stackfile.Find, in *iam.Grants) {
	switch {
	case len(find.Tags) > 0:
		in.TaggedParameters = append(in.TaggedParameters, iam.Tagged{Prefix: find.Path, Tags: find.Tags})
	case !IsRoot(find.Path):
		in.ParameterPaths = append(in.ParameterPaths, find.Path)
	}
}

// IsRoot reports whether a path in Parameter Store is that of all parameters.
func IsRoot(path string) bool { return strings.Trim(path, "/") == "" }

// SearchPrefix is the prefix of all names that match an expression, where it begins with ^;
// "" if that is not certain. Whole reports that they are no longer than that.
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
