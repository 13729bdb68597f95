package check

import (
	"fmt"
	"strconv"
	"strings"

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
	for _, store := range c.Stores {
		if whole {
			c.object(store.Source.At, store.Manifest(), nil, whole)
		}
	}
	for _, secret := range c.Secrets {
		if whole || secret.Spec != nil {
			c.object(secret.Entry.At, secret.Manifest(), secret.Spec, whole)
		}
	}
}

// object checks one object; raw is what the user has written of its spec. What the program
// has written of it is reported only where nothing else is wrong, and without its value,
// which is of no help and may be secret.
func (c *checker) object(at problem.Path, object, raw map[string]any, whole bool) {
	kind, _ := object["kind"].(string)
	for _, p := range c.Chart.Release().CheckObject(c.APIVersion, kind, object) {
		written := len(p.Path) > 1 && p.Path[0] == "spec" && contains(raw, p.Path[1:])
		if text, ok := p.Value.(string); ok {
			p.Value = shorten(text)
		}
		switch {
		case written && !c.problems.Wrong(at.Member(p.Path...)):
			c.problems.AddBelow(at, p)
		case !written && whole:
			p.Value = nil
			c.problems.Add(problem.Problem{
				Path: at, Kind: problem.Internal, Warning: p.Warning,
				Rule: fmt.Sprintf("creates an object that chart %s does not accept: %s", c.Chart.Version, p),
			})
		}
	}
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
