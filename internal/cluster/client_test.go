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

// connect returns a client of a server with this handler, and the URL of the server.
func connect(t *testing.T, context string, handler http.HandlerFunc) (*cluster.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return connectTo(t, context, server.URL), server.URL
}

func connectTo(t *testing.T, context, url string) *cluster.Client {
	t.Helper()
	config := fmt.Sprintf(`{contexts: [{name: %s, context: {cluster: c}}],
		clusters: [{name: c, cluster: {server: %q}}]}`, context, url)
	client, err := cluster.Connect(cluster.Source{Configured: config, Context: context})
	require.NoError(t, err)
	return client
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

// TestListPages checks that List reads every page, and only metadata.
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
			fmt.Fprint(w, `{"metadata":{"continue":"z"},"items":[{"metadata":{"name":"2"}}]}`)
		case "continue=z&limit=500":
			fmt.Fprint(w, `{"items":[{"metadata":{"name":"3"}}]}`)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	})
	got, exists, err := client.List(t.Context(), "example.com/v1", "", "things")
	require.NoError(t, err)
	assert.True(t, exists)
	assert.Equal(t, []cluster.Object{{Namespace: "a", Name: "1"}, {Name: "2"}, {Name: "3"}}, got)

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
			http.StatusUnauthorized, `{"kind":"Status","status":"Failure","code":401,"reason":"Unauthorized","message":"Unauthorized"}`,
			`%s/api/v1/namespaces/a (context "here"): 401 Unauthorized: Unauthorized; sign in again`,
		},
		"Forbidden": {
			http.StatusForbidden, `{"kind":"Status","status":"Failure","code":403,"reason":"Forbidden","message":"not you"}`,
			`%s/api/v1/namespaces/a (context "here"): 403 Forbidden: not you; grant the user this permission`,
		},
		"ForbiddenByProxy": {
			http.StatusForbidden, `<html>`,
			`%s/api/v1/namespaces/a (context "here"): 403 Forbidden: unknown (get namespaces a); grant the user this permission`,
		},
		"Unwell": {
			http.StatusServiceUnavailable, `<html>`,
			`%s/api/v1/namespaces/a (context "here"): 503 Service Unavailable: the server is currently unable to handle the request ` +
				`(get namespaces a); try again when the cluster is healthy`,
		},
		"NotKubernetes": {
			http.StatusOK, `<html>`,
			`%s/api/v1/namespaces/a: must be a Kubernetes API; correct the server of context "here"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, url := connect(t, "here", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.answer)
			})
			_, err := client.Namespace(t.Context(), "a")
			assert.EqualError(t, err, fmt.Sprintf(test.want, url))
			assert.Equal(t, test.status == http.StatusForbidden, cluster.Forbidden(err))
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	for context, fix := range map[string]string{
		"here":        "start the cluster, or set kubeContext to another context",
		"k3d-eso-aws": "start the cluster with `make k3d-up`, or set kubeContext to another context",
	} {
		t.Run(context, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.NotFoundHandler())
			client := connectTo(t, context, server.URL)
			server.Close()
			_, err := client.Namespace(t.Context(), "a")
			assert.EqualError(t, err, fmt.Sprintf("cannot reach the cluster at %s (context %q): "+
				"dial tcp %s: connect: connection refused; %s", server.URL, context, server.Listener.Addr(), fix))
		})
	}
}

// TestUntrusted checks that a server with an unknown certificate authority gets no credentials.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	server := serve(t)
	_, err := userOf(t, cluster.Source{Configured: kubeconfig(fmt.Sprintf("{server: %q}", server.URL), "{token: hidden}")})
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	assert.NotContains(t, err.Error(), "hidden")
}
