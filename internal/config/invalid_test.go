package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// refused marks the errors in an invalid case.
const refused = "# refused: "

// several is what the names of cases with more than one fault begin with.
const several = "several-"

// invalidCases are the stack files that must not load, by name.
func invalidCases(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/invalid/*.yaml")
	require.NoError(t, err)
	cases := map[string]string{}
	for _, path := range paths {
		cases[strings.TrimSuffix(filepath.Base(path), ".yaml")] = path
	}
	return cases
}

// golden compares a text with a file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./internal/config -update")
	assert.Equal(t, string(want), got)
}

// refusal is what a stack file is refused with.
func refusal(t *testing.T, path string) string {
	t.Helper()
	values, encrypted := configtest.Stack(t, path)
	_, err := load(values, encrypted...)
	require.Error(t, err)
	return err.Error()
}

// TestInvalid: what each is refused with, word for word. They are valid but for one
// fault, but for [several] to show the order, and that all is told.
func TestInvalid(t *testing.T) {
	t.Parallel()
	cases := invalidCases(t)
	assert.GreaterOrEqual(t, len(cases), 150)
	for name, path := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := refusal(t, path)
			rewrite(t, path, refused, strings.Split(got, "\n"))
			assert.Equal(t, strings.Join(expected(t, path, refused), "\n"), got)
			if !strings.HasPrefix(name, several) {
				assert.NotContains(t, got, "\n", "one fault is told of once")
			}
			values, encrypted := configtest.Stack(t, path)
			for _, key := range encrypted {
				assert.NotContains(t, got, values[key], "what is encrypted is in no message")
			}
		})
	}
}

var (
	// userName is a part of a path that a user chose: below secrets and the like.
	userName = regexp.MustCompile(`((?:^|\.)(?:secrets|stores|namespaces|data|labels|annotations|tags))(?:\.[A-Za-z0-9_-]+|\["[^"]*"\])`)
	entry    = regexp.MustCompile(`\[[0-9]+\]`)
	quoted   = regexp.MustCompile(`"[^"]*"|[0-9]+(\.[0-9]+)*`)
)

// TestInvalidIsDistinct: no two have the same check at the same place.
func TestInvalidIsDistinct(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	cases := invalidCases(t)
	for _, name := range sortedKeys(cases) {
		if strings.HasPrefix(name, several) {
			continue
		}
		place, rule, _ := strings.Cut(strings.TrimPrefix(refusal(t, cases[name]), "eso-aws:"), ": ")
		place = entry.ReplaceAllString(userName.ReplaceAllString(place, "$1.*"), "[]")
		check := place + ": " + quoted.ReplaceAllString(rule, "...")
		if twin, ok := seen[check]; ok {
			t.Errorf("%s is what %s is (%s): make them differ, or remove one", name, twin, check)
		}
		seen[check] = name
	}
}
