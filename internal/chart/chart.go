// Package chart knows which values the operator's chart takes: its own schema lets
// anything pass, so that a misspelled value, or one of another version, is left out in
// silence.
//
// The values of a version are in values/<version>.txt, made of the values.yaml and the
// templates of that version's Go module: a line is a path below which anything goes. What
// younger charts are known to have added is in later.txt.
package chart

import (
	"embed"
	"maps"
	"slices"
	"strings"

	"github.com/blang/semver"
)

//go:embed values/*.txt later.txt
var files embed.FS

// Values are those of the nearest version that is held.
type Values struct {
	// Held is that version, and Exact tells whether it is the chart's.
	Held  semver.Version
	Exact bool

	tree node
}

// node is a map with members of its own; a nil one is anything.
type node map[string]node

// Unknown is a value that the chart does not know.
type Unknown struct {
	Path []string
	// Known are the names that the chart knows there, or the members of a map where Map
	// says that there is none.
	Known []string
	Map   bool
}

// For is what is held of the values of a version: its own, else those of a release of the
// same minor version, else of the nearest that is older, and of the next one.
func For(version semver.Version) *Values {
	versions := held()
	i := nearest(versions, version)
	values := &Values{Held: versions[i], Exact: versions[i].EQ(version), tree: treeOf(versions[i])}
	switch {
	case values.Exact:
	case i+1 < len(versions):
		values.tree = joined(values.tree, treeOf(versions[i+1]))
	default:
		later := read("later.txt", func(line string) string {
			since, path, _ := strings.Cut(line, " ")
			if first, err := semver.Parse(since); err != nil || version.LT(first) {
				return ""
			}
			return path
		})
		values.tree = joined(values.tree, later)
	}
	return values
}

func nearest(versions []semver.Version, chart semver.Version) int {
	best := 0
	for i, version := range versions {
		if version.Major == chart.Major && version.Minor == chart.Minor {
			return i
		}
		if version.LT(chart) {
			best = i
		}
	}
	return best
}

// treeOf is what a version takes.
func treeOf(version semver.Version) node {
	return read("values/"+version.String()+".txt", func(line string) string { return line })
}

// Check finds the values that are not known, in the order of their paths.
func (v *Values) Check(values map[string]any) []Unknown { return check(nil, v.tree, values) }

func check(path []string, tree node, values map[string]any) []Unknown {
	var unknown []Unknown
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := append(slices.Clone(path), name)
		below, ok := tree[name]
		object, isMap := values[name].(map[string]any)
		switch {
		case !ok:
			unknown = append(unknown, Unknown{Path: at, Known: slices.Sorted(maps.Keys(tree))})
		case below != nil && !isMap && values[name] != nil:
			unknown = append(unknown, Unknown{Path: at, Known: slices.Sorted(maps.Keys(below)), Map: true})
		case below != nil:
			unknown = append(unknown, check(at, below, object)...)
		}
	}
	return unknown
}

// held are the versions whose values are held, the oldest first.
func held() []semver.Version {
	entries, _ := files.ReadDir("values") // it is embedded
	var versions []semver.Version
	for _, entry := range entries {
		if version, err := semver.Parse(strings.TrimSuffix(entry.Name(), ".txt")); err == nil {
			versions = append(versions, version)
		}
	}
	slices.SortFunc(versions, semver.Version.Compare)
	return versions
}

// read makes the tree of a file's paths; of each line path takes what is one, or "".
func read(name string, path func(string) string) node {
	content, _ := files.ReadFile(name) // it is embedded
	tree := node{}
	for line := range strings.Lines(string(content)) {
		path := path(strings.TrimSpace(line))
		if path == "" || strings.HasPrefix(line, "#") {
			continue
		}
		members := strings.Split(path, ".")
		at := tree
		for _, member := range members[:len(members)-1] {
			if at[member] == nil {
				at[member] = node{}
			}
			at = at[member]
		}
		at[members[len(members)-1]] = nil
	}
	return tree
}

// joined is a tree with another's members besides. What is anything stays so.
func joined(tree, more node) node {
	for name, below := range more {
		if own, ok := tree[name]; ok && own == nil {
			continue
		}
		if tree[name] == nil || below == nil {
			tree[name] = below
			continue
		}
		tree[name] = joined(tree[name], below)
	}
	return tree
}
