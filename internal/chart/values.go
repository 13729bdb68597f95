package chart

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/blang/semver"

	"eso-aws/internal/problem"
)

// node is a value of the chart: a map with known members, or, where it is nil, one that may
// be anything.
type node map[string]node

// CheckValues finds the values that the chart does not use, in the order of their paths. They
// are warnings unless the values of this very version are known.
func (r *Release) CheckValues(values map[string]any) []problem.Problem {
	if r.unread() {
		return nil
	}
	return r.checkValues(nil, r.values(), values, !r.nearest(valuesFile).version.EQ(r.version))
}

func (r *Release) checkValues(path problem.Path, tree node, values map[string]any, warn bool) []problem.Problem {
	var found []problem.Problem
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := path.Member(name)
		below, ok := tree[name]
		object, isMap := values[name].(map[string]any)
		switch {
		case !ok:
			p, elsewhere := r.unsupported(valuesFile, func(other *Release) bool { return other.values().has(at...) })
			if !elsewhere {
				p = problem.Problem{
					Kind: problem.Unknown, Rule: "unknown value" + r.asOf(valuesFile),
					Fix: problem.Suggest(name, slices.Sorted(maps.Keys(tree))),
				}
			}
			p.Path, p.Warning = at, warn
			found = append(found, p)
		case below != nil && !isMap && values[name] != nil:
			found = append(found, problem.Problem{
				Path: at, Kind: problem.Type, Warning: warn,
				Rule: fmt.Sprintf("must be a map, not %s", problem.TypeOf(values[name])),
				Fix:  "set " + problem.Join(slices.Sorted(maps.Keys(below)), "or") + " in it",
			})
		case below != nil:
			found = append(found, r.checkValues(at, below, object, warn)...)
		}
	}
	return found
}

// read reads what a version has; what any version has, if it could not be read. Between two
// known versions it is what either has.
func (r *Release) read(file string) node {
	versions, tree := r.nearest(file).both(), node{}
	if r.unread() {
		versions = known(file)
	}
	for _, version := range versions {
		for _, line := range lines("versions/" + version.String() + "/" + file) {
			tree.add(strings.Split(line, "."))
		}
	}
	for _, note := range notes(file) {
		switch path := strings.Split(note.name, "."); {
		case r.version.LT(note.since) && !r.unread(), note.removed && r.unread():
		case note.removed:
			tree.remove(path)
		default:
			tree.add(path)
		}
	}
	return tree
}

// both are the known version and the next one, if there is one.
func (n nearest) both() []semver.Version {
	if n.next == nil {
		return []semver.Version{n.version}
	}
	return []semver.Version{n.version, *n.next}
}

// add adds a path below which anything is allowed.
func (n node) add(path []string) {
	for _, name := range path[:len(path)-1] {
		below, ok := n[name]
		switch {
		case ok && below == nil:
			return
		case !ok:
			below = node{}
			n[name] = below
		}
		n = below
	}
	n[path[len(path)-1]] = nil
}

func (n node) remove(path []string) {
	for _, name := range path[:len(path)-1] {
		n = n[name]
	}
	delete(n, path[len(path)-1])
}

// has reports whether a path is used.
func (n node) has(path ...string) bool {
	for _, name := range path {
		if n == nil {
			return true
		}
		below, ok := n[name]
		if !ok {
			return false
		}
		n = below
	}
	return true
}
