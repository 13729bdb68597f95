package config

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	iamproblem "eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// permissions are the policies for the secrets. They may not grant what the
// configuration does not ask for: what does not fit is an error.
func (l *loader) permissions(c *Config, sources []*source) {
	at := path{KeyPermissions}
	declared := l.permitted
	c.Cluster.KMSKeys = declared.KMSKeys
	g := grants{loader: l, config: c, prefixes: declared.Prefixes, byRegion: map[string]*iam.Grants{}}
	primary := g.in(c.Region)
	primary.Prefixes, primary.ListSecrets, primary.BatchGet = declared.Prefixes, declared.ListSecrets,
		declared.BatchGetSecretValue
	for i, prefix := range declared.Prefixes {
		if at := at.member("prefixes").entry(i); strings.HasSuffix(prefix, "*") {
			l.reject(at, prefix, "is a beginning of names, and * would be a part of it", l.withoutStar(prefix))
		} else if pattern.SecretName.Matches(prefix) {
			l.beginning(at, prefix)
		}
	}
	own := g.read(sources)
	if len(l.problems) > 0 {
		return // the rest would be said of what is wrong already
	}
	if !own && len(l.object(KeyPermissions, "")) > 0 {
		who := "store.role does"
		if sources[0].Role == "" {
			who = "the roles of stores do"
		}
		l.say(at, "is of no use: the operator itself reads no secret, "+who+"; take it away")
	}
	g.keys(declared.KMSKeys)
	c.Cluster.Grants = g.all(own)
	for _, p := range iam.CheckGrants(c.Cluster.Grants...) {
		if p.Path[0] == KeySecrets {
			l.iam(nil, []iamproblem.Problem{p})
		} else {
			l.iam(at, []iamproblem.Problem{p})
		}
	}
}

// grants collects what the operator reads, by region.
type grants struct {
	*loader
	config   *Config
	prefixes []string // those that the user grants
	byRegion map[string]*iam.Grants
	roles    []string
}

func (g *grants) in(region string) *iam.Grants {
	if g.byRegion[region] == nil {
		g.byRegion[region] = &iam.Grants{Region: region}
	}
	return g.byRegion[region]
}

// all are the grants, those of the stack's own region first. Without a store that the
// operator reads itself there are roles alone.
func (g *grants) all(own bool) []iam.Grants {
	if !own {
		g.byRegion = map[string]*iam.Grants{}
	}
	first := g.in(g.config.Region)
	first.AssumeRoles, first.TagSession = g.roles, g.config.Cluster.Auth == PodIdentity
	all := []iam.Grants{*first}
	for _, region := range sorted(g.byRegion) {
		if region != g.config.Region {
			all = append(all, *g.byRegion[region])
		}
	}
	return all
}

// keys go to the region that they are in.
func (g *grants) keys(keys []string) {
	regions := []string{g.config.Region}
	for _, region := range sorted(g.byRegion) {
		if region != g.config.Region {
			regions = append(regions, region)
		}
	}
	for i, key := range keys {
		problems := iam.CheckARN(pattern.KMSKeyARN, key, g.config.Cluster.Partition, regions...)
		g.iam(path{KeyPermissions, "kmsKeys"}.entry(i), problems)
		if arn, ok := iam.ParseARN(key); ok && problems == nil {
			in := g.in(arn.Region)
			in.KMSKeys = append(in.KMSKeys, key)
		}
	}
}

// read collects what the secrets are read from; own tells whether the operator itself
// reads any.
func (g *grants) read(sources []*source) (own bool) {
	seen := map[string]bool{}
	byName := map[string]*source{}
	for _, s := range sources {
		byName[s.name] = s
		switch {
		case len(s.users)+len(s.Namespaces) == 0:
		case s.ServiceAccount != "":
		case s.Role != "":
			g.roles = append(g.roles, s.Role)
		default:
			own = true
		}
	}
	for i := range g.config.Secrets {
		secret := &g.config.Secrets[i]
		s := byName[secret.Store]
		if seen[secret.Name] || s.Role != "" || s.ServiceAccount != "" {
			continue
		}
		seen[secret.Name] = true
		g.secret(path{KeySecrets, secret.Name}, secret, s)
	}
	return own
}

func (g *grants) secret(at path, secret *Secret, s *source) {
	in := g.in(s.Region)
	remote := func(remote stackfile.Remote) {
		if s.Service == ParameterStore {
			in.Parameters = append(in.Parameters, remote.Key)
		} else {
			in.Secrets = append(in.Secrets, remote.Key)
		}
	}
	for _, key := range sorted(secret.Data) {
		remote(secret.Data[key])
	}
	for _, extract := range secret.Extract {
		remote(extract.Remote)
	}
	for i, find := range secret.Find {
		at := g.nth(at.member("find"), i)
		if s.Service == ParameterStore {
			g.findParameters(at, find, in)
		} else {
			g.findSecrets(at, find, in)
		}
	}
	for _, name := range []string{"data", "dataFrom"} {
		if _, ok := secret.Spec[name]; ok {
			g.warn(at.member("spec").member(name), "reads what the operator's role is not granted; "+
				"write data, extract or find, or grant it with permissions.prefixes")
		}
	}
}

// findSecrets grants a search. The operator asks for many at once below a path and by
// tags, and leaves out those that it may not read; by name alone it lists them all, and
// fails on the first that it may not read.
func (g *grants) findSecrets(at path, find stackfile.Find, in *iam.Grants) {
	in.ListSecrets = true
	switch {
	case len(find.Tags) > 0:
		in.BatchGet = true
		in.Tagged = append(in.Tagged, iam.Tagged{Prefix: find.Path, Tags: find.Tags})
	case find.Path != "":
		in.BatchGet = true
		in.Prefixes = append(in.Prefixes, find.Path)
	default:
		prefix, whole := literal(find.Name)
		switch {
		case whole && pattern.SecretName.Matches(prefix):
			in.Secrets = append(in.Secrets, prefix)
		case pattern.SecretName.Matches(prefix):
			in.Prefixes = append(in.Prefixes, prefix)
		case len(g.prefixes) == 0:
			g.tooMuch(at.member("name"), find.Name, "secrets", "a path too, or ^ and what the names "+
				"begin with, or grant permissions.prefixes")
		default:
			g.warn(at.member("name"), fmt.Sprintf("%q: may match secrets beyond permissions.prefixes, and a sync "+
				"fails on the first that may not be read; write a path too", find.Name))
		}
	}
}

// findParameters grants a search: by tags each parameter, by name the path as a whole.
func (g *grants) findParameters(at path, find stackfile.Find, in *iam.Grants) {
	root := strings.Trim(find.Path, "/") == ""
	switch {
	case len(find.Tags) > 0:
		in.TaggedParameters = append(in.TaggedParameters, iam.Tagged{Prefix: find.Path, Tags: find.Tags})
	case root && find.Name == "":
		g.tooMuch(g.of(at, "path"), find.Path, "parameters", "a longer path")
	case root:
		g.tooMuch(at.member("name"), find.Name, "parameters", "a path too, such as /prod")
	default:
		in.ParameterPaths = append(in.ParameterPaths, find.Path)
	}
}

// tooMuch refuses a search for which everything would have to be granted.
func (g *grants) tooMuch(p path, value, what, write string) {
	g.reject(p, value, "may match all "+what+", and the operator would have to be granted each", write)
}

// literal is what all matches of an expression begin with, where it says so with ^;
// whole tells that they are no longer.
func literal(expression string) (prefix string, whole bool) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat || parsed.Sub[0].Op != syntax.OpBeginText {
		return "", false
	}
	rest := parsed.Sub[1:]
	if rest[0].Op != syntax.OpLiteral || rest[0].Flags&syntax.FoldCase != 0 {
		return "", false
	}
	return string(rest[0].Rune), len(rest) == 2 && rest[1].Op == syntax.OpEndText
}
