// Package config loads the configuration of a stack: it decodes the stack file, resolves
// it, and checks the result.
package config

import (
	"eso-aws/internal/check"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// Load returns what a stack declares. The error is a [problem.Error] with every problem,
// in the order of the settings; no secret is in it. With strict: true warnings are errors.
// Settings of other projects are ignored.
func Load(input stackfile.Input) (*plan.Plan, error) {
	var problems problem.List
	file := stackfile.Decode(input, &problems)
	p := plan.New(file, &problems)
	check.All(p, &problems)
	if file.Strict {
		problems.Strict()
	}
	if found := file.Render(problems.Errors()); len(found) > 0 {
		return nil, problem.Error(found)
	}
	p.Warnings = file.Render(problems.Warnings())
	return p, nil
}
