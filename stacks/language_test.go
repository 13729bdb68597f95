package stacks_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
)

// rich is a stack file with many settings and several namespaces.
func rich() map[string]string {
	return map[string]string{
		"labels": `{"team":"search"}`, "annotations": `{"example.com/owner":"search"}`,
		"secrets": `{
			"app": {"namespaces": ["zio-lucene","web"], "target": "app-config", "refreshPolicy": "OnChange",
				"data": {"current": "app/key", "previous": {"key":"app/key","version":"AWSPREVIOUS","property":"a.b","decode":"Base64"}},
				"labels": {"tier":"web"}, "deletionPolicy": "Retain"},
			"all": {"refreshInterval": "30m", "creationPolicy": "Orphan",
				"extract": ["one", {"key":"two","rewrite":[{"regexp":{"source":"^","target":"two_"}},{"transform":"{{ .value | upper }}"}]}],
				"find": [{"path":"prod/","rewrite":[{"merge":{"strategy":"JSON","into":"all","priority":["prod/a"]}},{"regexp":{"source":"/","target":"_"}}]},{"tags":{"env":"prod"},"decode":"Auto"}]},
			"tls": {"store": "parameters", "namespace": "web", "data": {"crt":"/tls/crt","key":{"key":"/tls/key","version":"3"}},
				"template": {"type":"kubernetes.io/tls","data":{"tls.crt":"{{ .crt }}","tls.key":"{{ .key }}"},
					"labels":{"kind":"tls"},"mergePolicy":"Replace"},
				"spec": {"target":{"immutable":true}}}
		}`,
	}
}

// richAPI returns a cluster with ExternalSecrets that have targets with other names.
func richAPI() *apiServer {
	app := func() map[string]any {
		object := synced("app", "1-hash")
		object["status"].(map[string]any)["binding"] = map[string]any{"name": "app-config"}
		return object
	}
	const path = "/apis/external-secrets.io/v1/namespaces/%s/externalsecrets/app"
	return &apiServer{objects: map[string]any{
		fmt.Sprintf(path, "zio-lucene"): app(), fmt.Sprintf(path, "web"): app(),
		"/api/v1/namespaces/zio-lucene/secrets/all": map[string]any{"data": map[string]any{"z": "", "a": ""}},
	}}
}

// TestLocalLanguageGraph compares the graph with stores and the access key in each namespace.
func TestLocalLanguageGraph(t *testing.T) {
	t.Parallel()
	kubeconfig := richAPI().start(t)
	changes := rich()
	changes["kubeconfig"], changes["stores"] = kubeconfig, `{"parameters":{"service":"ParameterStore","scope":"cluster"}}`
	got, err := run(options(configtest.With(localConfig(t), changes)))
	require.NoError(t, err)
	assert.Empty(t, got.Log)
	golden(t, "testdata/local-language.golden", text(got, kubeconfig))
}

// TestEKSLanguageGraph compares the graph with a cluster-scoped store, a store of another account, stores with their
// own service account in each namespace, and a store of another region.
func TestEKSLanguageGraph(t *testing.T) {
	awsCLI(t)
	t.Setenv("KUBECONFIG", "/nowhere")
	changes := rich()
	changes["namespaces"] = `{"zio-lucene":{"create":true},"web":{"create":true}}`
	changes["store"] = `{"role":"arn:aws:iam::444455556666:role/reader","namespaces":["batch"]}`
	changes["stores"] = `{"parameters":{"service":"ParameterStore","region":"eu-west-1"},
		"own":{"scope":"namespace","serviceAccount":"reader","namespaces":["web"]},
		"inherited":{"scope":"namespace","namespaces":["web"]},"any":{"namespaces":["*"]}}`
	e := newEKS(t, "dev", changes)
	maps.Copy(e.api.objects, richAPI().objects)
	delete(e.api.objects, namespacePath+"zio-lucene") // it is created
	got, err := run(e.options)
	require.NoError(t, err)
	golden(t, "testdata/dev-language.golden", strings.NewReplacer(e.url, "...", e.ca, "...").Replace(got.String()))
	assert.Empty(t, got.Log)
}

// TestCauseElsewhere proves that causes are found in other namespaces, and that the fix names the right store.
func TestCauseElsewhere(t *testing.T) {
	t.Parallel()
	failed := event("ExternalSecret", "tls", "UpdateFailed", "Secret does not exist", "2026-01-01T00:00:00Z")
	api := &apiServer{objects: map[string]any{namespacePath + "web/events": list(failed)}}
	api.match = func(r *http.Request) bool {
		return r.URL.Path != namespacePath+"web/events" || r.URL.Query().Get("fieldSelector") ==
			"type=Warning,involvedObject.kind=ExternalSecret,involvedObject.name=tls"
	}
	changes := rich()
	changes["kubeconfig"] = api.start(t)
	changes["stores"] = `{"parameters":{"service":"ParameterStore","region":"eu-west-1"}}`
	changes["secrets"] = `{"tls":{"store":"parameters","namespace":"web","data":{"k":"/tls/key"}}}`
	o := options(configtest.With(localConfig(t), changes))
	o.Hooks = graph.OnError
	got, err := run(o)
	require.NoError(t, err)
	assert.Equal(t, []string{"ExternalSecret web/tls: UpdateFailed: Secret does not exist; " +
		"create it in Parameter Store in eu-west-1, or correct its name"}, got.Log)
}

// TestForeignElsewhere proves that objects of others are found in every namespace.
func TestForeignElsewhere(t *testing.T) {
	t.Parallel()
	const web = operatorPath + "v1/namespaces/web/"
	api := &apiServer{objects: map[string]any{
		namespacePath + "web":         object("", "web", mine),
		namespacePath + "web/secrets": list(object("web", "localstack-credentials", "")),
		web + "secretstores":          list(object("web", "params", "")),
		web + "externalsecrets":       list(object("web", "tls", "")),
	}}
	_, err := run(options(configtest.With(localConfig(t), map[string]string{
		"kubeconfig": api.start(t), "stores": `{"params":{"service":"ParameterStore"}}`,
		"secrets": `{"tls":{"store":"params","namespace":"web","data":{"k":"/tls/key"}}}`,
	})))
	require.Error(t, err)
	const flag = " -n web --context k3d-eso-aws"
	assert.Contains(t, err.Error(), strings.Join([]string{
		`eso-aws:namespace: Secret "web/localstack-credentials" exists and does not belong to this stack; ` +
			`set another namespace, or run kubectl delete secret localstack-credentials` + flag,
		`eso-aws:secrets.tls: ExternalSecret "web/tls" exists and does not belong to this stack; set another name, ` +
			`or run kubectl delete externalsecret tls` + flag,
		`eso-aws:stores.params: SecretStore "web/params" exists and does not belong to this stack; set another name, ` +
			`or run kubectl delete secretstore params` + flag,
	}, "\n"))
}

// TestWarnings proves that warnings are printed and do not stop the program.
func TestWarnings(t *testing.T) {
	t.Parallel()
	kubeconfig := (&apiServer{}).start(t)
	got, err := run(options(configtest.With(localConfig(t), map[string]string{
		"kubeconfig": kubeconfig, "stores": `{"x":{}}`,
	})))
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(got.Log), "eso-aws:stores.x: is not used by any secret and is not created")
}

// TestVerifyOnce proves that an up does not wait for a changed Secret that the operator syncs only once.
func TestVerifyOnce(t *testing.T) {
	t.Parallel()
	old := notSynced(func(o map[string]any) { o["metadata"].(map[string]any)["generation"] = 2 })
	never := notSynced(func(o map[string]any) { o["status"].(map[string]any)["syncedResourceVersion"] = "" })
	for name, test := range map[string]struct {
		object map[string]any
		change map[string]string
		want   string
	}{
		"Interval":  {object: old, change: map[string]string{"refreshInterval": "0s"}},
		"Policy":    {object: old, change: map[string]string{"refreshPolicy": "CreatedOnce"}},
		"Periodic":  {object: old, change: map[string]string{"refreshPolicy": "Periodic"}, want: "not synced after 1s"},
		"NotYet":    {object: never, change: map[string]string{"refreshPolicy": "CreatedOnce"}, want: "not synced after 1s"},
		"OnChanges": {object: old, change: map[string]string{"refreshPolicy": "OnChange", "refreshInterval": "0s"}, want: "not synced after 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: map[string]any{externalSecretsPath + "datadog-api-key": test.object}}
			values := configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t), "timeout": "1s"})
			_, err := run(options(configtest.With(values, test.change)))
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}
