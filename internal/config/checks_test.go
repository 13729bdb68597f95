package config_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/configtest"
)

const checksIntroduction = `# Checks

The program checks the whole stack file before it creates anything. It reports all problems at once, each with the path
of its setting. The tables below have an example of each mistake and its message. ⚠ marks a warning, which
` + "`strict: true`" + ` turns into an error.

This table is generated from the cases in ` + "`internal/config/testdata/invalid`" + ` by ` + "`go test ./internal/config -update`" + `.
`

// TestChecksDocument: the public table of the checks is that of the cases.
func TestChecksDocument(t *testing.T) {
	t.Parallel()
	rows := map[string][]string{}
	cases := invalidCases(t)
	for _, name := range sortedKeys(cases) {
		if strings.HasPrefix(name, several) {
			continue
		}
		group, row := checkRow(t, cases[name])
		rows[group] = append(rows[group], row)
	}
	var b strings.Builder
	b.WriteString(checksIntroduction)
	for _, group := range sortedKeys(rows) {
		fmt.Fprintf(&b, "\n## %s\n\n| In the stack file | Message |\n| --- | --- |\n", group)
		slices.Sort(rows[group])
		b.WriteString(strings.Join(rows[group], ""))
	}
	golden(t, "../../docs/checks.md", b.String())
}

// checkRow is a case's row in the table of its setting.
func checkRow(t *testing.T, path string) (group, row string) {
	t.Helper()
	values, encrypted := configtest.Stack(t, path)
	mark := ""
	if values["eso-aws:strict"] == "true" {
		delete(values, "eso-aws:strict")
		_, err := load(values, encrypted...)
		require.NoError(t, err, "strict alone makes it an error")
		mark = "⚠ "
	}
	place, rule, _ := strings.Cut(refusal(t, path), ": ")
	if value, err := strconv.QuotedPrefix(rule); err == nil {
		rule = strings.TrimPrefix(rule, value+": ") // it is on the left
	}
	rule, hidden := strings.CutPrefix(rule, "[secret]: ")

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct{ Config yaml.Node }
	require.NoError(t, yaml.Unmarshal(content, &file))
	members := membersOf(place)
	depth := len(members)
	node := nodeAt(&file.Config, members)
	for ; node == nil && depth > 1; node = nodeAt(&file.Config, members[:depth]) {
		depth--
	}
	shown := "left out"
	switch {
	case node != nil && hidden:
		shown = code(nameOf(members[:depth]) + ": ...")
	case node != nil:
		if depth < len(members) && depth > 0 {
			rule = members[depth] + " " + rule // of a member that is left out
		}
		shown = code(nameOf(members[:depth]) + ": " + flow(t, node))
	}
	if strings.HasPrefix(rule, "unknown ") {
		return groupOf(members[:len(members)-1]), fmt.Sprintf("| %s | %s |\n", shown, escaped(rule))
	}
	return groupOf(members), fmt.Sprintf("| %s | %s%s |\n", shown, mark, escaped(rule))
}

var memberPattern = regexp.MustCompile(`^(?:\.?([A-Za-z0-9_:-]+)|\["([^"]*)"\]|(\[[0-9]+\]))`)

// membersOf takes a path apart.
func membersOf(path string) []string {
	var members []string
	for path != "" {
		match := memberPattern.FindStringSubmatch(path)
		if match == nil {
			return append(members, path)
		}
		members = append(members, match[1]+match[2]+match[3])
		path = path[len(match[0]):]
	}
	return members
}

// nodeAt is what a file has at a path; nil for nothing.
func nodeAt(node *yaml.Node, members []string) *yaml.Node {
	for _, member := range members {
		var below *yaml.Node
		switch node.Kind { //nolint:exhaustive // the others have no members
		case yaml.MappingNode:
			for i := 0; i < len(node.Content); i += 2 {
				if node.Content[i].Value == member {
					below = node.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(strings.Trim(member, "[]")); err == nil && i < len(node.Content) {
				below = node.Content[i]
			}
		}
		if below == nil {
			return nil
		}
		node = below
	}
	return node
}

// groupOf is the setting that a path is of, with the member of a secret or a store.
func groupOf(members []string) string {
	if len(members) == 0 {
		return "Unknown settings"
	}
	setting := strings.TrimPrefix(members[0], "eso-aws:")
	if setting == "secrets" && len(members) > 2 {
		return code("secrets.<name>." + members[2])
	}
	return code(setting)
}

// nameOf is a path below its setting's group, for people.
func nameOf(members []string) string {
	name := strings.TrimPrefix(members[0], "eso-aws:")
	rest := members[1:]
	if name == "secrets" && len(members) > 2 {
		name, rest = members[2], members[3:]
	}
	for _, member := range rest {
		switch {
		case strings.HasPrefix(member, "["):
			name += member
		case strings.ContainsAny(member, "./ "):
			name += fmt.Sprintf("[%q]", member)
		default:
			name += "." + member
		}
	}
	return name
}

// flow is YAML on one line, not too long.
func flow(t *testing.T, node *yaml.Node) string {
	t.Helper()
	const most = 70
	var inline func(*yaml.Node)
	inline = func(node *yaml.Node) {
		node.HeadComment, node.LineComment, node.FootComment = "", "", ""
		if node.Kind == yaml.MappingNode || node.Kind == yaml.SequenceNode {
			node.Style = yaml.FlowStyle
		} else if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			node.Style = yaml.DoubleQuotedStyle
		}
		for _, child := range node.Content {
			inline(child)
		}
	}
	inline(node)
	encoded, err := yaml.Marshal(node)
	require.NoError(t, err)
	text := []rune(strings.Join(strings.Fields(string(encoded)), " "))
	if len(text) > most {
		text = append(text[:most-3], []rune("...")...)
	}
	return string(text)
}

// code is a code span of a table.
func code(text string) string {
	return "`" + strings.ReplaceAll(strings.TrimSpace(text), "|", `\|`) + "`"
}

// escaped is text of a table.
func escaped(text string) string {
	return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`, "_", `\_`, "`", "\\`", "$", `\$`).Replace(text)
}
