package stacks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

// TestInvalidRegistersNothing proves that the program rejects invalid stack files with exactly the expected
// messages, before it registers a resource or logs anything.
func TestInvalidRegistersNothing(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../internal/config/testdata/invalid/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			want := ""
			for line := range strings.Lines(string(content)) {
				if refusal, ok := strings.CutPrefix(line, "# refused: "); ok {
					want += refusal
				}
			}
			require.NotEmpty(t, want)
			values, encrypted := configtest.Stack(t, path)
			if chart, ok := strings.CutPrefix(values["eso-aws:chart"], "./"); ok { // as the tests of config find it
				values["eso-aws:chart"] = "../internal/config/" + chart
				want = strings.ReplaceAll(want, `"./`, `"../internal/config/`)
			}
			options := options(values)
			options.Encrypted = encrypted
			got, err := run(options)
			require.ErrorContains(t, err, "checking the configuration of stack \"local\":\n"+want) // and no more lines
			assert.Empty(t, got.Resources)
			assert.Empty(t, got.Log)
		})
	}
}
