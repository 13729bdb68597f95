package problem

import (
	"slices"
	"strings"
)

// List is what was found. The zero List is empty and ready to use.
type List struct{ problems []Problem }

// Add adds problems. One that is there already, or that is about the very value of an
// error that is there, is told once.
func (l *List) Add(problems ...Problem) {
	for _, p := range problems {
		same := func(other Problem) bool {
			return p.Path.Equal(other.Path) && p.Rule == other.Rule && p.Fix == other.Fix &&
				p.Value == other.Value && p.Warning == other.Warning
		}
		if !slices.ContainsFunc(l.problems, same) {
			l.problems = append(l.problems, p)
		}
	}
}

// AddBelow adds problems whose paths are relative to one.
func (l *List) AddBelow(path Path, problems ...Problem) {
	for _, p := range problems {
		p.Path = path.Member(p.Path...)
		l.Add(p)
	}
}

// Require adds a problem for each empty argument of a component. The keys are paths, such
// as store.name.
func (l *List) Require(arguments map[string]string) {
	for path, value := range arguments {
		if value == "" {
			l.Add(Problem{Path: strings.Split(path, "."), Kind: Required, Rule: "is required"})
		}
	}
}

// Wrong tells whether there is an error about the very value.
func (l *List) Wrong(path Path) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return !p.Warning && p.Path.Equal(path) })
}

// Failed tells whether there is an error about the value or anything in it.
func (l *List) Failed(path Path) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return !p.Warning && path.Has(p.Path) })
}

// Any tells whether there is any error.
func (l *List) Any() bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return !p.Warning })
}

// All are the problems that fulfill a condition, in the order of their paths. A nil
// condition is every one.
func (l *List) All(condition func(Problem) bool) []Problem {
	var all []Problem
	for _, p := range l.problems {
		if condition == nil || condition(p) {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b Problem) int { return slices.Compare(a.Path, b.Path) })
	return all
}

// Errors are the problems that are not warnings, in the order of their paths.
func (l *List) Errors() []Problem { return l.All(func(p Problem) bool { return !p.Warning }) }

// Warnings are the others, in the order of their paths.
func (l *List) Warnings() []Problem { return l.All(func(p Problem) bool { return p.Warning }) }

// Strict turns warnings into errors.
func (l *List) Strict() {
	for i := range l.problems {
		l.problems[i].Warning = false
	}
}

// Err is the errors; nil where there are none. It is for arguments of components, which
// contain no secret values.
func (l *List) Err() error {
	if errs := l.Errors(); len(errs) > 0 {
		return Error(errs)
	}
	return nil
}

// Error is problems as an error, one a line.
type Error []Problem

func (e Error) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
