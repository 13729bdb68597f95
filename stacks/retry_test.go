package stacks_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
)

// TestRetry proves that the operator retries the objects that are not ready, and no others.
func TestRetry(t *testing.T) {
	t.Parallel()
	const (
		store  = operatorPath + "v1/namespaces/zio-lucene/secretstores/localstack-secretsmanager"
		secret = externalSecretsPath + "datadog-api-key"
	)
	status := func(ready string) map[string]any {
		object := synced("datadog-api-key", "1-hash")
		object["status"].(map[string]any)["conditions"] = []any{map[string]any{"type": "Ready", "status": ready}}
		return object
	}
	for name, test := range map[string]struct {
		hook          graph.Hook
		store, secret string // whether it is ready
		heals         bool   // the store, when it is tried again
		want          []string
		failed        bool
	}{
		"AllIsWell":         {store: "True", secret: "True"},
		"UpdateOfAllIsWell": {hook: graph.BeforeUpdate, store: "True", secret: "True"},
		"OnlyTheStore":      {store: "False", secret: "True"},
		"Secret":            {store: "True", secret: "False", want: []string{secret}, failed: true},
		"Both":              {store: "False", secret: "False", heals: true, want: []string{secret, store}, failed: true},
		"StoreStaysUnready": {store: "False", secret: "False", want: []string{store}, failed: true},
		"UpdateOfAStore":    {hook: graph.BeforeUpdate, store: "False", secret: "True", want: []string{store}},
		"UpdateOfASecret":   {hook: graph.BeforeUpdate, store: "True", secret: "False", want: []string{secret}, failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: map[string]any{store: status(test.store), secret: status(test.secret)}}
			api.match = func(*http.Request) bool {
				if _, tried := api.patches[store]; tried && test.heals {
					api.objects[store] = status("True")
				}
				return true
			}
			o := options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t), "timeout": "1s"}))
			o.Hooks = test.hook
			g, err := run(o)
			assert.Equal(t, test.failed, err != nil)
			if g != nil {
				assert.Empty(t, g.Refused)
			}
			api.mu.Lock()
			defer api.mu.Unlock()
			assert.Equal(t, test.want, slices.Sorted(maps.Keys(api.patches)))
			for path, patch := range api.patches {
				require.Contains(t, patch.Metadata.Annotations, "eso-aws/retried", path)
			}
		})
	}
}
