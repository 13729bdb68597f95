// Package check finds what is wrong with a plan beyond the shape of the stack file: each
// file checks one subject. A check adds problems and changes nothing. It says nothing of
// a value whose shape is wrong.
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

// checker is a plan, and what was found in it.
type checker struct {
	*plan.Plan
	problems *problem.List
}

// refuse adds an error about a value; the value is nil where there is none to show.
func (c *checker) refuse(at problem.Path, value any, kind problem.Kind, rule, fix string) {
	c.problems.Add(problem.Problem{Path: at, Value: value, Kind: kind, Rule: rule, Fix: fix})
}

// refuseOnce adds an error unless there is one about the very value.
func (c *checker) refuseOnce(at problem.Path, value any, kind problem.Kind, rule, fix string) {
	if !c.problems.Wrong(at) {
		c.refuse(at, value, kind, rule, fix)
	}
}

// warn adds a warning.
func (c *checker) warn(at problem.Path, value any, kind problem.Kind, rule, fix string) {
	c.problems.Add(problem.Problem{Path: at, Value: value, Kind: kind, Rule: rule, Fix: fix, Warning: true})
}

// unknown reports whether a map has a field that does not exist: what seems to be missing
// in it may be meant by that.
func (c *checker) unknown(at problem.Path) bool {
	return len(c.problems.All(func(p problem.Problem) bool {
		return p.Kind == problem.Unknown && len(p.Path) == len(at)+1 && at.Has(p.Path)
	})) > 0
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
