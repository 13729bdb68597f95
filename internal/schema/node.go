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

// node is a field in the tree of settings.
type node struct {
	field
	path []segment
}

// segment is a name in a path: of a field, or a placeholder for a name that users choose.
type segment struct {
	name        string
	placeholder bool
}

// String returns the path of a node as messages have it.
func (n node) String() string {
	var b strings.Builder
	for i, segment := range n.path {
		switch {
		case i == 0:
			b.WriteString(project + segment.name)
		case segment.placeholder:
			b.WriteString(".<" + segment.name + ">")
		default:
			b.WriteString("." + segment.name)
		}
	}
	return b.String()
}

func (n node) child(f field, placeholder bool) node {
	return node{f, append(slices.Clone(n.path), segment{f.name, placeholder})}
}

// entry returns the node of any entry of a map or list. Entries of a list have the path of
// the list.
func (n node) entry() (node, bool) {
	kind := elementType(n.kind)
	if kind == nil {
		return node{}, false
	}
	entry := field{name: "name", kind: kind, pattern: n.pattern, only: n.only, doc: n.doc}
	if n.kind.Kind() == reflect.Slice {
		return node{entry, n.path}, true
	}
	if kind.Kind() == reflect.String || n.keys == "key" {
		entry.name = "key"
	}
	return n.child(entry, true), true
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
	if n.kind.Kind() != reflect.Struct {
		return nil
	}
	var nodes []node
	for _, f := range fieldsOf(n.kind) {
		nodes = append(nodes, n.child(f, false))
	}
	return nodes
}

// topLevel returns the nodes of the settings.
func topLevel() []node {
	return node{field: field{kind: reflect.TypeFor[stackfile.File]()}}.fields()
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
	for _, n := range topLevel() {
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
	at := node{field: field{kind: reflect.TypeFor[stackfile.File]()}}
	for i, match := range matches {
		if match[2] != "" && at.kind.Kind() == reflect.Slice {
			continue
		}
		name := match[1] + match[2] + match[3]
		fields := at.fields()
		known := names(fields)
		typo := i == len(matches)-1 && problem.Nearest(name, known, problem.Distance) != ""
		if j := slices.Index(known, name); j >= 0 {
			at = fields[j]
		} else if entry, ok := at.entry(); ok && at.kind.Kind() == reflect.Map && !typo {
			at = entry
		} else {
			return node{}, unknown(at, name, known)
		}
	}
	return at, nil
}

func unknown(at node, name string, known []string) error {
	switch {
	case len(at.path) == 0:
		return fmt.Errorf("%q: unknown setting; %s", name, problem.Suggest(name, known))
	case len(known) == 0:
		return fmt.Errorf("%s: %q: unknown field; a %s has none", at, name, typeOf(at))
	}
	return fmt.Errorf("%s: %q: unknown field; %s", at, name, problem.Suggest(name, known))
}

func names(nodes []node) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.name
	}
	return names
}
