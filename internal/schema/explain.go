package schema

import (
	"fmt"
	"reflect"
	"strings"
)

// width is that of a line for people, its indentation aside.
const width = 90

// Explain says what a key is, as people read it: its path may be that of messages, such as
// eso-aws:secrets.<name>.find, and be without eso-aws: and without the names that users
// give. "" lists the settings.
func Explain(path string) (string, error) {
	if path == "" {
		return list("Settings of Pulumi.<stack>.yaml, below config:", top()), nil
	}
	p, err := find(path)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", p.path())
	if p.text != "" {
		b.WriteString(indent(wrapped(p.text, width), "  "))
	}
	b.WriteString("\n")
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", name, value)
		}
	}
	row("Type", kindOf(p))
	row("Values", strings.Join(p.enum, ", "))
	row("Write", p.write)
	row("Default", p.fallback)
	row("Target", p.only)
	if p.required {
		row("Required", "yes")
	}
	if p.encrypts {
		row("Secret", "may be, with pulumi config set --secret")
	}
	entries := p
	if entry, ok := p.entryOf(); ok {
		entries = entry
	}
	if members := entries.members(); len(members) > 0 {
		b.WriteString("\n" + list("  Members of "+entries.path()+":", members))
	}
	if example := exampleOf(p); example != "" {
		b.WriteString("\n  Example:\n" + indent(example, "    "))
	}
	return b.String(), nil
}

func list(title string, places []place) string {
	longest := 0
	for _, p := range places {
		longest = max(longest, len(p.name))
	}
	lines := []string{title}
	for _, p := range places {
		text, _, _ := strings.Cut(p.text, ". ")
		lines = append(lines, fmt.Sprintf("    %-*s  %s", longest, p.name, strings.TrimSuffix(text, ".")))
	}
	return strings.Join(lines, "\n") + "\n"
}

// wrapped is a text in lines.
func wrapped(text string, width int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}

func indent(text, by string) string {
	lines := strings.SplitAfter(strings.TrimRight(text, "\n")+"\n", "\n")
	return by + strings.Join(lines[:len(lines)-1], by)
}

// kindOf says how a value is written.
func kindOf(p place) string {
	switch p.kind.Kind() { //nolint:exhaustive // the others are texts
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		entry, _ := p.entry()
		of := kindOf(entry)
		if p.one {
			return of + ", or a list of these"
		}
		return "list of " + of
	case reflect.Map:
		entry, ok := p.entry()
		if !ok {
			return "map"
		}
		return "map of <" + entry.steps[len(entry.steps)-1].key + ">: " + kindOf(entry)
	case reflect.Struct:
		if member, ok := short(p.kind); ok {
			return "map, or its " + member.name + " alone"
		}
		return "map"
	}
	return "text"
}

// Keys are the paths of all keys, as [Explain] takes them.
func Keys() []string {
	var keys []string
	for _, p := range all() {
		keys = append(keys, p.path())
	}
	return keys
}
