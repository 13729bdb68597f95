package main_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
)

// TestYAMLOfTheDocuments loads every YAML block of the documentation: settings on top of
// those of the stack dev, members of eso-aws:secrets, and Kubernetes objects.
func TestYAMLOfTheDocuments(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	blocks := 0
	for _, page := range append(pages, "README.md") {
		content, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(string(content), -1) {
			blocks++
			var document map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(block[1]), &document), "%s:\n%s", page, block[1])
			if document["kind"] != nil {
				assert.NotEmpty(t, document["apiVersion"], page)
				continue
			}
			if file, ok := document["config"].(map[string]any); ok {
				document = file // a whole stack file
			}
			assert.NoError(t, load(t, document), "%s:\n%s", page, block[1])
		}
	}
	assert.GreaterOrEqual(t, blocks, 15)
}

// load checks a block as part of the stack dev, in strict mode: a warning is an error.
func load(t *testing.T, document map[string]any) error {
	t.Helper()
	values := map[string]string{}
	if document["eso-aws:target"] == nil {
		maps.Copy(values, configtest.File(t, "Pulumi.dev.yaml"))
		values["eso-aws:strict"] = "true"
	}
	secrets, secret := map[string]any{}, []string(nil)
	for key, value := range document {
		if !strings.Contains(key, ":") {
			secrets[key] = value
			continue
		}
		if encrypted, ok := value.(map[string]any); ok && encrypted["secure"] != nil {
			value = "decrypted"
			secret = append(secret, key)
		}
		values[key] = text(t, value)
	}
	if len(secrets) > 0 {
		values["eso-aws:secrets"] = text(t, secrets)
	}
	_, err := config.Load(configtest.Input(values, secret...))
	return err
}

func text(t *testing.T, value any) string {
	t.Helper()
	if text, ok := value.(string); ok {
		return text
	}
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	return string(encoded)
}
