package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// TestLoadSettings: every short form, every full one, and the stack's defaults.
func TestLoadSettings(t *testing.T) {
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
	params := secretsync.StoreArgs{
		APIVersion: "external-secrets.io/v1", Name: "params", Service: "ParameterStore", Region: "eu-west-1",
		Namespaces: []string{"one"}, Timeout: got.Timeout, Auth: localStore("", "zio-lucene").Auth,
	}
	assert.Equal(t, []secretsync.StoreArgs{
		localStore("secrets", "also"), localStore("secrets", "one"), localStore("secrets", "two"),
		localStore("secrets", "zio-lucene"), params,
	}, stores(got))
	assert.Equal(t, map[string]bool{
		"also": true, "one": true, "two": true, "zio-lucene": true, "external-secrets": true,
	}, got.Namespaces)

	annotations := map[string]string{"example.com/a": "b"}
	store := secretsync.StoreRef{Kind: "SecretStore", Name: "secrets"}
	a := secretsync.ExternalSecretArgs{
		APIVersion: "external-secrets.io/v1", Name: "a", Target: "t", Namespace: "one", Store: store,
		Source: secretsync.Source{Data: map[string]stackfile.Remote{
			"k": {Key: "x", Property: "p.q", Version: "AWSPREVIOUS", Decode: "Base64"},
		}},
		RefreshPolicy: "Periodic", CreationPolicy: "Owner", DeletionPolicy: "Retain", Timeout: got.Timeout,
		Labels: map[string]string{"team": "search", "tier": "b"}, SecretAnnotations: annotations,
		Spec: map[string]any{"target": map[string]any{"immutable": true}, "n": 1},
	}
	twin := a
	twin.Namespace = "two"
	labels := map[string]string{"team": "search", "tier": "a"}
	assert.Equal(t, []secretsync.ExternalSecretArgs{a, twin, {
		APIVersion: "external-secrets.io/v1", Name: "b", Target: "b", Namespace: "zio-lucene", Store: store,
		Source: secretsync.Source{
			Extract: []stackfile.Extract{
				{Remote: stackfile.Remote{Key: "x"}},
				{Remote: stackfile.Remote{Key: "y"}, Rewrite: []stackfile.Rewrite{
					{Regexp: &stackfile.Regexp{Source: "^", Target: "p_"}}, {Merge: &stackfile.Merge{}},
				}},
			},
			Find: []stackfile.Find{{Path: "prod/"}},
		},
		Template:        &stackfile.Template{Type: "kubernetes.io/tls"},
		RefreshInterval: 2 * time.Hour, RefreshPolicy: "OnChange", CreationPolicy: "Orphan", DeletionPolicy: "Retain",
		Labels: labels, SecretAnnotations: annotations, Timeout: got.Timeout,
	}, {
		APIVersion: "external-secrets.io/v1", Name: "c", Target: "c", Namespace: "one",
		Store: secretsync.StoreRef{Kind: "ClusterSecretStore", Name: "params"},
		Source: secretsync.Source{
			Find: []stackfile.Find{{Path: "/p", Name: "^db"}, {Tags: map[string]string{"env": "prod"}}},
		},
		Template: &stackfile.Template{
			Data: map[string]string{"k": "{{ .x }}"}, MergePolicy: "Merge", Labels: map[string]string{"l": "{{ .x }}"},
		},
		RefreshInterval: 2 * time.Hour, RefreshPolicy: "OnChange", CreationPolicy: "Orphan", DeletionPolicy: "Retain",
		Labels: labels, SecretAnnotations: annotations, Timeout: got.Timeout,
	}}, secrets(got))
	assert.Same(t, got.Stores[2], got.Secrets[1].From)
	assert.Same(t, got.Stores[4], got.Secrets[3].From)
	require.Len(t, got.Warnings, 1)
	assert.Equal(t, "eso-aws:secrets.a.spec.n", got.Warnings[0].Path.String())
	assert.Equal(t, problem.Unknown, got.Warnings[0].Kind)
}
