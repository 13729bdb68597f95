// Package pattern has the form of every kind of name that a user writes: the names of
// Kubernetes objects, and those of AWS.
//
// The checks use [Pattern.Check]. The JSON schema uses the text and the length of the same
// pattern, so that an editor and the program agree.
package pattern

import (
	"regexp"
	"unicode/utf8"

	"eso-aws/internal/problem"
)

// Pattern is the form of one kind of name.
type Pattern struct {
	// Text is a regular expression for the whole name. All but [TagKey] and [TagValue]
	// use the dialect that Go, JavaScript and Java share.
	Text string
	// MaxLength is the longest name, in characters; 0 where the expression says it.
	MaxLength int
	// Rule is the message about a name that does not have the form.
	Rule string

	matches func(name string) bool
}

// form is a pattern that its text and length describe completely.
func form(text string, maxLength int, rule string) Pattern {
	return Pattern{text, maxLength, rule, regexp.MustCompile(text).MatchString}
}

// Matches reports whether a name has the form.
func (p Pattern) Matches(name string) bool {
	return p.matches(name) && (p.MaxLength == 0 || utf8.RuneCountInString(name) <= p.MaxLength)
}

// Check returns the problem of a name that does not have the form.
func (p Pattern) Check(name string) []problem.Problem {
	if p.Matches(name) {
		return nil
	}
	kind := problem.Invalid
	if name == "" {
		kind = problem.Required
	}
	return []problem.Problem{{Value: name, Kind: kind, Rule: p.Rule}}
}

var (
	// Duration is a duration as Go writes it.
	Duration = form(`^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`, 0,
		"must be a duration of hours, minutes and seconds, such as 1h30m")
	// Amount is a number of dollars.
	Amount = form(`^[0-9]+(\.[0-9]+)?$`, 0, "must be a number, such as 10 or 2.50")
)
