// Package check checks a plan. Each file checks one subject. A check adds problems and
// changes nothing else. It skips values of the wrong shape, which the decoder has reported.
package check

import (
	"maps"
	"slices"

	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
)

// All runs every check.
func All(p *plan.Plan, problems *problem.List) {
	c := checker{Plan: p, problems: problems}
	c.target()
	c.chart()
	for _, source := range p.Sources {
		c.store(source)
	}
	c.stackMetadata()
	for _, entry := range p.Entries {
		c.secret(entry)
	}
	c.anySecrets()
	c.targets()
	c.namespaces()
	c.chartValues()
	if p.OnEKS() {
		c.access()
	}
	c.objects()
	c.cost()
}

// checker adds the problems of a plan to a list.
type checker struct {
	*plan.Plan
	problems *problem.List
}

// refuse adds an error. The value is nil if there is none to show.
func (c *checker) refuse(at problem.Path, value any, kind problem.Kind, rule, fix string) {
	c.problems.Add(problem.Problem{Path: at, Value: value, Kind: kind, Rule: rule, Fix: fix})
}

// refuseOnce adds an error unless the value has one already.
func (c *checker) refuseOnce(at problem.Path, value any, kind problem.Kind, rule, fix string) {
	if !c.problems.Wrong(at) {
		c.refuse(at, value, kind, rule, fix)
	}
}

// warn adds a warning.
func (c *checker) warn(at problem.Path, value any, kind problem.Kind, rule, fix string) {
	c.problems.Add(problem.Problem{Path: at, Value: value, Kind: kind, Rule: rule, Fix: fix, Warning: true})
}

// unknown reports whether a map has an unknown field. A field that seems to be missing may
// be misspelled.
func (c *checker) unknown(at problem.Path) bool {
	return len(c.problems.All(func(p problem.Problem) bool {
		return p.Kind == problem.Unknown && len(p.Path) == len(at)+1 && at.Has(p.Path)
	})) > 0
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
