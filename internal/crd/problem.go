package crd

import (
	"fmt"
	"regexp"
	"strings"
)

// Problem is one thing that is wrong with an object.
type Problem struct {
	// Path leads to it: names of fields, and "[0]" for the first entry of a
	// list.
	Path []string
	// Value is what is there, if it is text, a number, true or false; else nil.
	Value any
	// Rule says what is wrong with it, and Write what to write instead, if that
	// is known.
	Rule, Write string
	// Unsure tells that the operator may allow it nevertheless: what is held is
	// of another release of ESO than the chart's, or is not held at all. It is
	// for a warning, and not for an error.
	Unsure bool
}

// plainName is what a path need not quote.
var plainName = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\])$`)

// String is the problem as one line, but for Unsure.
func (p Problem) String() string {
	var b strings.Builder
	for i, name := range p.Path {
		switch {
		case !plainName.MatchString(name):
			fmt.Fprintf(&b, "[%q]", name)
		case i > 0 && name[0] != '[':
			b.WriteString("." + name)
		default:
			b.WriteString(name)
		}
	}
	if p.Value != nil {
		fmt.Fprintf(&b, ": %q", fmt.Sprint(p.Value))
	}
	b.WriteString(": " + p.Rule)
	if p.Write != "" {
		b.WriteString("; write " + p.Write)
	}
	return strings.TrimPrefix(b.String(), ": ")
}
