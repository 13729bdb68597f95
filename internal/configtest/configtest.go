// Package configtest makes configurations for tests.
package configtest

import (
	"encoding/json"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// File is what Pulumi hands to a program of a stack file: text, and JSON for
// objects.
func File(tb testing.TB, path string) map[string]string {
	tb.Helper()
	content, err := os.ReadFile(path) //nolint:gosec // a test's own file
	require.NoError(tb, err)
	var file struct{ Config map[string]any }
	require.NoError(tb, yaml.Unmarshal(content, &file))
	values := map[string]string{}
	for key, value := range file.Config {
		if text, ok := value.(string); ok {
			values[key] = text
			continue
		}
		encoded, err := json.Marshal(value)
		require.NoError(tb, err)
		values[key] = string(encoded)
	}
	return values
}

// With is a configuration with other values of the program's own keys; one of ""
// takes the key away.
func With(base map[string]string, changes map[string]string) map[string]string {
	config := maps.Clone(base)
	for key, value := range changes {
		config["eso-aws:"+key] = value
		if value == "" {
			delete(config, "eso-aws:"+key)
		}
	}
	return config
}
