package stacks_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
	"eso-aws/stacks"
)

const mine = "acme/eso-aws/local"

// apiServer is a fake Kubernetes API server.
type apiServer struct {
	mu sync.Mutex
	// objects by path; a path with no entry is 404.
	objects map[string]any
	// match says which requests are answered; nil is all.
	match   func(*http.Request) bool
	deleted []string // the paths of deletions
	patches map[string]patch
}

// patch is a change of an object.
type patch struct {
	Metadata struct{ Labels, Annotations map[string]string }
	Data     map[string][]byte
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Method == http.MethodDelete {
		a.deleted = append(a.deleted, r.URL.Path)
		_, _ = w.Write([]byte("{}"))
		return
	}
	if r.Method == http.MethodPatch {
		var p patch
		_ = json.NewDecoder(r.Body).Decode(&p)
		if a.patches == nil {
			a.patches = map[string]patch{}
		}
		a.patches[r.URL.Path] = p
		_, _ = w.Write([]byte("{}"))
		return
	}
	object, ok := a.objects[r.URL.Path]
	if folder, name := path.Split(r.URL.Path); strings.HasSuffix(folder, "/externalsecrets/") && !ok {
		object, ok = synced(name, "1-hash"), true
	}
	if !ok || a.match != nil && !a.match(r) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if object == forbidden {
		w.WriteHeader(http.StatusForbidden)
	}
	_ = json.NewEncoder(w).Encode(object)
}

// forbidden stands for objects that the user cannot read.
const forbidden = "forbidden"

func (a *apiServer) set(path string, object any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.objects[path] = object
}

const externalSecretsPath = "/apis/external-secrets.io/v1/namespaces/zio-lucene/externalsecrets/"

// synced returns an ExternalSecret of generation 1 that the operator has synced.
func synced(name, mark string) map[string]any {
	return map[string]any{
		"metadata": map[string]any{"name": name, "generation": 1},
		"status": map[string]any{
			"syncedResourceVersion": mark, "binding": map[string]any{"name": name},
			"conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
		},
	}
}

// start serves TLS and returns a kubeconfig of context k3d-eso-aws.
func (a *apiServer) start(t *testing.T) string {
	t.Helper()
	url, ca := a.serve(t)
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: k3d-eso-aws, cluster: {server: %q, certificate-authority-data: %s}}]
contexts: [{name: k3d-eso-aws, context: {cluster: k3d-eso-aws, user: admin}}]
users: [{name: admin, user: {token: kubeconfig-token}}]
`, url, ca)
}

// serve serves TLS and returns the URL, and the authority (PEM in base64).
func (a *apiServer) serve(t *testing.T) (url, ca string) {
	t.Helper()
	server := httptest.NewTLSServer(a)
	t.Cleanup(server.Close)
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return server.URL, base64.StdEncoding.EncodeToString(encoded)
}

// object returns an object with only metadata.
func object(namespace, name, owner string) map[string]any {
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	if owner != "" {
		metadata["annotations"] = map[string]any{"eso-aws/stack": owner}
	}
	return map[string]any{"metadata": metadata}
}

func list(objects ...any) map[string]any { return map[string]any{"items": objects} }

// localConfig returns the configuration in the committed Pulumi.local.yaml.
func localConfig(t *testing.T) map[string]string {
	t.Helper()
	return configtest.File(t, "../Pulumi.local.yaml")
}

func options(config map[string]string) graph.Options {
	return graph.Options{
		Organization: "acme", Project: "eso-aws", Stack: "local",
		Config: config, Encrypted: []string{"eso-aws:kubeconfig"},
	}
}

func run(options graph.Options) (*graph.Graph, error) {
	program, see := stacks.Program()
	return graph.Run(options, program, see)
}

// text returns a graph without the values that differ from run to run.
func text(g fmt.Stringer, kubeconfig string) string {
	// The server's address and its CA are the two that do.
	const differs = `(?:server: "(.*?)"|certificate-authority-data: (.*?)})`
	var pairs []string
	for _, match := range regexp.MustCompile(differs).FindAllStringSubmatch(kubeconfig, -1) {
		for _, found := range match[1:] {
			if found != "" {
				pairs = append(pairs, found, "...")
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace(g.String())
}
