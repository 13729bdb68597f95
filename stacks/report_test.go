package stacks_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/stacks"
)

func TestReport(t *testing.T) {
	t.Parallel()
	const (
		header = "SECRET                       STORE                             EXTERNAL SECRET   KEYS      LAST SYNC\n"
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
			want: header + "zio-lucene/datadog-api-key   localstack-secretsmanager ready   current           api-key   never\n" +
				"\nAll 1 are there and current.\n",
			current: true,
		},
		"NotSynced": {
			objects: map[string]any{
				store: ready, path: notReady, secretEventsPath: list(failed),
			},
			want: "SECRET                       STORE                             EXTERNAL SECRET   KEYS   LAST SYNC\n" +
				"zio-lucene/datadog-api-key   localstack-secretsmanager ready   not synced        none   never\n" +
				"\nExternalSecret zio-lucene/datadog-api-key: UpdateFailed: Secret does not exist; store it in Secrets Manager, " +
				"in region us-east-1, or correct its name\nzio-lucene/datadog-api-key: there is no Secret with keys\n",
		},
		"Behind": {
			objects: map[string]any{store: ready, secret: full, path: synced("datadog-api-key", "0-hash")},
			want: header + "zio-lucene/datadog-api-key   localstack-secretsmanager ready   changed since     api-key   never\n" +
				"\nzio-lucene/datadog-api-key: the operator has not looked at the newest change yet; try again in a moment\n",
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
				assert.ErrorIs(t, err, stacks.ErrNotCurrent)
			}
		})
	}
}

// TestReportLacks: each part that is not there is told.
func TestReportLacks(t *testing.T) {
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
	require.ErrorIs(t, err, stacks.ErrNotCurrent)
	assert.Contains(t, out.String(), "localstack-secretsmanager missing")
	assert.Contains(t, out.String(), "store localstack-secretsmanager is missing: run pulumi up\n"+
		"zio-lucene/datadog-api-key: the Secret lacks the keys api-key\n")
	assert.NotContains(t, out.String(), "czNjcjN0")
}

// TestReportNotDeployed: nothing leads to a cluster that no up has met.
func TestReportNotDeployed(t *testing.T) {
	t.Parallel()
	err := stacks.Report(t.Context(), stacks.ReportArgs{
		Input: configtest.Input(configtest.File(t, "../Pulumi.dev.yaml")),
	})
	assert.EqualError(t, err, "the stack's state knows no cluster: it is not deployed; run pulumi up")
}
