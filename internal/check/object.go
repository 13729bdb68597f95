package check

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/blang/semver"

	"eso-aws/internal/crd"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// objects checks the objects of the stores and secrets as an API server with the CRDs of
// the chart does. Where there are errors already, only the raw fields are certain to be
// as intended.
func (c *checker) objects() {
	if !c.Chart.Known || c.problems.Failed(problem.Path{stackfile.KeyAPIVersion}) {
		return
	}
	whole := !c.problems.Any()
	schemas, err := crd.For(c.Chart.Version)
	if err != nil {
		c.refuse(problem.Path{stackfile.KeyChartVersion}, nil, problem.Version,
			fmt.Sprintf("has CRDs that cannot be read: %v", err), "set another version")
		return
	}
	for _, store := range c.Stores {
		if whole {
			c.object(store.Source.At, schemas, store.Manifest(), nil, whole)
		}
	}
	for _, secret := range c.Secrets {
		if whole || secret.Spec != nil {
			c.object(secret.Entry.At, schemas, secret.Manifest(), secret.Spec, whole)
		}
	}
}

// object checks one object; raw is what the user has written of its spec. What the program
// has written of it is reported only where nothing else is wrong, and its values, which are
// of no help and may be secret, are not.
func (c *checker) object(
	at problem.Path, schemas *crd.Schemas, object, raw map[string]any, whole bool,
) {
	kind, _ := object["kind"].(string)
	for _, found := range schemas.Check(c.APIVersion, kind, object) {
		p := problem.Problem{
			Path: found.Path, Value: found.Value, Kind: problem.Invalid, Rule: found.Rule, Fix: found.Write,
			Warning: found.Unsure,
		}
		ours := len(p.Path) < 2 || p.Path[0] != "spec" || !contains(raw, p.Path[1:])
		switch {
		case ours && !whole:
			continue
		case ours:
			p.Rule = fmt.Sprintf("creates an object that chart %s does not accept: %s: %s", c.Chart.Version, p.Path, p.Rule)
			p.Value, p.Kind = nil, problem.Internal
		case !p.Warning && c.newer(object, p.Path):
			p.Rule = fmt.Sprintf("not supported by chart %s, but by newer ones", c.Chart.Version)
			p.Fix = "set a newer chartVersion or remove it"
		}
		if text, ok := p.Value.(string); ok {
			p.Value = shorten(text)
		}
		if p.Warning {
			p.Rule += fmt.Sprintf(" (according to chart %s; chart %s may differ)", schemas.Held, c.Chart.Version)
		}
		if ours {
			p.Path = at
		} else {
			p.Path = at.Member(p.Path...)
		}
		if ours || !c.problems.Wrong(p.Path) {
			c.problems.Add(p)
		}
	}
}

// newer reports whether the newest chart that is known accepts a value.
func (c *checker) newer(object map[string]any, path []string) bool {
	schemas, err := crd.For(semver.Version{Major: math.MaxInt32})
	kind, _ := object["kind"].(string)
	return err == nil && !slices.ContainsFunc(schemas.Check(c.APIVersion, kind, object), func(p crd.Problem) bool {
		return slices.Equal(p.Path, path)
	})
}

// contains reports whether a path is in an object, or is missing in a part of it.
func contains(object any, path []string) bool {
	for i, name := range path {
		var below any
		ok := false
		switch within := object.(type) {
		case map[string]any:
			below, ok = within[name]
		case []any:
			n, err := strconv.Atoi(strings.Trim(name, "[]"))
			if ok = err == nil && n < len(within); ok {
				below = within[n]
			}
		}
		if !ok {
			return i > 0 && i == len(path)-1
		}
		object = below
	}
	return true
}
