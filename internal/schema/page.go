package schema

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/words"
)

const introduction = `# Settings

Every key of a stack file, ` + "`Pulumi.<stack>.yaml`" + `, below ` + "`config`" + `. Unknown keys are errors.

- **In an editor:** the first line of each stack file names [schema.json](../schema.json). Editors with the YAML
  language server, such as VS Code with the extension YAML, complete keys, show what they are, and mark mistakes.
- **In a shell:** ` + "`make explain KEY=secrets.data`" + ` tells of one key, and ` + "`make explain`" + ` lists them.

This page is made from the code, with ` + "`go test ./internal/schema -update`" + `.
`

// Page is the documentation of all keys, in Markdown.
func Page() (string, error) {
	var b strings.Builder
	b.WriteString(introduction + "\n## The stack\n\n" +
		"| Key | Meaning | Type | Default | Target |\n| --- | --- | --- | --- | --- |\n")
	sections := sectionsOf()
	for _, f := range awsSettings() {
		fmt.Fprintf(&b, "| `%s` | %s | text |  | %s |\n", f.name, escape(f.text), f.only)
	}
	for _, p := range top() {
		target := "both"
		if p.only != "" {
			target = p.only
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n",
			project+p.name, meaning(p), sections.link(p), words.Code(p.fallback), target)
	}
	for _, section := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s| Key | Meaning | Type | Default |\n| --- | --- | --- | --- |\n",
			words.Code(section.path()), intro(section))
		for _, p := range section.members() {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.name, meaning(p), sections.link(p), words.Code(p.fallback))
		}
	}
	b.WriteString("\n## Examples\n")
	for _, target := range []string{eks, local} {
		example, err := Example(target)
		if err != nil {
			return "", fmt.Errorf("reading the example of target %s: %w", target, err)
		}
		fmt.Fprintf(&b, "\n```yaml\n%s```\n", bytes.TrimLeft(example, "\n"))
	}
	return b.String(), nil
}

// intro says how a section's values are written short.
func intro(p place) string {
	if member, ok := short(p.kind); ok {
		return fmt.Sprintf("A map, or a text, which is its `%s`.\n\n", member.name)
	}
	return ""
}

// sections are the places of types with members: of each type the first.
type sections []place

func sectionsOf() sections {
	seen := map[reflect.Type]bool{}
	var found sections
	add := func(p place) {
		for element(p.kind) != nil {
			p, _ = p.entry()
		}
		if p.kind.Kind() == reflect.Struct && !seen[p.kind] {
			seen[p.kind] = true
			found = append(found, p)
		}
	}
	for _, p := range all() {
		add(p)
	}
	return found
}

// link is the type of a value, which leads to the section about it.
func (s sections) link(p place) string {
	kind := escape(kindOf(p))
	within := p.kind
	for element(within) != nil {
		within = element(within)
	}
	for _, section := range s {
		if section.kind == within {
			return "[" + kind + "](#" + anchor(section.path()) + ")"
		}
	}
	return kind
}

// anchor is what a heading is called in a link, as forges do.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(":.<>`", r) {
			return -1
		}
		return r
	}, strings.ToLower(heading))
}

func meaning(p place) string {
	text := escape(p.text)
	if slices.ContainsFunc(p.enum, func(value string) bool { return !strings.Contains(text, value) }) {
		text += " " + words.Code(p.enum...) + "."
	}
	if p.only != "" && len(p.steps) > 1 {
		text += " Target " + p.only + "."
	}
	return text
}

// escape keeps angle brackets and bars from being Markdown's.
func escape(text string) string {
	return strings.NewReplacer("<", `\<`, "|", `\|`).Replace(text)
}
