package crd_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/crd"
)

// table is testdata/objects.json. In sandbox/crds API servers are asked about
// the same objects: they must refuse those that have a problem that is sure,
// and take the rest.
type table struct {
	// Releases are those held, with the versions of the API to try.
	Releases map[string][]string
	Objects  map[string]object
}

type object struct {
	Kind string
	// APIVersion is that of the object; "" for each that is to be tried.
	APIVersion string
	Object     map[string]any
	// Problems are by the release from which on they are told; none before the
	// first. "<release>" is the release.
	Problems map[string][]string
}

func readTable(t *testing.T) table {
	t.Helper()
	data, err := os.ReadFile("testdata/objects.json")
	require.NoError(t, err)
	var read table
	require.NoError(t, json.Unmarshal(data, &read))
	return read
}

func (o object) problems(release semver.Version) []string {
	var latest semver.Version
	var problems []string
	for text, since := range o.Problems {
		if version := semver.MustParse(text); version.LTE(release) && version.GTE(latest) {
			latest, problems = version, since
		}
	}
	return problems
}

func TestCheck(t *testing.T) {
	t.Parallel()
	table := readTable(t)
	for text, tried := range table.Releases {
		release := semver.MustParse(text)
		schemas := newSchemas(t, text)
		for name, o := range table.Objects {
			versions := tried
			if o.APIVersion != "" {
				versions = []string{strings.TrimPrefix(o.APIVersion, crd.Group+"/")}
			}
			for _, version := range versions {
				t.Run(text+"/"+version+"/"+name, func(t *testing.T) {
					t.Parallel()
					var got []string
					for _, problem := range schemas.Check(crd.Group+"/"+version, o.Kind, o.Object) {
						line := strings.ReplaceAll(problem.String(), "release "+text, "release <release>")
						if problem.Unsure {
							line = "unsure: " + line
						}
						got = append(got, line)
					}
					assert.ElementsMatch(t, o.problems(release), got)
				})
			}
		}
	}
}

func TestProblem(t *testing.T) {
	t.Parallel()
	schemas := newSchemas(t, "1.3.2")
	spec := map[string]any{
		"target":  map[string]string{"name": "Datadog"}, // not of the types that JSON is decoded to
		"data":    []any{map[string]any{"remoteRef": map[string]any{"key": 1}}},
		"odd.key": true,
	}
	got := schemas.Check("external-secrets.io/v1", "ExternalSecret", map[string]any{"spec": spec})
	assert.Equal(t, []crd.Problem{
		{
			Path: []string{"spec", "data", "[0]", "remoteRef", "key"}, Value: json.Number("1"),
			Rule: "must be text, not a number", Write: "text, in quotes",
		},
		{
			Path: []string{"spec", "data", "[0]", "secretKey"},
			Rule: "is missing", Write: "letters, digits, -, _ and ., 253 at most",
		},
		{
			Path: []string{"spec", "odd.key"}, Rule: "there is no such field",
			Write: "one of data, dataFrom, refreshInterval, refreshPolicy, secretStoreRef or target",
		},
		{
			Path: []string{"spec", "target", "name"}, Value: "Datadog",
			Rule: "is no Kubernetes name", Write: "lower-case letters, digits, - and ., 253 at most",
		},
	}, got)
	assert.Equal(t, `spec["odd.key"]: there is no such field; write one of data, dataFrom, refreshInterval, `+
		`refreshPolicy, secretStoreRef or target`, got[2].String())
	assert.Equal(t, map[string]any{
		"target": map[string]string{"name": "Datadog"}, "odd.key": true,
		"data": []any{map[string]any{"remoteRef": map[string]any{"key": 1}}},
	}, spec, "the object was changed")
}

func TestWhatIsNotChecked(t *testing.T) {
	t.Parallel()
	schemas := newSchemas(t, "1.3.2")
	for name, test := range map[string]struct {
		apiVersion, kind string
		want             string
	}{
		"Kind": {
			"external-secrets.io/v1", "ClusterExternalSecret",
			`kind: "ClusterExternalSecret": is, in external-secrets.io/v1, not held here and was not checked`,
		},
		"Group": {
			"generators.external-secrets.io/v1", "SecretStore",
			`kind: "SecretStore": is, in generators.external-secrets.io/v1, not held here and was not checked`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := schemas.Check(test.apiVersion, test.kind, map[string]any{"spec": 1})
			require.Len(t, got, 1)
			assert.Equal(t, test.want, got[0].String())
			assert.True(t, got[0].Unsure)
		})
	}
	t.Run("NoJSON", func(t *testing.T) {
		t.Parallel()
		got := schemas.Check("external-secrets.io/v1", "SecretStore", map[string]any{"spec": func() {}})
		require.Len(t, got, 1)
		assert.Equal(t, "is no JSON: json: unsupported type: func(); write text, numbers, true, false, lists and maps",
			got[0].String())
		assert.False(t, got[0].Unsure)
	})
}

// TestPatterns proves that each pattern of the schemas is told in words.
func TestPatterns(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("schemas")
	require.NoError(t, err)
	require.Len(t, files, len(readTable(t).Releases))
	found := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile("schemas/" + file.Name())
		require.NoError(t, err)
		var schemas any
		require.NoError(t, json.Unmarshal(data, &schemas))
		patterns(schemas, found)
	}
	known := map[string]bool{}
	for pattern := range crd.Patterns() {
		known[pattern] = true
	}
	assert.Equal(t, known, found)
}

func patterns(value any, found map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			if pattern, ok := field.(string); ok && name == "pattern" {
				found[pattern] = true
			}
			patterns(field, found)
		}
	case []any:
		for _, entry := range value {
			patterns(entry, found)
		}
	}
}

func newSchemas(t *testing.T, chart string) *crd.Schemas {
	t.Helper()
	schemas, err := crd.For(semver.MustParse(chart))
	require.NoError(t, err)
	return schemas
}
