package chart

import (
	"fmt"
	"maps"
	"slices"
)

// For the tests: what describes regular expressions, and what is read of the release notes.
var (
	Patterns = patterns
	CRDNotes = crdNotes
)

// UnreadNotes are the lines of a file of notes that are not read.
func UnreadNotes(file string) ([]string, error) {
	read := map[string]bool{}
	for _, note := range notes(file) {
		name := note.name
		if note.removed {
			name = "-" + name
		}
		read[fmt.Sprintf("%s %s", note.since, name)] = true
	}
	var unread []string
	for _, line := range lines("notes/" + file) {
		if !read[line] {
			unread = append(unread, line)
		}
	}
	if len(read) == 0 {
		return nil, fmt.Errorf("there are no notes in %q", file)
	}
	return unread, nil
}

// Functions returns the sorted names of the functions that templates of engine v2 may use, in
// addition to those of Go's text/template. Complete reports whether there are no others.
func (r *Release) Functions() (names []string, complete bool) {
	return slices.Sorted(maps.Keys(r.functions())), r.completeFunctions()
}
