// Package problem collects what is wrong with values that a user wrote, and renders it
// once, at the end. It is modeled on field.ErrorList of k8s.io/apimachinery.
//
// A check adds a [Problem] to a [List]. Nothing may decide by the text of a problem: what
// other code needs to know of it is its path and its kind. Secret values are withheld
// when the list is rendered, and nowhere else.
package problem

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Kind says what sort of problem it is.
type Kind string

// The kinds. The first five are about the shape of a value, which a JSON schema can judge
// too.
const (
	Unknown      Kind = "Unknown"      // there is no setting, field or value of that name
	Required     Kind = "Required"     // something is missing or empty
	Type         Kind = "Type"         // a string where a list is due, and the like
	NotSupported Kind = "NotSupported" // none of the words that are allowed
	Invalid      Kind = "Invalid"      // not in the form that the value must have
	Syntax       Kind = "Syntax"       // does not parse: a template, a regular expression
	Duplicate    Kind = "Duplicate"    // is there twice, or taken by another
	NotFound     Kind = "NotFound"     // refers to something that does not exist
	Conflict     Kind = "Conflict"     // does not go with another setting, or has no effect beside it
	Version      Kind = "Version"      // not supported by this version of the chart or its API
	Reserved     Kind = "Reserved"     // decided elsewhere, or not for users to set
	Limit        Kind = "Limit"        // too many, too long, too short or too expensive
	Secrecy      Kind = "Secrecy"      // would not stay secret
	Access       Kind = "Access"       // not granted, or would grant too much
	Internal     Kind = "Internal"     // a defect of this program, not of the value
)

// Problem is one thing that is wrong with one value.
type Problem struct {
	// Path leads to the value.
	Path Path
	// Value is what is there, a scalar; nil where there is nothing to show.
	Value any
	// Kind says what sort of problem it is.
	Kind Kind
	// Rule says what the value must be, such as "must be a valid Kubernetes name".
	Rule string
	// Fix says what to do instead, such as "remove it"; "" where the rule says it all.
	Fix string
	// Warning is for what is allowed and may not be intended.
	Warning bool
}

// String is the problem as one line: path: "value": rule; fix.
func (p Problem) String() string {
	var b strings.Builder
	if len(p.Path) > 0 {
		b.WriteString(p.Path.String() + ": ")
	}
	if p.Value != nil {
		fmt.Fprintf(&b, "%s: ", show(p.Value))
	}
	b.WriteString(p.Rule)
	if p.Fix != "" {
		b.WriteString("; " + p.Fix)
	}
	return oneLine(b.String())
}

// withheld is shown in the place of a secret value.
type withheld struct{}

// Withheld is the value of a problem that must not be shown.
var Withheld any = withheld{} //nolint:gochecknoglobals // a constant in all but type

func show(value any) string {
	if value == Withheld {
		return "[secret]"
	}
	return fmt.Sprintf("%q", fmt.Sprint(value))
}

// oneLine is a text without the line breaks of the names in it.
func oneLine(text string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text)
}

// Path leads to a value: the setting, then the members of maps and, as "[0]", the entries
// of lists. It is not changed by its methods.
type Path []string

// Member is the path of a map's member.
func (p Path) Member(names ...string) Path { return append(slices.Clone(p), names...) }

// Entry is the path of a list's entry.
func (p Path) Entry(i int) Path { return p.Member(fmt.Sprintf("[%d]", i)) }

// Key is the path as the key of a map.
func (p Path) Key() string { return strings.Join(p, "\x00") }

// Equal tells whether two paths are the same.
func (p Path) Equal(other Path) bool { return slices.Equal(p, other) }

// Has tells whether the other path is this one, or leads below it.
func (p Path) Has(other Path) bool { return len(other) >= len(p) && p.Equal(other[:len(p)]) }

var (
	// plainMember is what a path need not quote. A setting may have its namespace.
	plainMember = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*(:[A-Za-z_][A-Za-z0-9_-]*)?$`)
	listEntry   = regexp.MustCompile(`^\[[0-9]+\]$`)
)

// String is the path as `pulumi config set --path` takes it.
func (p Path) String() string {
	var b strings.Builder
	for i, name := range p {
		switch {
		case listEntry.MatchString(name):
			b.WriteString(name)
		case i == 0:
			b.WriteString(name)
		case plainMember.MatchString(name) && !strings.Contains(name, ":"):
			b.WriteString("." + name)
		default:
			fmt.Fprintf(&b, "[%q]", name)
		}
	}
	return b.String()
}
