package config_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

func TestLoadLocalChart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file map[string]string
		path string
		want string
	}{
		"Folder":      {map[string]string{"chart/Chart.yaml": "version: 0.20.4"}, "chart", ""},
		"FolderOfOld": {map[string]string{"Chart.yaml": "version: 0.1.0"}, ".", `has a Chart.yaml with version "0.1.0", which must be 0.9.0 or newer`},
		"NoVersion":   {map[string]string{"Chart.yaml": "name: x"}, ".", `has a Chart.yaml with version "", which must be an exact version`},
		"NotYAML":     {map[string]string{"Chart.yaml": "\t{"}, ".", "has a Chart.yaml that is not valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for file, content := range test.file {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, file)), 0o750))
				require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600))
			}
			chart := filepath.Join(folder, test.path)
			got, err := load(configtest.With(localConfig(t), map[string]string{"chart": chart, "chartVersion": "9.9.9"}))
			if test.want != "" {
				assert.EqualError(t, err, "eso-aws:chart: \""+chart+"\": "+test.want+
					"; set it to the path of the operator's chart, a directory or a .tgz file")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, chart+" 0.20.4 ", got.Chart.Reference+" "+got.Chart.Version.String()+" "+got.Chart.Repository)
		})
	}
}

func TestLoadPackedChart(t *testing.T) {
	t.Parallel()
	chart := filepath.Join(t.TempDir(), "external-secrets-2.1.0.tgz")
	require.NoError(t, os.WriteFile(chart, packed(t, map[string]string{
		"external-secrets/charts/other/Chart.yaml": "version: 1.0.0",
		"external-secrets/Chart.yaml":              "version: 2.1.0",
	}), 0o600))
	got, err := load(configtest.With(localConfig(t), map[string]string{"chart": chart}))
	require.NoError(t, err)
	assert.Equal(t, "2.1.0", got.Chart.Version.String())
}

// packed is a .tgz with these files, in the order of their names.
func packed(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))}))
		_, err := archive.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return buffer.Bytes()
}
