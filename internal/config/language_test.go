package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/stackfile"
)

// TestLoadLanguage: every short form, every full one, and the stack's defaults.
func TestLoadLanguage(t *testing.T) {
	t.Parallel()
	got, err := load(configtest.With(localConfig(t), map[string]string{
		"refreshInterval": "2h", "refreshPolicy": "OnChange", "creationPolicy": "Orphan", "deletionPolicy": "Retain",
		"labels": `{"team":"search","tier":"a"}`, "annotations": `{"example.com/a":"b"}`,
		"store":  `{"name":"secrets","namespaces":["also"]}`,
		"stores": `{"params":{"service":"ParameterStore","region":"eu-west-1","scope":"cluster"}}`,
		"secrets": `{
			"a": {"data": {"k": {"key":"x","property":"p.q","version":"AWSPREVIOUS","decode":"Base64"}},
				"namespaces": ["two","one"], "target": "t", "creationPolicy": "Owner", "refreshPolicy": "Periodic",
				"refreshInterval": "0s", "labels": {"tier":"b"}, "spec": {"target":{"immutable":true},"n":1}},
			"b": {"extract": ["x", {"key":"y","rewrite":[{"regexp":{"source":"^","target":"p_"}},{"merge":{}}]}],
				"find": "prod/", "template": "kubernetes.io/tls"},
			"c": {"store": "params", "namespace": "one", "find": [{"path":"/p","name":"^db"},{"tags":{"env":"prod"}}],
				"template": {"data":{"k":"{{ .x }}"},"mergePolicy":"Merge","labels":{"l":"{{ .x }}"}}}
		}`,
	}))
	require.NoError(t, err)
	assert.Equal(t, []config.Store{
		{Name: "secrets", Namespace: "also", Default: true, Service: "SecretsManager", Region: "us-east-1"},
		{Name: "secrets", Namespace: "one", Default: true, Service: "SecretsManager", Region: "us-east-1"},
		{Name: "secrets", Namespace: "two", Default: true, Service: "SecretsManager", Region: "us-east-1"},
		{Name: "secrets", Namespace: "zio-lucene", Default: true, Service: "SecretsManager", Region: "us-east-1"},
		{Name: "params", Service: "ParameterStore", Region: "eu-west-1", Namespaces: []string{"one"}},
	}, got.Stores)
	assert.Equal(t, map[string]bool{
		"also": true, "one": true, "two": true, "zio-lucene": true, "external-secrets": true,
	}, got.Namespaces)

	annotations := map[string]string{"example.com/a": "b"}
	a := config.Secret{
		Name: "a", Target: "t", Namespace: "one", Store: "secrets",
		Data: map[string]stackfile.Remote{
			"k": {Key: "x", Property: "p.q", Version: "AWSPREVIOUS", Decode: "Base64"},
		},
		RefreshPolicy: "Periodic", CreationPolicy: "Owner", DeletionPolicy: "Retain",
		Labels: map[string]string{"team": "search", "tier": "b"}, Annotations: annotations,
		Spec: map[string]any{"target": map[string]any{"immutable": true}, "n": 1},
	}
	twin := a
	twin.Namespace = "two"
	labels := map[string]string{"team": "search", "tier": "a"}
	assert.Equal(t, []config.Secret{a, twin, {
		Name: "b", Target: "b", Namespace: "zio-lucene", Store: "secrets",
		Extract: []stackfile.Extract{
			{Remote: stackfile.Remote{Key: "x"}},
			{Remote: stackfile.Remote{Key: "y"}, Rewrite: []stackfile.Rewrite{
				{Regexp: &stackfile.Regexp{Source: "^", Target: "p_"}}, {Merge: &stackfile.Merge{}},
			}},
		},
		Find:            []stackfile.Find{{Path: "prod/"}},
		Template:        &stackfile.Template{Type: "kubernetes.io/tls"},
		RefreshInterval: 2 * time.Hour, RefreshPolicy: "OnChange", CreationPolicy: "Orphan", DeletionPolicy: "Retain",
		Labels: labels, Annotations: annotations,
	}, {
		Name: "c", Target: "c", Namespace: "one", Store: "params",
		Find: []stackfile.Find{{Path: "/p", Name: "^db"}, {Tags: map[string]string{"env": "prod"}}},
		Template: &stackfile.Template{
			Data: map[string]string{"k": "{{ .x }}"}, MergePolicy: "Merge", Labels: map[string]string{"l": "{{ .x }}"},
		},
		RefreshInterval: 2 * time.Hour, RefreshPolicy: "OnChange", CreationPolicy: "Orphan", DeletionPolicy: "Retain",
		Labels: labels, Annotations: annotations,
	}}, got.Secrets)
	assert.Equal(t, &got.Stores[2], got.StoreOf(&got.Secrets[1]))
	assert.Equal(t, &got.Stores[4], got.StoreOf(&got.Secrets[3]))
	assert.Equal(t, []config.Warning{{
		Path: "eso-aws:secrets.a.spec.n",
		Text: "unknown field as of chart 2.9.0, the newest known; available: data, dataFrom, refreshInterval, " +
			"refreshPolicy, secretStoreRef, syncWindows, target",
	}}, got.Warnings)
}

func TestSecretKeys(t *testing.T) {
	t.Parallel()
	data := map[string]stackfile.Remote{"b": {Key: "x"}, "a": {Key: "y"}}
	extract := []stackfile.Extract{{Remote: stackfile.Remote{Key: "x"}}}
	made := map[string]string{"c": "{{ .a }}"}
	for name, test := range map[string]struct {
		secret config.Secret
		keys   []string
		known  bool
	}{
		"Data":             {config.Secret{Data: data}, []string{"a", "b"}, true},
		"Extract":          {config.Secret{Data: data, Extract: extract}, []string{"a", "b"}, false},
		"Find":             {config.Secret{Find: []stackfile.Find{{Path: "x/"}}}, nil, false},
		"Template":         {config.Secret{Extract: extract, Template: &stackfile.Template{Data: made}}, []string{"c"}, true},
		"TemplateOfType":   {config.Secret{Data: data, Template: &stackfile.Template{Type: "t"}}, []string{"a", "b"}, true},
		"TemplateMerged":   {config.Secret{Data: data, Template: &stackfile.Template{Data: made, MergePolicy: "Merge"}}, []string{"a", "b", "c"}, true},
		"MergedIntoOthers": {config.Secret{Data: data, CreationPolicy: "Merge"}, []string{"a", "b"}, false},
		"LeftOut":          {config.Secret{Data: data, DeletionPolicy: "Delete"}, []string{"a", "b"}, false},
		"Raw":              {config.Secret{Spec: map[string]any{"dataFrom": []any{}}}, nil, false},
		"RawTemplate":      {config.Secret{Data: data, Spec: map[string]any{"target": map[string]any{"template": 1}}}, []string{"a", "b"}, false},
		"RawTarget":        {config.Secret{Data: data, Spec: map[string]any{"target": map[string]any{"immutable": true}}}, []string{"a", "b"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, known := test.secret.Keys()
			assert.Equal(t, test.keys, keys)
			assert.Equal(t, test.known, known)
		})
	}
}

func TestSecretOnce(t *testing.T) {
	t.Parallel()
	for want, secrets := range map[bool][]config.Secret{
		true:  {{}, {RefreshPolicy: "Periodic"}, {RefreshPolicy: "CreatedOnce", RefreshInterval: time.Hour}},
		false: {{RefreshInterval: time.Hour}, {RefreshPolicy: "OnChange"}},
	} {
		for _, secret := range secrets {
			assert.Equal(t, want, secret.Once(), "%+v", secret)
		}
	}
}
