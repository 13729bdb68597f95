package stacks_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/stacks"
)

func TestReport(t *testing.T) {
	t.Parallel()
	const (
		table  = "SECRET              " + "SECRET            KEYS      "
		header = "STORE                                  KIND          STATE\n" +
			"zio-lucene/localstack-secretsmanager   SecretStore   ready\n\n" +
			"EXTERNAL " + table + "FROM                         STATE\n"
		row    = "zio-lucene/datadog-api-key   datadog-api-key   api-key   zio-lucene/datadog-api-key   "
		store  = operatorPath + "v1/namespaces/zio-lucene/secretstores/localstack-secretsmanager"
		secret = "/api/v1/namespaces/zio-lucene/secrets/datadog-api-key"
		path   = externalSecretsPath + "datadog-api-key"
	)
	ready := map[string]any{"status": map[string]any{
		"conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
	}}
	notReady := map[string]any{"status": map[string]any{
		"conditions": []any{map[string]any{"type": "Ready", "status": "False"}},
	}}
	full := map[string]any{"data": map[string]any{"api-key": "czNjcjN0"}}
	failed := event("ExternalSecret", "datadog-api-key", "UpdateFailed", "Secret does not exist", "")
	delete(failed, "lastTimestamp")
	for name, test := range map[string]struct {
		objects map[string]any
		want    string
		current bool
	}{
		"Current": {
			objects: map[string]any{store: ready, secret: full},
			want:    header + row + "synced\n\nAll declared Secrets are in sync.\n",
			current: true,
		},
		"NotSynced": {
			objects: map[string]any{
				store: ready, path: notReady, secretEventsPath: list(failed),
			},
			want: strings.ReplaceAll(header, "KEYS   ", "KEYS") +
				strings.ReplaceAll(row, "api-key   zio", "none   zio") + "not synced\n" +
				"\nExternalSecret zio-lucene/datadog-api-key: UpdateFailed: Secret does not exist; create it in Secrets " +
				"Manager in us-east-1, or correct its name\nSecret zio-lucene/datadog-api-key: does not exist or has no keys\n",
		},
		"Behind": {
			objects: map[string]any{store: ready, secret: full, path: synced("datadog-api-key", "0-hash")},
			want: header + row + "out of date\n" +
				"\nExternalSecret zio-lucene/datadog-api-key: not synced since its last change; try again in a moment\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: test.objects}
			var out bytes.Buffer
			err := stacks.Report(t.Context(), stacks.ReportArgs{
				Out: &out, Input: configtest.Input(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)})),
			})
			assert.Equal(t, test.want, out.String())
			if test.current {
				assert.NoError(t, err)
			} else {
				assert.ErrorIs(t, err, stacks.ErrNotInSync)
			}
		})
	}
}

// TestReportMissing proves that everything that is missing is reported.
func TestReportMissing(t *testing.T) {
	t.Parallel()
	api := &apiServer{
		objects: map[string]any{"/api/v1/namespaces/zio-lucene/secrets/datadog-api-key": map[string]any{
			"data": map[string]any{"other": "czNjcjN0"},
		}},
	}
	var out bytes.Buffer
	err := stacks.Report(t.Context(), stacks.ReportArgs{
		Out: &out, Input: configtest.Input(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)})),
	})
	require.ErrorIs(t, err, stacks.ErrNotInSync)
	assert.Contains(t, out.String(), "zio-lucene/localstack-secretsmanager   SecretStore   missing\n")
	assert.Contains(t, out.String(), "some objects do not exist; run pulumi up\n"+
		"Secret zio-lucene/datadog-api-key: has no key api-key\n")
	assert.NotContains(t, out.String(), "czNjcjN0")
}

// TestReportNotDeployed proves that Report needs the kubeconfig of a deployed stack.
func TestReportNotDeployed(t *testing.T) {
	t.Parallel()
	err := stacks.Report(t.Context(), stacks.ReportArgs{
		Input: configtest.Input(configtest.File(t, "../Pulumi.dev.yaml")),
	})
	assert.EqualError(t, err, "the stack is not deployed; run pulumi up")
}
