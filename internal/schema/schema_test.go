package schema_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/schema"
	"eso-aws/internal/stackfile"
)

var update = flag.Bool("update", false, "rewrite the generated files")

const projectPath = "../../Pulumi.yaml"

// TestFiles: the committed files are those that the code generates.
func TestFiles(t *testing.T) {
	t.Parallel()
	written, err := schema.JSON()
	require.NoError(t, err)
	page, err := schema.Page()
	require.NoError(t, err)
	current, err := os.ReadFile(projectPath)
	require.NoError(t, err)
	project, err := schema.Project(string(current))
	require.NoError(t, err)
	for path, want := range map[string]string{
		"../../schema.json": string(written), "../../docs/settings.md": page, projectPath: project,
	} {
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, want, string(got), "%s; rewrite it with go test ./internal/schema -update", path)
	}
}

// TestProjectFile: Pulumi.yaml declares the settings in the order of their documentation,
// with the types and defaults of the schema.
func TestProjectFile(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(projectPath)
	require.NoError(t, err)
	var file struct{ Config yaml.Node }
	require.NoError(t, yaml.Unmarshal(content, &file))
	var got []string
	properties := schema.File().Properties["config"].Properties
	for i := 0; i < len(file.Config.Content); i += 2 {
		key := file.Config.Content[i].Value
		var declared struct {
			Type, Description string
			Default           any
		}
		require.NoError(t, file.Config.Content[i+1].Decode(&declared))
		got = append(got, key)
		described := properties["eso-aws:"+key]
		require.NotNil(t, described, key)
		assert.True(t, strings.HasPrefix(declared.Description, described.Description), key)

		kind := "string"
		switch {
		case len(described.Types) > 0 && described.Types[0] == "object":
			kind = ""
		case len(described.AnyOf) > 0 && described.AnyOf[0].Type == "boolean":
			kind = "boolean"
		}
		assert.Equal(t, kind, declared.Type, key)
		if described.Default != nil && declared.Default != "" {
			var fallback any
			require.NoError(t, yaml.Unmarshal(described.Default, &fallback))
			assert.Equal(t, fallback, declared.Default, key)
		}
	}
	var want []string
	for _, setting := range stackfile.Settings() {
		want = append(want, setting.Name)
	}
	assert.Equal(t, want, got)
}

// TestProjectKeepsTheRest: all but the config section stays as it is.
func TestProjectKeepsTheRest(t *testing.T) {
	t.Parallel()
	const before, after = "name: x\n# A comment.\n", "\n# Another.\nruntime: go\nplugins:\n  config:\n    a: b\n"
	got, err := schema.Project(before + "config:\n  old:\n\n    type: string\n" + after)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(got, before+"config:\n  target:\n    type: string\n"), got)
	assert.True(t, strings.HasSuffix(got, "\n    default: {}\n"+after), got)
	assert.NotContains(t, got, "old")
}

// TestStackFiles: each stack file of the checkout names the schema, and still does after
// Pulumi has written to it.
func TestStackFiles(t *testing.T) {
	t.Parallel()
	const line = "# yaml-language-server: $schema=schema.json"
	project, err := workspace.LoadProject("../../Pulumi.yaml")
	require.NoError(t, err)
	files, err := filepath.Glob("../../Pulumi.*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		first, _, _ := strings.Cut(string(content), "\n")
		assert.Equal(t, line, first, path)

		stack, err := workspace.LoadProjectStack(nil, project, path)
		require.NoError(t, err)
		for key, value := range map[string]config.Value{
			"timeout": config.NewValue("7m"), "kubeconfig": config.NewSecureValue("v1:x"),
		} {
			require.NoError(t, stack.Config.Set(config.MustMakeKey("eso-aws", key), value, false))
		}
		stack.EncryptionSalt = "v1:salt"
		rewritten := filepath.Join(t.TempDir(), filepath.Base(path))
		require.NoError(t, stack.Save(rewritten))
		changed, err := os.ReadFile(rewritten)
		require.NoError(t, err)
		assert.Contains(t, string(changed), "7m")
		first, _, _ = strings.Cut(string(changed), "\n")
		assert.Equal(t, line, first, "%s, rewritten", path)
		assert.NoError(t, newJudges(t).schema(t, changed), "%s, rewritten", path)
	}
}
