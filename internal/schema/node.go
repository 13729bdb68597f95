package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// node is a field in the tree of settings. Its path has placeholders, such as <name>, for
// names that users choose.
type node struct {
	stackfile.Field
	path []string
}

// root returns the node of the whole file.
func root() node { return node{Field: stackfile.Field{Type: reflect.TypeFor[stackfile.File]()}} }

// String returns the path of a node as messages have it.
func (n node) String() string { return project + strings.Join(n.path, ".") }

func (n node) child(f stackfile.Field, name string) node {
	return node{f, append(slices.Clone(n.path), name)}
}

// entry returns the node of any entry of a map or list. Entries of a list have the path of
// the list.
func (n node) entry() (node, bool) {
	entry, ok := n.Entry()
	if !ok || n.Type.Kind() == reflect.Slice {
		return node{entry, n.path}, ok
	}
	placeholder := "<name>"
	if entry.Type.Kind() == reflect.String || n.Keys == "key" {
		placeholder = "<key>"
	}
	return n.child(entry, placeholder), true
}

// innermost returns the node of the entries, or of their entries; the node itself if it
// is neither a map nor a list.
func (n node) innermost() node {
	for entry, ok := n.entry(); ok; entry, ok = n.entry() {
		n = entry
	}
	return n
}

// fields returns the fields of a node, or of the entries in it.
func (n node) fields() []node {
	n = n.innermost()
	if n.Type.Kind() != reflect.Struct {
		return nil
	}
	var nodes []node
	for _, f := range stackfile.Fields(n.Type) {
		nodes = append(nodes, n.child(f, f.Name))
	}
	return nodes
}

// allNodes returns the nodes of all fields, each before those in it.
func allNodes() []node {
	var nodes []node
	var add func(n node)
	add = func(n node) {
		nodes = append(nodes, n)
		for _, f := range n.fields() {
			add(f)
		}
	}
	for _, n := range root().fields() {
		add(n)
	}
	return nodes
}

// pathSegment matches a name, a name in brackets and quotes, or the index of an entry.
var pathSegment = regexp.MustCompile(`\["([^"]*)"\]|\[(\d+|\*)\]|([^.\[\]]+)`)

// find returns the node at a path such as eso-aws:secrets.<name>.find, in which any name,
// or none, may be in the place of a placeholder.
func find(path string) (node, error) {
	matches := pathSegment.FindAllStringSubmatch(strings.TrimPrefix(path, project), -1)
	if len(matches) == 0 {
		return node{}, fmt.Errorf("%q: must be the path of a setting or field, such as secrets.data", path)
	}
	at := root()
	for i, match := range matches {
		if match[2] != "" && at.Type.Kind() == reflect.Slice {
			continue
		}
		name := match[1] + match[2] + match[3]
		fields := at.fields()
		known := names(fields)
		typo := i == len(matches)-1 && problem.Nearest(name, known, problem.Distance) != ""
		if j := slices.Index(known, name); j >= 0 {
			at = fields[j]
		} else if entry, ok := at.entry(); ok && at.Type.Kind() == reflect.Map && !typo {
			at = entry
		} else {
			return node{}, unknown(at, name, known)
		}
	}
	return at, nil
}

func unknown(at node, name string, known []string) error {
	switch {
	case len(at.path) == 0 && len(withField(name)) > 0:
		return fmt.Errorf("%q: unknown setting; did you mean %s?", name, problem.Join(withField(name), "or"))
	case len(at.path) == 0:
		return fmt.Errorf("%q: unknown setting; %s", name, problem.Suggest(name, known))
	case len(known) == 0:
		return fmt.Errorf("%s: %q: unknown field; a %s has none", at, name, typeOf(at))
	}
	return fmt.Errorf("%s: %q: unknown field; %s", at, name, problem.Suggest(name, known))
}

// withField returns the paths of the fields with a name, as [Explain] takes them.
func withField(name string) []string {
	var paths []string
	for _, n := range allNodes() {
		if n.Name == name {
			path := slices.DeleteFunc(slices.Clone(n.path), func(segment string) bool { return segment == "<name>" })
			paths = append(paths, strings.Join(path, "."))
		}
	}
	return paths
}

func names(nodes []node) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.Name
	}
	return names
}
