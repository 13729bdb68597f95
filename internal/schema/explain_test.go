package schema_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/schema"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	const find = `eso-aws:secrets.<name>.find
  Searches: each secret that is found is a key.

  Type      map, or its path alone, or a list of these

  Members of eso-aws:secrets.<name>.find:
    path     What the names begin with, such as prod/
    name     A regular expression that the names match
    tags     Tags that all of them have
    decode   How the values are decoded
    rewrite  What becomes of the keys, one after the other

  Example:
    find: prod/app/
`
	const access = `eso-aws:secretAccessKey
  The access key's secret. Target local, by default test. Set a real one with --secret.

  Type      text
  Default   test
  Target    local
  Secret    may be, with pulumi config set --secret

  Example:
    eso-aws:secretAccessKey:
      secure: v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
`
	const decode = `eso-aws:secrets.<name>.data.<key>.decode
  How the values are decoded.

  Type      text
  Values    None, Base64, Base64URL, Auto
  Default   None

  Example:
    decode: Base64
`
	for key, want := range map[string]string{
		"secrets.find": find, "eso-aws:secrets.<name>.find": find, "eso-aws:secrets.*.find": find,
		"secrets.datadog-api-key.find": find, `eso-aws:secrets["a.b"].find[0]`: find,
		"secretAccessKey":     access,
		"secrets.data.decode": decode, "secrets.a.data.b.decode": decode,
	} {
		got, err := schema.Explain(key)
		require.NoError(t, err, key)
		assert.Equal(t, want, got, key)
	}
}

// TestExplainUnknown: what is no key, and what was meant.
func TestExplainUnknown(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"sercets":               `"sercets": there is no such key; did you mean secrets?`,
		"secrets.fnd":           `"fnd": there is no such key in eso-aws:secrets; did you mean find?`,
		"secrets.a.find.pth":    `"pth": there is no such key in eso-aws:secrets.<name>.find; did you mean path?`,
		"namespaces.app.creat":  `"creat": there is no such key in eso-aws:namespaces.<name>; did you mean create?`,
		"timeout.x":             `"x": there is nothing in eso-aws:timeout but its value`,
		"store.unlike-any-name": `"unlike-any-name": there is no such key in eso-aws:store; there is name, scope, namespaces, service, region, role, serviceAccount`,
		".":                     `".": is no key; write one such as secrets.*.data`,
	} {
		_, err := schema.Explain(key)
		assert.EqualError(t, err, want)
	}
}

// TestExplainAll: every key has words and an example, and is what it is called; and the list of
// the settings has each.
func TestExplainAll(t *testing.T) {
	t.Parallel()
	list, err := schema.Explain("")
	require.NoError(t, err)
	page, err := schema.Page()
	require.NoError(t, err)
	keys := schema.Keys()
	require.Contains(t, keys, "eso-aws:secrets.<name>.extract.rewrite.merge.into")
	for _, key := range keys {
		text, err := schema.Explain(key)
		require.NoError(t, err, key)
		lines := strings.Split(text, "\n")
		assert.Equal(t, key, lines[0])
		assert.Regexp(t, `^  [A-Z].*`, lines[1], key)
		_, example, _ := strings.Cut(text, "\n  Example:\n    ")
		name := key[strings.LastIndex(key, ".")+1:]
		assert.True(t, strings.HasPrefix(example, name+":"), "%s has no example: %s", key, example)
		assert.Contains(t, page, "| `"+name+"` |", key)
		if setting, ok := strings.CutPrefix(key, "eso-aws:"); ok && !strings.Contains(setting, ".") {
			assert.Contains(t, list, "\n    "+setting+" ")
		}
	}
}
