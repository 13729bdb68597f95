package stacks_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
)

const (
	operatorNamespacePath = namespacePath + "external-secrets"
	recordsPath           = operatorNamespacePath + "/secrets"
	secretEventsPath      = namespacePath + "zio-lucene/events"
	operatorEventsPath    = operatorNamespacePath + "/events"
)

// record is Helm's record of one revision of the operator's release.
func record(revision, status string) map[string]any {
	o := object("external-secrets", "sh.helm.release.v1.external-secrets.v"+revision, "")
	o["metadata"].(map[string]any)["labels"] = map[string]any{"status": status}
	return o
}

// TestMendRelease: Helm's records of an up that was killed are removed, and no others.
func TestMendRelease(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hook    graph.Hook
		owner   string // of the namespace
		records []any
		deleted []string
		failed  bool // the record of revision 2
		told    []string
		refused []string
	}{
		"NothingThere": {hook: graph.BeforeCreate, owner: mine},
		"CreateAfterKilledInstall": {
			hook: graph.BeforeCreate, owner: mine, records: []any{record("1", "pending-install")},
			deleted: []string{recordsPath + "/sh.helm.release.v1.external-secrets.v1"},
			told: []string{"Helm's record sh.helm.release.v1.external-secrets.v1 (pending-install) was left by an update that " +
				"was killed: it is removed, and what it had installed is taken over"},
		},
		"CreateAfterUnrecordedInstall": {
			hook: graph.BeforeCreate, owner: mine, records: []any{record("1", "deployed")},
			deleted: []string{recordsPath + "/sh.helm.release.v1.external-secrets.v1"},
			told: []string{"Helm's record sh.helm.release.v1.external-secrets.v1 (deployed) was left by an update that " +
				"was killed: it is removed, and what it had installed is taken over"},
		},
		"CreateOverForeignRelease": {
			hook: graph.BeforeCreate, records: []any{record("1", "deployed")},
			refused: []string{`namespace "external-secrets" has a Helm release "external-secrets" that is not in this ` +
				`stack's state (deployed), and the namespace is not this stack's either; if nothing else uses it, run: ` +
				`kubectl delete secret sh.helm.release.v1.external-secrets.v1 -n external-secrets --context k3d-eso-aws`},
		},
		"UpdateAfterKilledUpgrade": {
			hook: graph.BeforeUpdate, owner: mine, records: []any{record("1", "deployed"), record("2", "pending-upgrade")},
			failed: true,
			told: []string{"Helm's record sh.helm.release.v1.external-secrets.v2 (pending-upgrade) was left by an update " +
				"that was killed: it is marked as failed"},
		},
		"Update": {hook: graph.BeforeUpdate, owner: mine, records: []any{record("1", "superseded"), record("2", "deployed")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: map[string]any{
				operatorNamespacePath: object("", "external-secrets", test.owner), recordsPath: list(test.records...),
				recordsPath + "/sh.helm.release.v1.external-secrets.v2": map[string]any{
					"data": map[string]any{"release": encoded(t, `{"info":{"status":"pending-upgrade"},"version":2}`)},
				},
			}}
			changes := map[string]string{"kubeconfig": api.start(t)}
			if test.owner == "" {
				changes["namespaces"] = `{"external-secrets": {"create": false}}`
			}
			o := options(configtest.With(localConfig(t), changes))
			o.Hooks = test.hook
			g, err := run(o)
			require.NoError(t, err)
			assert.Equal(t, test.deleted, api.deletions())
			assert.Equal(t, test.failed, len(api.patches) == 1)
			for path, patch := range api.patches {
				assert.Equal(t, recordsPath+"/sh.helm.release.v1.external-secrets.v2", path)
				assert.Equal(t, "failed", patch.Metadata.Labels["status"])
				assert.JSONEq(t, `{"info":{"status":"failed","description":"the operation was killed"},"version":2}`,
					decoded(t, patch.Data["release"]))
			}
			assert.Equal(t, test.refused, g.Refused)
			assert.Equal(t, test.told, g.Log)
		})
	}
}

func event(kind, name, reason, message, at string) map[string]any {
	return map[string]any{
		"type": "Warning", "reason": reason, "message": message, "lastTimestamp": at,
		"involvedObject": map[string]any{"kind": kind, "name": name},
	}
}

// TestCause: what did not get ready is explained by its newest warnings, with what to do.
func TestCause(t *testing.T) {
	t.Parallel()
	secret := func(message string) string {
		return "ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: " + message
	}
	for name, test := range map[string]struct {
		events []any
		want   string
	}{
		"MissingInAWS": {
			events: []any{
				event("ExternalSecret", "datadog-api-key", "UpdateFailed", "an older cause", "2026-01-01T00:00:00Z"),
				event("ExternalSecret", "datadog-api-key", "UpdateFailed",
					"error processing spec.data[0] (key: zio-lucene/datadog-api-key), err: Secret does not exist",
					"2026-01-01T00:00:01Z"),
			},
			want: secret("error processing spec.data[0] (key: zio-lucene/datadog-api-key), err: Secret does not exist; " +
				"store it in Secrets Manager, in region us-east-1, or correct its name"),
		},
		"Unreachable": {
			events: []any{event("ExternalSecret", "datadog-api-key", "UpdateFailed", "dial tcp: connection refused", "")},
			want: secret("dial tcp: connection refused; correct endpoint, which the operator's pods must reach: " +
				"http://host.k3d.internal:4566"),
		},
		"Unknown": {
			events: []any{event("ExternalSecret", "datadog-api-key", "UpdateFailed", "something new", "")},
			want:   secret("something new"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range test.events {
				if e := test.events[i].(map[string]any); e["lastTimestamp"] == "" {
					delete(e, "lastTimestamp")
					e["eventTime"] = "2026-01-01T00:00:00.000001Z"
				}
			}
			api := &apiServer{objects: map[string]any{secretEventsPath: list(test.events...)}}
			api.match = func(r *http.Request) bool { // events are asked for by object: the store has none
				return r.URL.Path != secretEventsPath || r.URL.Query().Get("fieldSelector") ==
					"type=Warning,involvedObject.kind=ExternalSecret,involvedObject.name=datadog-api-key"
			}
			o := options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)}))
			o.Hooks = graph.OnError
			g, err := run(o)
			require.NoError(t, err)
			assert.Empty(t, g.Refused)
			assert.Equal(t, []string{test.want}, g.Log)
		})
	}
}

// TestCauseOfTheOperator: the release's own error speaks of a deadline; its pods know more.
func TestCauseOfTheOperator(t *testing.T) {
	t.Parallel()
	api := &apiServer{objects: map[string]any{operatorEventsPath: list(
		event("Pod", "external-secrets-1", "Failed", "Error: ImagePullBackOff", "2026-01-01T00:00:00Z"),
	)}}
	o := options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)}))
	o.Hooks = graph.OnError
	g, err := run(o)
	require.NoError(t, err)
	assert.Equal(t, []string{"Pod external-secrets/external-secrets-1: Failed: Error: ImagePullBackOff; " +
		"correct the image in chartValues, or let the node reach its registry"}, g.Log)
}

// encoded is a release as Helm keeps it in a Secret: base64 of gzipped JSON, which JSON encodes once more.
func encoded(t *testing.T, release string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	_, err := zipped.Write([]byte(release))
	require.NoError(t, err)
	require.NoError(t, zipped.Close())
	return []byte(base64.StdEncoding.EncodeToString(buffer.Bytes()))
}

func decoded(t *testing.T, release []byte) string {
	t.Helper()
	reader, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(release)))
	require.NoError(t, err)
	text, err := io.ReadAll(reader)
	require.NoError(t, err)
	return string(text)
}

// deletions are the paths that were deleted.
func (a *apiServer) deletions() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.deleted
}
