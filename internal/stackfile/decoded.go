package stackfile

import (
	"slices"
	"strings"

	"eso-aws/internal/problem"
)

// Input is a stack's configuration as Pulumi passes it to a program.
type Input struct {
	// Project is the name of the project, the namespace of its settings.
	Project string
	// Values are strings, and JSON for maps, by setting with its namespace.
	Values map[string]string
	// Encrypted are the settings that contain encrypted values.
	Encrypted []string
}

// Decoded is a stack file, and how it was written.
type Decoded struct {
	File
	// AWSRegion and AWSProfile are settings of the AWS provider.
	AWSRegion, AWSProfile string

	input     Input
	settings  []Field
	present   map[string]bool
	valid     map[string]bool
	shorthand map[string]string
}

// Has reports whether the file sets a value.
func (d *Decoded) Has(path problem.Path) bool { return d.present[path.Key()] }

// Valid reports whether the file sets a value and its shape is right.
func (d *Decoded) Valid(path problem.Path) bool { return d.valid[path.Key()] }

// Member is the path of a member: that of the map itself where a string is written in its
// place.
func (d *Decoded) Member(path problem.Path, name string) problem.Path {
	if d.shorthand[path.Key()] == name {
		return path
	}
	return path.Member(name)
}

// Entry is the path of a list's entry: that of the list itself where its only entry is
// written in its place.
func (d *Decoded) Entry(path problem.Path, i int) problem.Path {
	if at := path.Entry(i); d.Has(at) {
		return at
	}
	return path
}

// Default is the default of a setting; "" for none.
func (d *Decoded) Default(key string) string { return d.setting(key).Default }

// Encrypted reports whether a setting contains an encrypted value.
func (d *Decoded) Encrypted(key string) bool { return slices.Contains(d.input.Encrypted, d.full(key)) }

// full is a setting with its namespace: the project's, unless it has another.
func (d *Decoded) full(key string) string {
	if strings.Contains(key, ":") {
		return key
	}
	return d.input.Project + ":" + key
}

func (d *Decoded) value(key string) string { return d.input.Values[d.full(key)] }

// Render returns problems as users read them: each path with its namespace, and secret
// values withheld. Where something is encrypted that must not be, nothing else is told of
// that setting: the text could contain the value.
func (d *Decoded) Render(problems []problem.Problem) []problem.Problem {
	var rendered []problem.Problem
	for _, p := range problems {
		key := p.Path[0]
		if d.exposed(key) && p.Kind != problem.Secrecy {
			continue
		}
		if p.Value != nil && (d.Encrypted(key) || d.setting(key).Secret) {
			p.Value = problem.Withheld
		}
		p.Path = append(problem.Path{d.full(key)}, p.Path[1:]...)
		rendered = append(rendered, p)
	}
	return rendered
}

// exposed reports whether a setting is encrypted and its value would be shown all the same.
func (d *Decoded) exposed(key string) bool { return d.Encrypted(key) && !d.setting(key).Encrypt }

func (d *Decoded) setting(key string) Field {
	for _, f := range d.settings {
		if f.Name == key {
			return f
		}
	}
	return Field{}
}
