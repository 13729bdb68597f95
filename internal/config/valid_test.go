package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/plan"
)

// warns marks the warnings in a valid case.
const warns = "# warns: "

// validCases are the stack files that must load, by name.
func validCases(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/valid/*.yaml")
	require.NoError(t, err)
	cases := map[string]string{}
	for _, path := range paths {
		cases[strings.TrimSuffix(filepath.Base(path), ".yaml")] = path
	}
	return cases
}

// TestValid: each loads, and warns of what its comments say and of nothing else.
func TestValid(t *testing.T) {
	t.Parallel()
	for name, path := range validCases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, encrypted := configtest.Stack(t, path)
			got, err := load(values, encrypted...)
			require.NoError(t, err)
			rewrite(t, path, warns, warningsOf(got))
			assert.Equal(t, expected(t, path, warns), warningsOf(got))
		})
	}
}

// expected are the lines of a file's comments that begin with a mark, without it.
func expected(t *testing.T, path, mark string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(content)) {
		if text, ok := strings.CutPrefix(line, mark); ok {
			lines = append(lines, strings.TrimSuffix(text, "\n"))
		}
	}
	return lines
}

// rewrite replaces the lines of a file's comments that begin with a mark, where the tests
// run with -update.
func rewrite(t *testing.T, path, mark string, lines []string) {
	t.Helper()
	if !*update {
		return
	}
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	kept := slices.DeleteFunc(strings.SplitAfter(string(content), "\n"), func(line string) bool {
		return strings.HasPrefix(line, mark)
	})
	at := slices.IndexFunc(kept, func(line string) bool { return !strings.HasPrefix(line, "#") })
	for i, line := range lines {
		kept = slices.Insert(kept, at+i, mark+line+"\n")
	}
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(kept, "")), 0o600))
}

func warningsOf(p *plan.Plan) []string {
	var warnings []string
	for _, warning := range p.Warnings {
		warnings = append(warnings, warning.String())
	}
	return warnings
}

// TestValidIsDistinct: no two show the same, so that the number of cases means something.
func TestValidIsDistinct(t *testing.T) {
	t.Parallel()
	cases := validCases(t)
	assert.GreaterOrEqual(t, len(cases), 150)
	seen := map[string]string{}
	for _, name := range sortedKeys(cases) {
		features := strings.Join(featuresOf(t, cases[name]), "\n")
		if twin, ok := seen[features]; ok {
			t.Errorf("%s shows what %s does: make them differ, or remove one", name, twin)
		}
		seen[features] = name
	}
}

// TestValidCoversAllSettings: each setting, each member of the language wherever it may
// be, each value of an enumeration and each short form is in a case.
func TestValidCoversAllSettings(t *testing.T) {
	t.Parallel()
	cases, shown := validCases(t), map[string]int{}
	for _, path := range cases {
		for _, feature := range featuresOf(t, path) {
			shown[feature]++
		}
	}
	wanted := wantedFeatures(t)
	missing := slices.DeleteFunc(slices.Clone(wanted), func(feature string) bool { return shown[feature] > 0 })
	t.Logf("%d cases show %d features, among them %d of the %d that there must be",
		len(cases), len(shown), len(wanted)-len(missing), len(wanted))
	assert.Empty(t, missing, "write a case for each")
}
