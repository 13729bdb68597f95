package stacks_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./stacks -update")
	assert.Equal(t, string(want), got)
}

func TestLocalGraph(t *testing.T) {
	t.Parallel()
	kubeconfig := (&apiServer{}).start(t)
	config := configtest.With(localConfig(t), map[string]string{"kubeconfig": kubeconfig})

	for name, preview := range map[string]bool{"Update": false, "Preview": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := options(config)
			options.Preview = preview
			got, err := run(options)
			require.NoError(t, err)
			if preview {
				require.Len(t, got.Log, 1)
				assert.Contains(t, got.Log[0], "1 ExternalSecrets with 1 keys make 720 calls of Secrets Manager in 30 days: ")
			} else {
				assert.Empty(t, got.Log)
			}
			golden(t, "testdata/local.golden", text(got, kubeconfig))
		})
	}
}
