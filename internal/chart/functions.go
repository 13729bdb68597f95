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

// completeFunctions reports whether the release notes tell of the version.
func (r *Release) completeFunctions() bool {
	minor := semver.Version{Major: r.version.Major, Minor: r.version.Minor}
	return !r.unread() && minor.LTE(newest())
}

// CheckFunction finds what is wrong with the name of a function in a template. It is a warning
// where a newer chart than those known may have it.
func (r *Release) CheckFunction(name string) []problem.Problem {
	functions := r.functions()
	if _, err := gotemplate.New("").Parse("{{" + name + "}}"); err == nil || functions.has(name) {
		return nil // it is Go's own, or the chart's
	}
	subject := "function " + name + " is "
	if p, ok := r.unsupported(functionsFile, func(other *Release) bool { return other.functions().has(name) }); ok {
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
