package chart

import (
	"maps"
	"slices"
	gotemplate "text/template"

	"github.com/blang/semver"

	"eso-aws/internal/problem"
)

// minGuessed is how long a name must be to resemble another one: shorter ones all do.
const minGuessed = 5

// Functions returns the sorted names of the functions that templates of engine v2 may use, in
// addition to those of Go's text/template. Complete reports whether there are no others.
func (r *Release) Functions() (names []string, complete bool) {
	return slices.Sorted(maps.Keys(r.functions())), r.completeFunctions()
}

// completeFunctions reports whether the release notes tell of the version.
func (r *Release) completeFunctions() bool {
	minor := semver.Version{Major: r.version.Major, Minor: r.version.Minor}
	return !r.unread() && minor.LTE(newest())
}

// CheckFunction finds what is wrong with the name of a function in a template. It is a warning
// where a newer chart than those known may have it.
func (r *Release) CheckFunction(name string) []problem.Problem {
	functions := r.functions()
	if _, err := gotemplate.New("").Parse("{{" + name + "}}"); err == nil || functions[name] {
		return nil // it is Go's own, or the chart's
	}
	subject := "function " + name + " is "
	if p, ok := r.unsupported(functionsFile, func(other *Release) bool { return other.functions()[name] }); ok {
		p.Rule = subject + p.Rule
		return []problem.Problem{p}
	}
	p := problem.Problem{Kind: problem.Unknown, Rule: "unknown function " + name, Fix: "remove it"}
	fix := problem.DidYouMean(name, slices.Sorted(maps.Keys(functions)))
	switch {
	case fix != "" && len(name) >= minGuessed:
		p.Fix = fix
	case !r.completeFunctions():
		p.Warning = true
		p.Rule += r.asOf(functionsFile)
		p.Fix = "remove it, or the sync fails if the chart does not have it"
	}
	return []problem.Problem{p}
}

// readFunctions reads the functions of a version: of any version, where it is not known.
// Between two known versions it is what either has.
func (r *Release) readFunctions() map[string]bool {
	versions := r.nearest(functionsFile).both()
	if r.unread() {
		versions = known(functionsFile)
	}
	found := map[string]bool{}
	for _, version := range versions {
		for _, name := range lines("versions/" + version.String() + "/" + functionsFile) {
			found[name] = true
		}
	}
	for _, note := range notes(functionsFile) {
		switch {
		case r.unread():
			found[note.name] = true
		case r.version.GTE(note.since):
			found[note.name] = true
			if note.removed {
				delete(found, note.name)
			}
		}
	}
	return found
}
