package check

import (
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// access checks the permissions of the operator's role. They must not exceed what the
// stack file asks for.
func (c *checker) access() {
	at := problem.Path{stackfile.KeyPermissions}
	for i, prefix := range c.File.Permissions.Prefixes {
		if at := at.Member("prefixes").Entry(i); strings.HasSuffix(prefix, "*") {
			c.refuse(at, prefix, problem.Invalid, "must be a prefix of names, without *", "write "+withoutStar(prefix))
		} else if pattern.SecretPrefix.Matches(prefix) {
			c.openPrefix(at, prefix)
		}
	}
	for _, declared := range c.Entries {
		if e := (entry{c, declared}); e.ownPolicy() {
			e.searches()
			e.rawSources()
		}
	}
	if c.problems.Any() {
		return // further problems would only be consequences
	}
	if !c.ReadsItself() && c.File.Has(at) {
		readers := "the roles and service accounts of the stores do"
		if c.Sources[0].Role != "" {
			readers = "store.role does"
		}
		c.refuse(at, nil, problem.Conflict, "has no effect, because the operator's role reads no secret: "+readers,
			"remove it")
	}
	grants := c.Grants()
	regions := make([]string, 0, len(grants))
	for _, granted := range grants {
		regions = append(regions, granted.Region)
	}
	for i, key := range c.File.Permissions.KMSKeys {
		c.problems.AddBelow(at.Member("kmsKeys").Entry(i),
			iam.CheckARN(pattern.KMSKeyARN, key, c.Cluster.Partition, regions...)...)
	}
	if c.problems.Any() {
		return
	}
	for _, p := range iam.CheckGrants(grants...) {
		if p.Path[0] != stackfile.KeySecrets {
			p.Path = at.Member(p.Path...)
		}
		c.problems.Add(p)
	}
}

// searches refuses a search that would require access to all secrets.
func (e *entry) searches() {
	for i, find := range e.Declared.Find {
		at := e.File.Entry(e.At.Member("find"), i)
		if e.Source.Service == plan.ParameterStore {
			e.parameterSearch(at, find)
			continue
		}
		prefix, _ := plan.SearchPrefix(find.Name)
		switch name := at.Member("name"); {
		case len(find.Tags) > 0 || find.Path != "" || prefix != "":
		case len(e.File.Permissions.Prefixes) == 0:
			e.tooBroad(name, find.Name, "secrets", "set a path too, begin with ^ and a prefix of the names, or set "+
				"permissions.prefixes")
		default:
			e.warn(name, find.Name, problem.Access,
				"may match secrets outside permissions.prefixes: the sync fails on the "+
					"first one that the role may not read", "set a path too")
		}
	}
}

func (e *entry) parameterSearch(at problem.Path, find stackfile.Find) {
	switch {
	case len(find.Tags) > 0 || !plan.IsRoot(find.Path):
	case find.Name == "":
		e.tooBroad(e.File.Member(at, "path"), find.Path, "parameters", "set a longer path")
	default:
		e.tooBroad(at.Member("name"), find.Name, "parameters", "set a path too, such as /prod")
	}
}

func (e *entry) tooBroad(at problem.Path, value, nouns, fix string) {
	e.refuse(at, value, problem.Access, "may match all "+nouns+", and the role would need access to each", fix)
}
