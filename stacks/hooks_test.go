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

// record returns Helm's record of one revision of the operator's release.
func record(revision, status string) map[string]any {
	o := object("external-secrets", "sh.helm.release.v1.external-secrets.v"+revision, "")
	o["metadata"].(map[string]any)["labels"] = map[string]any{"status": status}
	return o
}

// TestMendRelease proves that Helm's records of a killed up are repaired, and no others.
func TestMendRelease(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hook    graph.Hook
		owner   string // of the namespace
		records []any
		deleted []string
		failed  bool // the record of revision 2
		log     []string
		refused []string
	}{
		"NothingThere": {hook: graph.BeforeCreate, owner: mine},
		"CreateAfterKilledInstall": {
			hook: graph.BeforeCreate, owner: mine, records: []any{record("1", "pending-install")},
			deleted: []string{recordsPath + "/sh.helm.release.v1.external-secrets.v1"},
			log: []string{"deleting Helm's record sh.helm.release.v1.external-secrets.v1 (pending-install) of a killed pulumi up; " +
				"this one takes over what it installed"},
		},
		"CreateAfterUnrecordedInstall": {
			hook: graph.BeforeCreate, owner: mine, records: []any{record("1", "deployed")},
			deleted: []string{recordsPath + "/sh.helm.release.v1.external-secrets.v1"},
			log: []string{"deleting Helm's record sh.helm.release.v1.external-secrets.v1 (deployed) of a killed pulumi up; " +
				"this one takes over what it installed"},
		},
		"CreateOverForeignRelease": {
			hook: graph.BeforeCreate, records: []any{record("1", "deployed")},
			refused: []string{`namespace "external-secrets" has a Helm release "external-secrets" that is not in this ` +
				`stack's state (deployed), and the namespace does not belong to this stack; if nothing uses the release, run ` +
				`kubectl delete secret sh.helm.release.v1.external-secrets.v1 -n external-secrets --context k3d-eso-aws`},
		},
		"UpdateAfterKilledUpgrade": {
			hook: graph.BeforeUpdate, owner: mine, records: []any{record("1", "deployed"), record("2", "pending-upgrade")},
			failed: true,
			log: []string{"marking Helm's record sh.helm.release.v1.external-secrets.v2 (pending-upgrade) of a killed pulumi up " +
				"as failed"},
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
			assert.Equal(t, test.log, g.Log)
		})
	}
}

func event(kind, name, reason, message, at string) map[string]any {
	return map[string]any{
		"type": "Warning", "reason": reason, "message": message, "lastTimestamp": at,
		"involvedObject": map[string]any{"kind": kind, "name": name},
	}
}

// TestCause proves that an unready object is explained by its newest warnings, with a fix.
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
				"create it in Secrets Manager in us-east-1, or correct its name"),
		},
		"Unreachable": {
			events: []any{event("ExternalSecret", "datadog-api-key", "UpdateFailed", "dial tcp: connection refused", "")},
			want: secret("dial tcp: connection refused; correct endpoint; the operator's pods must reach " +
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

// TestCauseOfTheOperator proves that a failed release is explained by the warnings about its pods.
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
		"correct the image in chartValues, or give the nodes access to its registry"}, g.Log)
}

// encoded returns a release as Helm stores it in a Secret: base64 of gzipped JSON, which JSON encodes again.
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

// deletions returns the paths that were deleted.
func (a *apiServer) deletions() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.deleted
}
