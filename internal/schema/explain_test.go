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
  Searches for secrets in AWS. Each secret found becomes a key of the Secret.

  Type      map, or a string for its path, or a list of them

  Fields of eso-aws:secrets.<name>.find:
    path     Prefix of the names, such as prod/
    name     Regular expression that the names must match
    tags     Tags that the secrets must have
    decode   Strategy for decoding the values
    rewrite  Rules that rewrite the keys, applied in order

  Example:
    find: prod/app/
`
	const access = `eso-aws:secretAccessKey
  Secret access key for the AWS emulator. Set a real one with --secret. Target local only.

  Type      string
  Default   test
  Encrypt   with pulumi config set --secret

  Example:
    eso-aws:secretAccessKey:
      secure: v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
`
	const decode = `eso-aws:secrets.<name>.data.<key>.decode
  Strategy for decoding the values. One of None, Base64, Base64URL, Auto.

  Type      string
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

// TestExplainUnknown: unknown settings and fields, with what was probably meant.
func TestExplainUnknown(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"sercets":               `"sercets": unknown setting; did you mean secrets?`,
		"extract":               `"extract": unknown setting; did you mean secrets.extract?`,
		"create":                `"create": unknown setting; did you mean namespaces.create?`,
		"secrets.fnd":           `eso-aws:secrets: "fnd": unknown field; did you mean find?`,
		"secrets.a.find.pth":    `eso-aws:secrets.<name>.find: "pth": unknown field; did you mean path?`,
		"namespaces.app.creat":  `eso-aws:namespaces.<name>: "creat": unknown field; did you mean create?`,
		"timeout.x":             `eso-aws:timeout: "x": unknown field; a string has none`,
		"store.unlike-any-name": `eso-aws:store: "unlike-any-name": unknown field; available: name, scope, namespaces, service, region, role, serviceAccount`,
		".":                     `".": must be the path of a setting or field, such as secrets.data`,
	} {
		_, err := schema.Explain(key)
		assert.EqualError(t, err, want)
	}
}

// TestExplainAll: every path is found and has documentation and an example, and the list
// has every setting.
func TestExplainAll(t *testing.T) {
	t.Parallel()
	list, err := schema.Explain("")
	require.NoError(t, err)
	page, err := schema.Page()
	require.NoError(t, err)
	paths := schema.Paths()
	require.Contains(t, paths, "eso-aws:secrets.<name>.extract.rewrite.merge.into")
	for _, key := range paths {
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
