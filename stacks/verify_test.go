package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

// notSynced returns an ExternalSecret that is not in sync.
func notSynced(change func(object map[string]any)) map[string]any {
	object := synced("datadog-api-key", "1-hash")
	change(object)
	return object
}

// TestVerify proves that an up succeeds only if every Secret is in sync, and that a preview does not wait.
func TestVerify(t *testing.T) {
	t.Parallel()
	status := func(object map[string]any) map[string]any { return object["status"].(map[string]any) }
	const path = externalSecretsPath + "datadog-api-key"
	const noCause = "not synced after 1s: ExternalSecret zio-lucene/datadog-api-key: the operator reported no cause; " +
		"run kubectl logs -n external-secrets deployment/external-secrets --context k3d-eso-aws"
	for name, test := range map[string]struct {
		object  any
		events  []any
		preview bool
		want    string
	}{
		"Synced":  {object: synced("datadog-api-key", "1-hash")},
		"Preview": {object: notSynced(func(o map[string]any) { delete(o, "status") }), preview: true},
		"ReadyOfAnEarlierGeneration": {
			object: notSynced(func(o map[string]any) { o["metadata"].(map[string]any)["generation"] = 2 }), want: noCause,
		},
		"ReadyOfALongerGeneration": {
			object: notSynced(func(o map[string]any) { status(o)["syncedResourceVersion"] = "10-hash" }), want: noCause,
		},
		"NotReady": {
			object: notSynced(func(o map[string]any) {
				status(o)["conditions"] = []any{map[string]any{"type": "Ready", "status": "False"}}
			}),
			events: []any{event("ExternalSecret", "datadog-api-key", "UpdateFailed", "Secret does not exist", "")},
			want: "not synced after 1s: ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: Secret does not exist; " +
				"create it in Secrets Manager in us-east-1, or correct its name",
		},
		"NoSecret": {
			object: notSynced(func(o map[string]any) { delete(status(o), "binding") }), want: noCause,
		},
		"OtherSecret": {
			object: notSynced(func(o map[string]any) { status(o)["binding"] = map[string]any{"name": "other"} }), want: noCause,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range test.events {
				delete(e.(map[string]any), "lastTimestamp")
			}
			api := &apiServer{objects: map[string]any{path: test.object, secretEventsPath: list(test.events...)}}
			o := options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t), "timeout": "1s"}))
			o.Preview = test.preview
			_, err := run(o)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
		})
	}
}
