package chart_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite what is held of the charts' values")

// TestHeld: what is held is what the charts have, of every release whose Go module can be
// had. Without the module, in the cache of the go command or from its proxy, it is skipped.
func TestHeld(t *testing.T) {
	t.Parallel()
	for _, version := range []string{
		"0.9.20", "0.10.7", "0.14.4", "0.16.1", "0.17.0", "0.18.2", "0.19.2", "0.20.4", "1.3.2",
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(paths(t, filepath.Join(module(t, version), "deploy", "charts", "external-secrets")), "\n") + "\n"
			file := filepath.Join("values", version+".txt")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err, "write it with: go test ./internal/chart -update")
			assert.Equal(t, string(want), got)
		})
	}
}

// module is the folder of a release's Go module.
func module(t *testing.T, version string) string {
	t.Helper()
	const path = "github.com/external-secrets/external-secrets@v"
	command := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", path+version)
	command.Dir = t.TempDir() // in no module
	command.Env = append(os.Environ(), "GOWORK=off")
	out, err := command.Output()
	if err != nil {
		t.Skipf("the module cannot be had: %s", out)
	}
	var downloaded struct{ Dir string }
	require.NoError(t, json.Unmarshal(out, &downloaded))
	return downloaded.Dir
}

// reference is a value that a template uses. A map that is handed to the template of the
// images is not used whole: of an image that takes four members.
var reference = regexp.MustCompile(`("image" )?\.Values((?:\.[A-Za-z0-9_]+)+)`)

// paths are those of a chart's values below which anything goes: what is no map or an empty
// one, and maps that a template uses whole.
func paths(t *testing.T, folder string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
	require.NoError(t, err)
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(content, &values))
	used, whole := map[string]bool{}, map[string]bool{"global": true, "bitwarden-sdk-server": true} // of subcharts
	require.NoError(t, filepath.WalkDir(filepath.Join(folder, "templates"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		for _, match := range reference.FindAllStringSubmatch(string(text), -1) {
			path := strings.TrimPrefix(match[2], ".")
			used[path] = true
			whole[path] = whole[path] || match[1] == ""
		}
		return err
	}))
	found := below("", values, whole)
	for path := range used {
		if !slices.ContainsFunc(found, func(known string) bool {
			return path == known || strings.HasPrefix(path, known+".") || strings.HasPrefix(known, path+".")
		}) {
			found = append(found, path)
		}
	}
	return slices.Sorted(slices.Values(found))
}

func below(path string, values map[string]any, whole map[string]bool) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := strings.TrimPrefix(path+"."+name, ".")
		if object, ok := values[name].(map[string]any); ok && len(object) > 0 && !whole[at] {
			found = append(found, below(at, object, whole)...)
			continue
		}
		found = append(found, at)
	}
	return found
}
