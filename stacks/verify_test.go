package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

// notSynced is an ExternalSecret that the operator has not synced as it is now.
func notSynced(change func(object map[string]any)) map[string]any {
	object := synced("datadog-api-key", "1-hash")
	change(object)
	return object
}

// TestVerify: an up succeeds only if every ExternalSecret is synced as it is now, and a preview asks none.
func TestVerify(t *testing.T) {
	t.Parallel()
	status := func(object map[string]any) map[string]any { return object["status"].(map[string]any) }
	const path = externalSecretsPath + "datadog-api-key"
	const silent = "not synced after 1s: ExternalSecret zio-lucene/datadog-api-key: the operator says nothing of it; " +
		"look at its log: kubectl logs -n external-secrets deployment/external-secrets --context k3d-eso-aws"
	for name, test := range map[string]struct {
		object  any
		events  []any
		preview bool
		want    string
	}{
		"Synced":  {object: synced("datadog-api-key", "1-hash")},
		"Preview": {object: notSynced(func(o map[string]any) { delete(o, "status") }), preview: true},
		"ReadyOfAnEarlierGeneration": {
			object: notSynced(func(o map[string]any) { o["metadata"].(map[string]any)["generation"] = 2 }), want: silent,
		},
		"ReadyOfALongerGeneration": {
			object: notSynced(func(o map[string]any) { status(o)["syncedResourceVersion"] = "10-hash" }), want: silent,
		},
		"NotReady": {
			object: notSynced(func(o map[string]any) {
				status(o)["conditions"] = []any{map[string]any{"type": "Ready", "status": "False"}}
			}),
			events: []any{event("ExternalSecret", "datadog-api-key", "UpdateFailed", "Secret does not exist", "")},
			want: "not synced after 1s: ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: Secret does not exist; " +
				"store it in Secrets Manager, in region us-east-1, or correct its name",
		},
		"NoSecret": {
			object: notSynced(func(o map[string]any) { delete(status(o), "binding") }), want: silent,
		},
		"OtherSecret": {
			object: notSynced(func(o map[string]any) { status(o)["binding"] = map[string]any{"name": "other"} }), want: silent,
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
