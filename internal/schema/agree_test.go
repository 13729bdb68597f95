package schema_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
)

// judges are the schema and the program, which judge stack files.
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

// schema validates a stack file by the schema.
func (j judges) schema(t *testing.T, content []byte) error {
	t.Helper()
	var file any
	require.NoError(t, yaml.Unmarshal(content, &file))
	return j.written.Validate(file)
}

// program validates a stack file by Pulumi, and then by the program.
func (j judges) program(t *testing.T, content []byte) error {
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
		values["eso-aws:chart"] = "../config/testdata/" + chart // which has these cases
	}
	for _, key := range stack.Config.SecureKeys() {
		encrypted = append(encrypted, key.String())
	}
	_, err = config.Load(configtest.Input(values, encrypted...))
	return err
}

// plain decrypts the values of test files.
type plain struct{}

func (plain) DecryptValue(_ context.Context, text string) (string, error) {
	return configtest.Decrypted(text), nil
}

func (p plain) BatchDecrypt(ctx context.Context, texts []string) ([]string, error) {
	return pulumi.DefaultBatchDecrypt(ctx, p, texts)
}

// TestAgreement: the schema accepts what the program accepts, and refuses what the program
// refuses for its shape. Only the program can judge what depends on several values, on
// the chart or on AWS.
func TestAgreement(t *testing.T) {
	t.Parallel()
	judges, needed := newJudges(t), excuses{}
	for _, path := range corpus(t) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		schemaSays, programSays := judges.schema(t, content), judges.program(t, content)
		valid := filepath.Base(filepath.Dir(path)) != "invalid"
		switch {
		case valid:
			assert.NoError(t, programSays, path)
			assert.NoError(t, schemaSays, path)
		case programSays == nil:
			assert.Fail(t, "the program accepts an invalid file", path)
		case schemaSays == nil:
			needed.add(programSays, strings.TrimSuffix(filepath.Base(path), ".yaml"))
		}
	}
	assert.Equal(t, excusedFiles(), needed)
}

// corpus returns the stack files of the checkout, the examples, and the cases of tests.
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

// TestChanges replaces each value of the examples by values of every type, adds an unknown
// key to each map, and removes each key: schema and program agree there too.
func TestChanges(t *testing.T) {
	t.Parallel()
	judges, needed := newJudges(t), excuses{}
	for _, target := range []string{"eks", "local"} {
		content, err := schema.Example(target)
		require.NoError(t, err)
		var file yaml.Node
		require.NoError(t, yaml.Unmarshal(content, &file))
		visit(file.Content[0], nil, func(at []string, node *yaml.Node) {
			original := *node
			for name, change := range changes(original) {
				*node = change
				changed, err := yaml.Marshal(around(file.Content[0], at))
				require.NoError(t, err)
				judges.compare(t, strings.Join(at, ".")+": "+name, at, change, changed, needed)
			}
			*node = original
		})
	}
	assert.Equal(t, excusedChanges(), needed)
}

// around returns a file with the required settings and the changed one: the others only take
// time.
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

// only returns a map with some of its keys.
func only(node *yaml.Node, keys ...string) *yaml.Node {
	some := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if slices.Contains(keys, node.Content[i].Value) {
			some.Content = append(some.Content, node.Content[i], node.Content[i+1])
		}
	}
	return some
}

func (j judges) compare(
	t *testing.T, name string, at []string, change yaml.Node, content []byte, needed excuses,
) {
	t.Helper()
	schemaSays, programSays := j.schema(t, content), j.program(t, content)
	isString := change.Kind == yaml.ScalarNode && change.Tag == "!!str"
	switch {
	case len(at) < 2: // the file itself is Pulumi's to read
	case len(at) == 2 && !isString && (strings.HasPrefix(at[1], "aws:") || change.Kind == yaml.ScalarNode):
		// Pulumi converts them to strings: the schema is stricter, on purpose.
	case programSays == nil:
		assert.NoError(t, schemaSays, name)
	case schemaSays == nil:
		needed.add(programSays, "")
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

// changes returns the values that replace one.
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
