package chart_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/chart"
	"eso-aws/internal/problem"
)

// table is testdata/objects.json. In sandbox/crds API servers are asked about the same objects:
// they must refuse those that have a problem, and accept those that have only warnings or none.
type table struct {
	// Releases are the known ones, with the versions of the API to try.
	Releases map[string][]string
	Objects  map[string]object
}

type object struct {
	Kind string
	// APIVersion is that of the object; "" for each that is to be tried.
	APIVersion string
	Object     map[string]any
	// Problems are those by the first release that has them; "<release>" is the release.
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

func TestCheckObject(t *testing.T) {
	t.Parallel()
	table := readTable(t)
	for text, tried := range table.Releases {
		version := semver.MustParse(text)
		release := chart.For(version)
		for name, o := range table.Objects {
			versions := tried
			if o.APIVersion != "" {
				versions = []string{strings.TrimPrefix(o.APIVersion, chart.Group+"/")}
			}
			for _, api := range versions {
				t.Run(text+"/"+api+"/"+name, func(t *testing.T) {
					t.Parallel()
					var got []string
					for _, line := range linesOf(release.CheckObject(chart.Group+"/"+api, o.Kind, o.Object)) {
						got = append(got, strings.ReplaceAll(line, "chart "+text, "chart <release>"))
					}
					assert.ElementsMatch(t, o.problems(version), got)
				})
			}
		}
	}
}

// linesOf are problems as lines, with what says that one is a warning.
func linesOf(problems []problem.Problem) []string {
	var lines []string
	for _, p := range problems {
		line := p.String()
		if p.Warning {
			line = "warning: " + line
		}
		lines = append(lines, line)
	}
	return lines
}

func TestProblemsOfAnObject(t *testing.T) {
	t.Parallel()
	spec := map[string]any{
		"target":  map[string]string{"name": "Datadog"}, // not of the types that JSON is decoded to
		"data":    []any{map[string]any{"remoteRef": map[string]any{"key": 1}}},
		"odd.key": true,
	}
	got := newRelease("1.3.2").CheckObject("external-secrets.io/v1", "ExternalSecret", map[string]any{"spec": spec})
	assert.Equal(t, []problem.Problem{
		{
			Path: problem.Path{"spec", "data", "[0]", "remoteRef", "key"}, Value: json.Number("1"), Kind: problem.Type,
			Rule: "must be a string, not a number", Fix: "write it in quotes",
		},
		{
			Path: problem.Path{"spec", "data", "[0]", "secretKey"}, Kind: problem.Required,
			Rule: "is required",
			Fix:  `set it to a valid key of a Secret (letters, digits, "-", "_" and ".", at most 253 characters)`,
		},
		{
			Path: problem.Path{"spec", "odd.key"}, Kind: problem.Unknown, Rule: "unknown field",
			Fix: "available: data, dataFrom, refreshInterval, refreshPolicy, secretStoreRef, target",
		},
		{
			Path: problem.Path{"spec", "target", "name"}, Value: "Datadog", Kind: problem.Invalid,
			Rule: `must be a valid Kubernetes name (lowercase letters, digits, "-" and ".", at most 253 characters)`,
		},
	}, got)
	assert.Equal(t, map[string]any{
		"target": map[string]string{"name": "Datadog"}, "odd.key": true,
		"data": []any{map[string]any{"remoteRef": map[string]any{"key": 1}}},
	}, spec, "the object was changed")
}

func TestWhatIsNotChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		apiVersion, kind string
		object           any
		want             string
	}{
		"Kind": {
			"external-secrets.io/v1", "ClusterExternalSecret", 1,
			`warning: kind: "ClusterExternalSecret": was not checked: the CRD for external-secrets.io/v1 is not known`,
		},
		"Group": {
			"generators.external-secrets.io/v1", "SecretStore", 1,
			`warning: kind: "SecretStore": was not checked: the CRD for generators.external-secrets.io/v1 is not known`,
		},
		"NoJSON": {
			"external-secrets.io/v1", "SecretStore", func() {},
			"must be valid in JSON: json: unsupported type: func(); use strings, numbers, booleans, lists and maps",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newRelease("1.3.2").CheckObject(test.apiVersion, test.kind, map[string]any{"spec": test.object})
			assert.Equal(t, []string{test.want}, linesOf(got))
		})
	}
	t.Run("VersionThatCouldNotBeRead", func(t *testing.T) {
		t.Parallel()
		object := map[string]any{"spec": 1}
		assert.Empty(t, chart.For(semver.Version{}).CheckObject("external-secrets.io/v1", "SecretStore", object))
	})
}

// TestPatterns proves that each pattern of the CRDs is described in words.
func TestPatterns(t *testing.T) {
	t.Parallel()
	assert.Len(t, chart.Versions(), len(readTable(t).Releases))
	files, err := filepath.Glob("versions/*/crds.json")
	require.NoError(t, err)
	require.Len(t, files, len(chart.Versions()))
	found := map[string]bool{}
	for _, file := range append(files, "notes/crds.json") {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var schemas any
		require.NoError(t, json.Unmarshal(data, &schemas))
		patterns(schemas, found)
	}
	known := map[string]bool{}
	for pattern := range chart.Patterns() {
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

func newRelease(version string) *chart.Release { return chart.For(semver.MustParse(version)) }
