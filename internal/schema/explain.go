package schema

import (
	"fmt"
	"reflect"
	"strings"

	"eso-aws/internal/stackfile"
)

// lineWidth is the width of texts, without their indentation.
const lineWidth = 90

// Explain returns the documentation of a setting or field. Its path may be that of a
// message, such as eso-aws:secrets.<name>.find; the prefix eso-aws: and the names that
// users choose may be left out. With an empty path, it lists the settings.
func Explain(path string) (string, error) {
	if path == "" {
		return list("Settings of Pulumi.<stack>.yaml, under config:", root().fields()), nil
	}
	n, err := find(path)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", n, indent(wrap(meaning(n.Field), lineWidth), "  "))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", name, value)
		}
	}
	row("Type", typeOf(n))
	row("Format", n.Hint)
	row("Default", n.Default)
	if n.Encrypt {
		row("Encrypt", "with pulumi config set --secret")
	}
	if fields := n.fields(); len(fields) > 0 {
		b.WriteString("\n" + list("  Fields of "+n.innermost().String()+":", fields))
	}
	if example := exampleOf(n); example != "" {
		b.WriteString("\n  Example:\n" + indent(example, "    "))
	}
	return b.String(), nil
}

func list(title string, nodes []node) string {
	longest := 0
	for _, n := range nodes {
		longest = max(longest, len(n.Name))
	}
	lines := []string{title}
	for _, n := range nodes {
		sentence, _, _ := strings.Cut(n.Doc, ". ")
		lines = append(lines, fmt.Sprintf("    %-*s  %s", longest, n.Name, strings.TrimSuffix(sentence, ".")))
	}
	return strings.Join(lines, "\n") + "\n"
}

// wrap breaks a text into lines.
func wrap(text string, width int) string {
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

// indent indents the lines of a text, which then ends with a line break.
func indent(text, by string) string {
	lines := strings.SplitAfter(strings.TrimRight(text, "\n")+"\n", "\n")
	return by + strings.Join(lines[:len(lines)-1], by)
}

// typeOf returns the type of a node's values, and the short forms in which to write them.
func typeOf(n node) string {
	switch n.Type.Kind() { //nolint:exhaustive // the others are strings
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		entry, _ := n.entry()
		if n.Single {
			return typeOf(entry) + ", or a list of them"
		}
		return "list of " + typeOf(entry) + "s"
	case reflect.Map:
		entry, ok := n.entry()
		if !ok {
			return "map"
		}
		return "map of " + entry.path[len(entry.path)-1] + " to " + typeOf(entry)
	case reflect.Struct:
		if f, ok := stackfile.ShorthandOf(n.Type); ok {
			return "map, or a string for its " + f.Name
		}
		return "map"
	}
	return "string"
}
