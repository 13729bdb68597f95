package main

import (
	"bytes"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/internal/kubeapi"
)

// cluster is what an API server answers, by path and query.
type cluster map[string]string

// serve starts an API server; what the cluster does not have is not found.
func (c cluster) serve(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := c[r.RequestURI]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"message":"not found"}`
		}
		if strings.HasPrefix(answer, "503") {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	return server
}

func authority(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

const (
	none   = `{"items":[]}`
	stores = `{"items":[{"metadata":{"name":"aws","namespace":"zio"},
		"status":{"conditions":[{"type":"Ready","status":"True","reason":"Valid","message":"store validated"}]}}]}`
	clusterStores = `{"items":[
		{"metadata":{"name":"all"},"status":{"conditions":[
			{"type":"Other","status":"True"},{"type":"Ready","status":"False","reason":"InvalidProviderConfig","message":"no role"}]}},
		{"metadata":{"name":"new"}}]}`
	externalSecrets = `{"items":[
		{"metadata":{"name":"synced","namespace":"zio","creationTimestamp":"2026-01-01T10:00:00Z"},
		 "spec":{"data":[{"secretKey":"b","remoteRef":{"key":"zio/two"}},{"secretKey":"a","remoteRef":{"key":"zio/one"}},
			{"secretKey":"c","remoteRef":{"key":"zio/one"}}],"dataFrom":[{"extract":{"key":"zio/all"}},{"find":{"name":{}}}]},
		 "status":{"binding":{"name":"synced-secret"},"conditions":[{"type":"Ready","status":"True","reason":"SecretSynced",
			"lastTransitionTime":"2026-01-01T10:00:03Z"}]}},
		{"metadata":{"name":"broken","namespace":"zio"},
		 "spec":{"data":[{"secretKey":"x","remoteRef":{"key":"zio/none"}}]},
		 "status":{"conditions":[{"type":"Ready","status":"False","reason":"SecretSyncedError","message":"could not get data"}]}},
		{"metadata":{"name":"fresh","namespace":"other"},"spec":{"data":[{"secretKey":"x","remoteRef":{"key":"zio/one"}}]}},
		{"metadata":{"name":"bereft","namespace":"zio","creationTimestamp":"2026-01-01T10:00:00Z"},
		 "spec":{"data":[{"secretKey":"x","remoteRef":{"key":"zio/one"}}]},
		 "status":{"binding":{"name":"deleted"},"conditions":[{"type":"Ready","status":"True","reason":"SecretSynced",
			"lastTransitionTime":"2026-01-01T10:00:00Z"}]}}]}`
	secret = `{"data":{"b":"aHVudGVyMg==","a":"aHVudGVyMw=="},"stringData":{"a":"hunter3"}}`
	events = `{"items":[
		{"type":"Warning","message":"an older cause","lastTimestamp":"2026-01-01T10:00:01Z"},
		{"type":"Warning","message":"ResourceNotFoundException: no such secret","lastTimestamp":"2026-01-01T10:00:05Z"},
		{"type":"Normal","message":"Created","lastTimestamp":"2026-01-01T10:00:09Z"},
		{"type":"Warning","message":"an old cause","lastTimestamp":"2026-01-01T10:00:02Z"}]}`
)

func eventsOf(namespace, name string) string {
	return "/api/v1/namespaces/" + namespace +
		"/events?fieldSelector=involvedObject.kind=ExternalSecret,involvedObject.name=" + name
}

func fullCluster() cluster {
	return cluster{
		esoAPI + "secretstores": stores, esoAPI + "clustersecretstores": clusterStores, esoAPI + "externalsecrets": externalSecrets,
		"/api/v1/namespaces/zio/secrets/synced-secret": secret,
		eventsOf("zio", "broken"):                      events,
		eventsOf("other", "fresh"):                     none,
	}
}

const fullStatus = `
STORE     KIND                 STATE
zio/aws   SecretStore          Valid
all       ClusterSecretStore   InvalidProviderConfig: no role
new       ClusterSecretStore   pending

EXTERNAL SECRET   SECRET          KEYS   FROM                                    STATE
zio/synced        synced-secret   a, b   (dataFrom), zio/all, zio/one, zio/two   synced within 4 s
zio/broken                        none   zio/none                                SecretSyncedError: could not get data
other/fresh                       none   zio/one                                 pending
zio/bereft        deleted         none   zio/one                                 synced within 1 s

zio/broken is not synced: ResourceNotFoundException: no such secret
`

func TestShow(t *testing.T) {
	t.Parallel()
	empty := cluster{
		esoAPI + "secretstores": none, esoAPI + "clustersecretstores": none, esoAPI + "externalsecrets": none,
	}
	notInstalled := "\n\nThe External Secrets Operator is not installed in this cluster; run make up.\n"
	tests := map[string]struct {
		cluster cluster
		want    string
	}{
		"Full":         {fullCluster(), fullStatus},
		"Empty":        {empty, "\nSTORE   KIND   STATE\n\nEXTERNAL SECRET   SECRET   KEYS   FROM   STATE\n"},
		"NotInstalled": {cluster{}, notInstalled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.cluster.serve(t)
			api, err := kubeapi.New(server.URL, authority(server), "")
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := show(t.Context(), api, &out); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("the status (-want +got):\n%s", diff)
			}
			for _, value := range []string{"hunter2", "hunter3", "aHVudGVyMg==", "aHVudGVyMw=="} {
				if strings.Contains(out.String(), value) {
					t.Errorf("the status holds the value %s", value)
				}
			}
		})
	}
}

func TestShowFailures(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		esoAPI + "secretstores":                        "listing the stores: ",
		esoAPI + "externalsecrets":                     "listing the ExternalSecrets: ",
		"/api/v1/namespaces/zio/secrets/synced-secret": `reading the keys of the Secret "synced-secret": `,
		eventsOf("zio", "broken"):                      `reading the events of "zio/broken": `,
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			c := fullCluster()
			c[path] = "503"
			server := c.serve(t)
			api, err := kubeapi.New(server.URL, authority(server), "")
			if err != nil {
				t.Fatal(err)
			}
			got := show(t.Context(), api, &bytes.Buffer{})
			if want += "GET " + path + ": status 503: 503"; got == nil || got.Error() != want {
				t.Errorf("got %v, want %s", got, want)
			}
		})
	}
}

// The command asks with what the session tells.
func TestStatusOfARunningSandbox(t *testing.T) {
	t.Parallel()
	dir, server := checkout(t), fullCluster().serve(t)
	pretend(t, dir, &session{Kubernetes: server.URL, CA: authority(server), Token: "t"})
	if got := call(t, dir, "", "status"); got != (result{Out: fullStatus}) {
		t.Errorf("got %+v", got)
	}
}
