package crds_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eso-aws/sandbox/crds"
)

var update = flag.Bool("update", false, "rewrite what the program knows of the releases")

// TestKnownVersionsAreCurrent compares what the program knows of each release with its modules, or
// writes it.
func TestKnownVersionsAreCurrent(t *testing.T) {
	t.Parallel()
	for _, release := range crds.Releases() {
		t.Run(release.Version, func(t *testing.T) {
			t.Parallel()
			read, err := release.CRDs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			schemas, err := crds.Schemas(read)
			if err != nil {
				t.Fatal(err)
			}
			values, err := release.ChartValues(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			functions, err := release.TemplateFunctions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join("../../internal/chart/versions", release.Version)
			current(t, filepath.Join(folder, "crds.json"), string(schemas))
			current(t, filepath.Join(folder, "values.txt"), lines(values))
			current(t, filepath.Join(folder, "functions.txt"), lines(functions))
		})
	}
}

func lines(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, "\n") + "\n"
}

// current compares a file of the program's with what it should be, or writes it. Nothing is a file that
// does not exist.
func current(t *testing.T, name, want string) {
	t.Helper()
	if *update && want != "" {
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what ESO's modules say; rewrite it with -update", name)
	}
}
