// Package configtest provides configurations for tests.
package configtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/stackfile"
)

// Project is the name of the project in tests.
const Project = "eso-aws"

// Input is a configuration of the project, some of whose settings are encrypted.
func Input(values map[string]string, encrypted ...string) stackfile.Input {
	return stackfile.Input{Project: Project, Values: values, Encrypted: encrypted}
}

// File is what Pulumi hands to a program of a stack file: text, and JSON for
// objects.
func File(tb testing.TB, path string) map[string]string {
	tb.Helper()
	values, _ := Stack(tb, path)
	return values
}

// Stack is what Pulumi hands to a program of a stack file, and the keys that have
// something encrypted.
func Stack(tb testing.TB, path string) (values map[string]string, encrypted []string) {
	tb.Helper()
	content, err := os.ReadFile(path) //nolint:gosec // a test's own file
	require.NoError(tb, err)
	values, encrypted, err = Parse(content)
	require.NoError(tb, err)
	return values, encrypted
}

// Parse is [Stack] of a file's content. What is encrypted in the files of tests is the
// Base64 after the last colon, or else the ciphertext itself.
func Parse(content []byte) (values map[string]string, encrypted []string, err error) {
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(content, &file); err != nil {
		return nil, nil, fmt.Errorf("reading a stack file: %w", err)
	}
	values = map[string]string{}
	for key, value := range file.Config {
		value, secret := revealed(value)
		if secret {
			encrypted = append(encrypted, key)
		}
		if text, ok := value.(string); ok {
			values[key] = text
			continue
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, nil, fmt.Errorf("encoding %s: %w", key, err)
		}
		values[key] = string(encoded)
	}
	return values, encrypted, nil
}

// revealed is a value with text in the place of {secure: <text>}, and whether there was
// any.
func revealed(value any) (any, bool) {
	secret := false
	below := func(value any) any {
		shown, found := revealed(value)
		secret = secret || found
		return shown
	}
	switch v := value.(type) {
	case map[string]any:
		if text, ok := v["secure"].(string); ok && len(v) == 1 {
			return Decrypted(text), true
		}
		shown := map[string]any{}
		for name, member := range v {
			shown[name] = below(member)
		}
		return shown, secret
	case []any:
		shown := make([]any, len(v))
		for i, entry := range v {
			shown[i] = below(entry)
		}
		return shown, secret
	default:
		return value, false
	}
}

// Decrypted is the text of what is encrypted in the files of tests.
func Decrypted(text string) string {
	plain, err := base64.StdEncoding.DecodeString(text[strings.LastIndex(text, ":")+1:])
	if err != nil {
		return text
	}
	return string(plain)
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
