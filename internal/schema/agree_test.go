package schema_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/schema"
	"eso-aws/stacks"
)

// judges are the two who say whether a stack file is right.
type judges struct {
	written *jsonschema.Resolved
	project *workspace.Project
}

func newJudges(t *testing.T) judges {
	t.Helper()
	content, err := schema.JSON()
	require.NoError(t, err)
	var written jsonschema.Schema
	require.NoError(t, written.UnmarshalJSON(content))
	resolved, err := written.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true})
	require.NoError(t, err)
	project, err := workspace.LoadProject("../../Pulumi.yaml")
	require.NoError(t, err)
	return judges{resolved, project}
}

// schema is what the schema says of a stack file.
func (j judges) schema(t *testing.T, content []byte) error {
	t.Helper()
	var file any
	require.NoError(t, yaml.Unmarshal(content, &file))
	return j.written.Validate(file)
}

// program is what Pulumi, and then the program, say of a stack file.
func (j judges) program(t *testing.T, content []byte, render config.Render) error {
	t.Helper()
	stack, err := workspace.LoadProjectStackBytes(nil, j.project, content, "Pulumi.test.yaml", encoding.YAML)
	if err != nil {
		return fmt.Errorf("pulumi: %w", err)
	}
	if err := applyProject(j.project, stack.Config); err != nil {
		return fmt.Errorf("pulumi: %w", err)
	}
	decrypted, err := stack.Config.Decrypt(plain{})
	require.NoError(t, err)
	values, encrypted := map[string]string{}, []string{}
	for key, value := range decrypted {
		values[key.String()] = value
	}
	if chart, ok := strings.CutPrefix(values["eso-aws:chart"], "./testdata/"); ok {
		values["eso-aws:chart"] = "../config/testdata/" + chart // whose cases they are
	}
	for _, key := range stack.Config.SecureKeys() {
		encrypted = append(encrypted, key.String())
	}
	_, err = config.Load("eso-aws", values, encrypted, render)
	return err
}

// plain decrypts what is encrypted in the files of tests.
type plain struct{}

func (plain) DecryptValue(_ context.Context, text string) (string, error) {
	return configtest.Decrypted(text), nil
}

func (p plain) BatchDecrypt(ctx context.Context, texts []string) ([]string, error) {
	return pulumi.DefaultBatchDecrypt(ctx, p, texts)
}

// alone is what the program alone can tell, by what it says, and why the schema cannot.
func alone() map[string]*regexp.Regexp {
	rules := map[string]*regexp.Regexp{}
	for reason, said := range map[string]string{
		"depends on several values": `merge\.into: is missing|is for strategy JSON|is there twice|needs the key|has nothing to read|` +
			`looks for nothing|is besides |are left out|is of no use|is decided by|has none of|has several of|is the Secret of|` +
			`is the name of|is no store of|uses no such namespace|is no key of what is read|is for a Secret that the operator owns|` +
			`is of a namespace|is every namespace|is not below the path|are no keys of a Secret|to IAM, which tells|is not known to external-secrets|has the name of the operator's`,
		"depends on the service":       `is no name in AWS|is no ARN of|is no path in AWS|is no version of a (secret|parameter)|is no beginning`,
		"depends on the region":        `is in (region|another partition|a partition)|is of (partition|a cluster in region)`,
		"depends on the chart":         `is not known to chart|is not served by chart|has the function|is no version;|is older than`,
		"depends on the files there":   `chart's name nor a path|is no reference to a chart|: is not there; |Chart\.yaml|\.tgz`,
		"is about the chart's values":  `eso-aws:chartValues\.`,
		"parses an expression":         `is no template|is no regular expression|must have no|must be an http|is no URL|has (the )?group|must be text, not (a map|a list); write the value alone`,
		"knows the operator's API":     `eso-aws:secrets\.[^ ]*\.spec\.`,
		"counts":                       `is too short|is negative|is no duration of a session|are \d+ bytes|are too many|managed policies`,
		"knows what is taken":          `is for the program or the operator|is refused by the operator|begins with aws:|is the id of a version`,
		"knows letters of all scripts": `of a tag|letters that no policy`,
		"knows how much it may match":  `may match (all|secrets beyond)`,
		"looks for nothing within":     `is nothing, which does not reach`,
		"decrypts":                     `\[secret\]: (has a space|must be a map)|is encrypted, but it names`,
		"takes warnings for errors":    `is used by no secret|is the beginning of|list all secrets|leaves out what|does nothing for what|creates no Secret|is not looked at|is not granted|signs in by IRSA|is less than the forecast|is no key of a Secret, and fails`,
	} {
		rules[reason] = regexp.MustCompile(said)
	}
	return rules
}

// TestAgreement: what the program accepts the schema accepts; and what it refuses the schema
// refuses too, but for what the program alone can tell.
func TestAgreement(t *testing.T) {
	t.Parallel()
	judges, files := newJudges(t), corpus(t)
	told := map[string][]string{}
	for _, path := range files {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		schemaSays, programSays := judges.schema(t, content), judges.program(t, content, stacks.Manifests)
		valid := filepath.Base(filepath.Dir(path)) != "invalid"
		switch {
		case valid:
			assert.NoError(t, programSays, path)
			assert.NoError(t, schemaSays, path)
		case programSays == nil:
			assert.Fail(t, "the program accepts an invalid file", path)
		case schemaSays == nil:
			for line := range strings.Lines(programSays.Error()) {
				why := reason(line)
				assert.NotEmpty(t, why, "%s: the schema accepts what the program refuses: %s", path, line)
				told[why] = append(told[why], filepath.Base(path)+": "+strings.TrimSpace(line))
			}
		}
	}
	for _, why := range slices.Sorted(maps.Keys(told)) {
		t.Logf("%d that the program alone tells, as it %s:\n  %s", len(told[why]), why, strings.Join(told[why], "\n  "))
	}
}

func reason(line string) string {
	rules := alone()
	for _, why := range slices.Sorted(maps.Keys(rules)) {
		if rules[why].MatchString(line) {
			return why
		}
	}
	return ""
}

// corpus are the stack files of the checkout, the examples, and the cases: one a file.
func corpus(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{
		"../../Pulumi.*.yaml", "examples/*.yaml", "testdata/*/*.yaml",
		"../config/testdata/valid/*.yaml", "../config/testdata/invalid/*.yaml",
	} {
		matches, err := filepath.Glob(pattern)
		require.NoError(t, err)
		files = append(files, matches...)
	}
	return files
}

// TestChanges puts every kind of value in the place of each value of the examples, and a key that
// there is not into each map: the two agree there too.
func TestChanges(t *testing.T) {
	t.Parallel()
	judges := newJudges(t)
	for _, target := range []string{"eks", "local"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			content, err := schema.Example(target)
			require.NoError(t, err)
			var file yaml.Node
			require.NoError(t, yaml.Unmarshal(content, &file))
			visit(file.Content[0], nil, func(at []string, node *yaml.Node) {
				was := *node
				for name, change := range changes(was) {
					*node = change
					changed, err := yaml.Marshal(around(file.Content[0], at))
					require.NoError(t, err)
					judges.compare(t, strings.Join(at, ".")+": "+name, at, change, changed)
				}
				*node = was
			})
		})
	}
}

// around is a file with what any must have, and what is changed: the rest only takes time.
func around(file *yaml.Node, at []string) *yaml.Node {
	if len(at) < 2 {
		return file
	}
	required := []string{
		"aws:region", "eso-aws:target", "eso-aws:region", "eso-aws:cluster", "eso-aws:namespace", "eso-aws:stores",
		"eso-aws:secrets",
	}
	config := only(file.Content[1], append(required, at[1])...)
	secret := "database"
	if at[1] == "eso-aws:secrets" && len(at) > 2 {
		secret = at[2]
	}
	for i, node := range config.Content {
		if i%2 == 1 && config.Content[i-1].Value == "eso-aws:secrets" && (at[1] != "eso-aws:secrets" || len(at) > 2) {
			config.Content[i] = only(node, secret)
		}
	}
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{file.Content[0], config}}
}

// only is a map with some of its keys.
func only(node *yaml.Node, keys ...string) *yaml.Node {
	some := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if slices.Contains(keys, node.Content[i].Value) {
			some.Content = append(some.Content, node.Content[i], node.Content[i+1])
		}
	}
	return some
}

func (j judges) compare(t *testing.T, name string, at []string, change yaml.Node, content []byte) {
	t.Helper()
	var render config.Render // which takes time, and has something to say of raw fields alone
	if slices.Contains(at, "spec") {
		render = stacks.Manifests
	}
	schemaSays, programSays := j.schema(t, content), j.program(t, content, render)
	text := change.Kind == yaml.ScalarNode && change.Tag == "!!str"
	switch {
	case len(at) < 2: // the file itself is Pulumi's to read
	case len(at) == 2 && !text && (strings.HasPrefix(at[1], "aws:") || change.Kind == yaml.ScalarNode):
		// Pulumi makes texts of them: the schema is stricter, on purpose.
	case programSays == nil:
		assert.NoError(t, schemaSays, name)
	case schemaSays == nil:
		for line := range strings.Lines(programSays.Error()) {
			assert.NotEmpty(t, reason(line), "%s: the schema accepts what the program refuses: %s", name, line)
		}
	}
}

func visit(node *yaml.Node, at []string, do func([]string, *yaml.Node)) {
	do(at, node)
	switch node.Kind { //nolint:exhaustive // the others have nothing within
	case yaml.MappingNode:
		for i := 0; i < len(node.Content); i += 2 {
			visit(node.Content[i+1], append(slices.Clone(at), node.Content[i].Value), do)
		}
	case yaml.SequenceNode:
		for i, entry := range node.Content {
			visit(entry, append(slices.Clone(at), fmt.Sprint(i)), do)
		}
	}
}

// changes are the values to put in the place of one.
func changes(node yaml.Node) map[string]yaml.Node {
	scalar := func(tag, value string) yaml.Node {
		return yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	}
	key, value := scalar("!!str", "no-such-key"), scalar("!!str", "x")
	all := map[string]yaml.Node{
		"nothing": scalar("!!null", ""), "number": scalar("!!int", "3"), "zero": scalar("!!int", "0"),
		"true": scalar("!!bool", "true"), "list": {Kind: yaml.SequenceNode, Content: []*yaml.Node{&value}},
		"empty list": {Kind: yaml.SequenceNode}, "empty map": {Kind: yaml.MappingNode},
	}
	texts := []string{"x"}
	if node.Kind == yaml.ScalarNode {
		texts = []string{
			"", "x", "a b", "A_b", "/a/b", "..", "*", "é", "{}", "0", "{{ .x }}", strings.Repeat("x", 600), "line\nbreak",
		}
	}
	for _, text := range texts {
		all[fmt.Sprintf("text %.20q", text)] = scalar("!!str", text)
	}
	if node.Kind == yaml.MappingNode {
		more := node
		more.Content = append(slices.Clone(node.Content), &key, &value)
		all["unknown key"] = more
		for i := 0; i < len(node.Content); i += 2 {
			less := node
			less.Content = slices.Delete(slices.Clone(node.Content), i, i+2)
			all["without "+node.Content[i].Value] = less
		}
	}
	return all
}
