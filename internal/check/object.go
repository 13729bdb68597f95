package check

import (
	"fmt"
	"strconv"
	"strings"

	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// objects validates the stores and ExternalSecrets against the CRDs of the chart, as an
// API server does. If there are other errors, it validates only the raw fields, because
// the others may be consequences.
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

// object validates one object. The user wrote the raw part of its spec. A problem in any
// other part is a defect of this program: it is reported only if there is no other error,
// and without the value, which may be secret.
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

// contains reports whether an object has a value at a path, or could have one there.
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
