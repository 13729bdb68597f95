package cluster_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/cluster"
)

// connect is a client of a server that answers so.
func connect(t *testing.T, context string, handler http.HandlerFunc) (*cluster.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	config := fmt.Sprintf(`{contexts: [{name: %s, context: {cluster: c}}],
		clusters: [{name: c, cluster: {server: %q}}]}`, context, server.URL)
	client, err := cluster.Connect(t.Context(), cluster.Source{Configured: config, Context: context})
	require.NoError(t, err)
	return client, server.URL
}

func TestNamespace(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, "here", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/namespaces/there":
			fmt.Fprint(w, `{"metadata":{"name":"there","annotations":{"a":"b"}}}`)
		case "/api/v1/namespaces/going":
			fmt.Fprint(w, `{"metadata":{"name":"going","deletionTimestamp":"2026-01-01T00:00:00Z"}}`)
		default:
			http.NotFound(w, r)
		}
	})
	for name, want := range map[string]*cluster.Object{
		"there":   {Name: "there", Annotations: map[string]string{"a": "b"}},
		"going":   {Name: "going", Deleted: true},
		"nowhere": nil,
	} {
		got, err := client.Namespace(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// TestListPages: all pages of a list, and no more than metadata is asked for.
func TestListPages(t *testing.T) {
	t.Parallel()
	client, _ := connect(t, "here", func(w http.ResponseWriter, r *http.Request) {
		accept := "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
		if r.URL.Path != "/apis/example.com/v1/things" || r.Header.Get("Accept") != accept {
			http.NotFound(w, r)
			return
		}
		switch r.URL.RawQuery {
		case "limit=500":
			fmt.Fprint(w, `{"metadata":{"continue":"x y"},"items":[{"metadata":{"namespace":"a","name":"1"}}]}`)
		case "continue=x+y&limit=500":
			fmt.Fprint(w, `{"items":[{"metadata":{"name":"2"}}]}`)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	})
	got, exists, err := client.List(t.Context(), "example.com/v1", "", "things")
	require.NoError(t, err)
	assert.True(t, exists)
	assert.Equal(t, []cluster.Object{{Namespace: "a", Name: "1"}, {Name: "2"}}, got)

	got, exists, err = client.List(t.Context(), "example.com/v2", "", "things")
	require.NoError(t, err)
	assert.False(t, exists)
	assert.Empty(t, got)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status       int
		answer, want string
	}{
		"Unauthorized": {
			http.StatusUnauthorized, `{"message":"Unauthorized"}`,
			`reading /api/v1/namespaces/a of %s as the user of context "here": 401 Unauthorized: Unauthorized; sign in again`,
		},
		"Forbidden": {
			http.StatusForbidden, `{"message":"not you"}`,
			`reading /api/v1/namespaces/a of %s as the user of context "here": 403 Forbidden: not you; give the user the right to it`,
		},
		"Unwell": {
			http.StatusServiceUnavailable, `<html>`,
			`reading /api/v1/namespaces/a of %s as the user of context "here": 503 Service Unavailable; ` +
				`try again when the cluster is well`,
		},
		"NotKubernetes": {
			http.StatusOK, `<html>`,
			`reading /api/v1/namespaces/a of %s: this is no Kubernetes API; check the server of context "here"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, url := connect(t, "here", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.answer)
			})
			_, err := client.Namespace(t.Context(), "a")
			assert.EqualError(t, err, fmt.Sprintf(test.want, url))
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	for context, next := range map[string]string{
		"here":        "start the cluster, or choose another kubeContext",
		"k3d-eso-aws": "start the cluster with `make k3d-up`, or choose another kubeContext",
	} {
		t.Run(context, func(t *testing.T) {
			t.Parallel()
			client, url := connect(t, context, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			_, err := client.Namespace(t.Context(), "a")
			assert.EqualError(t, err, fmt.Sprintf("reaching the cluster at %s (context %q): EOF; %s", url, context, next))
		})
	}
}

// TestUntrusted: a server of another authority is not talked to.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	server := serve(t)
	_, err := who(t, cluster.Source{Configured: kubeconfig(fmt.Sprintf("{server: %q}", server.URL), "{token: hidden}")})
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	assert.NotContains(t, err.Error(), "hidden")
}
