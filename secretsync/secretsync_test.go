package secretsync_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
	"eso-aws/internal/kube"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

func register(program pulumi.RunFunc) (*graph.Mocks, error) {
	mocks := &graph.Mocks{}
	return mocks, pulumi.RunErr(program, pulumi.WithMocks("p", "s", mocks))
}

func TestNewStore(t *testing.T) {
	t.Parallel()
	got, err := register(func(ctx *pulumi.Context) error {
		store, err := secretsync.NewStore(ctx, "store", &secretsync.StoreArgs{
			APIVersion: "external-secrets.io/v1", Name: "store", Namespace: "here", Region: "eu-west-1",
			Auth: secretsync.Auth{
				Credentials: &secretsync.Credentials{SecretName: "s", AccessKeyIDKey: "i", SecretAccessKeyKey: "k"},
			},
			Timeout: kube.Timeout(time.Minute),
		})
		if err == nil {
			assert.Equal(t, secretsync.StoreRef{Kind: "SecretStore", Name: "store"}, store.Ref)
		}
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, `eso-aws:secretsync:Store store
  parent: pulumi:pulumi:Stack p-s

kubernetes:external-secrets.io/v1:SecretStore store
  parent: eso-aws:secretsync:Store store
  timeouts: create 1m0s, update 1m0s, delete 1m0s
  inputs:
    apiVersion: external-secrets.io/v1
    kind: SecretStore
    metadata:
      annotations:
        pulumi.com/waitFor: condition=Ready
      name: store
      namespace: here
    spec:
      provider:
        aws:
          auth:
            secretRef:
              accessKeyIDSecretRef:
                key: i
                name: s
              secretAccessKeySecretRef:
                key: k
                name: s
          region: eu-west-1
          service: SecretsManager
`, got.String())
}

func TestNewExternalSecret(t *testing.T) {
	t.Parallel()
	got, err := register(func(ctx *pulumi.Context) error {
		_, err := secretsync.NewExternalSecret(ctx, "keys", &secretsync.ExternalSecretArgs{
			APIVersion: "external-secrets.io/v1beta1", Name: "keys", Namespace: "here",
			Store:           secretsync.StoreRef{Kind: "SecretStore", Name: "store"},
			Annotations:     map[string]string{"mine": "yes"},
			RefreshInterval: 90 * time.Minute,
			Source:          secretsync.Source{Data: map[string]stackfile.Remote{"b": {Key: "x/b"}, "a": {Key: "x/a"}, "C": {Key: "x/c"}}},
		})
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, `eso-aws:secretsync:ExternalSecret keys
  parent: pulumi:pulumi:Stack p-s

kubernetes:external-secrets.io/v1beta1:ExternalSecret keys
  parent: eso-aws:secretsync:ExternalSecret keys
  inputs:
    apiVersion: external-secrets.io/v1beta1
    kind: ExternalSecret
    metadata:
      annotations:
        mine: "yes"
        pulumi.com/waitFor: '["condition=Ready","jsonpath={.status.binding.name}=keys"]'
      name: keys
      namespace: here
    spec:
      data:
        - remoteRef:
            key: x/c
          secretKey: C
        - remoteRef:
            key: x/a
          secretKey: a
        - remoteRef:
            key: x/b
          secretKey: b
      refreshInterval: 1h30m0s
      secretStoreRef:
        kind: SecretStore
        name: store
      target:
        creationPolicy: Owner
        name: keys
`, got.String())
}

// TestNewExternalSecretCredentials: the secret waits for the annotation with the credentials
// of its store.
func TestNewExternalSecretCredentials(t *testing.T) {
	t.Parallel()
	got, err := register(func(ctx *pulumi.Context) error {
		args := secretsync.ExternalSecretArgs{
			APIVersion: "external-secrets.io/v1", Name: "keys", Target: "filled", Namespace: "here",
			Labels: map[string]string{"team": "a"}, SecretAnnotations: map[string]string{"theirs": "yes"},
			Store:       secretsync.StoreRef{Kind: "ClusterSecretStore", Name: "store"},
			Source:      secretsync.Source{Data: map[string]stackfile.Remote{"a": {Key: "x/a"}}},
			Credentials: pulumi.String("7").ToStringOutput(),
		}
		_, err := secretsync.NewExternalSecret(ctx, "keys", &args)
		return err
	})
	require.NoError(t, err)
	i := slices.IndexFunc(got.Resources(), func(r *graph.Resource) bool { return r.URN.Type() != "eso-aws:secretsync:ExternalSecret" })
	assert.Equal(t, map[string]any{
		"name": "keys", "namespace": "here", "labels": map[string]any{"team": "a"},
		"annotations": map[string]any{
			"theirs": "yes", "eso-aws/credentials": "7",
			"pulumi.com/waitFor": `["condition=Ready","jsonpath={.status.binding.name}=filled",` +
				`"jsonpath={.metadata.annotations['eso-aws/credentials']}=7"]`,
		},
	}, got.Resources()[i].Inputs["metadata"].Mappable())
}

// TestStoreSpec: the namespaces that may use a ClusterSecretStore, and the references to
// credentials, which have a namespace in a ClusterSecretStore only.
func TestStoreSpec(t *testing.T) {
	t.Parallel()
	credentials := secretsync.Auth{Credentials: &secretsync.Credentials{
		Namespace: "keys", SecretName: "s", AccessKeyIDKey: "i", SecretAccessKeyKey: "k",
	}}
	account := secretsync.Auth{ServiceAccount: &secretsync.ServiceAccount{Namespace: "here", Name: "reader"}}
	type object = map[string]any
	aws := func(more object) object {
		provider := object{"service": "SecretsManager", "region": "eu-west-1"}
		maps.Copy(provider, more)
		return object{"provider": object{"aws": provider}}
	}
	ref := func(more object) object { return object{"auth": object{"jwt": object{"serviceAccountRef": more}}} }
	restricted := aws(object{"role": "arn", "service": "ParameterStore"})
	restricted["conditions"] = []any{object{"namespaces": []string{"a", "b"}}}
	for name, test := range map[string]struct {
		args secretsync.StoreArgs
		want object
	}{
		"Own":              {secretsync.StoreArgs{Region: "eu-west-1"}, aws(nil)},
		"Restricted":       {secretsync.StoreArgs{Region: "eu-west-1", Role: "arn", Service: "ParameterStore", Namespaces: []string{"a", "b"}}, restricted},
		"Account":          {secretsync.StoreArgs{Region: "eu-west-1", Namespace: "here", Auth: account}, aws(ref(object{"name": "reader"}))},
		"AccountOfCluster": {secretsync.StoreArgs{Region: "eu-west-1", Auth: account}, aws(ref(object{"name": "reader", "namespace": "here"}))},
		"CredentialsOfCluster": {
			secretsync.StoreArgs{Region: "eu-west-1", Auth: credentials},
			aws(object{"auth": object{"secretRef": object{
				"accessKeyIDSecretRef":     object{"name": "s", "key": "i", "namespace": "keys"},
				"secretAccessKeySecretRef": object{"name": "s", "key": "k", "namespace": "keys"},
			}}}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, secretsync.StoreSpec(&test.args))
		})
	}
}

// TestSpecMergedLast: maps are merged, other values are replaced, and the argument stays
// unchanged.
func TestSpecMergedLast(t *testing.T) {
	t.Parallel()
	given := map[string]any{"target": map[string]any{"immutable": true}, "data": []any{1}, "more": "x"}
	got := secretsync.SecretSpec(&secretsync.ExternalSecretArgs{
		Name: "a", Spec: given, Source: secretsync.Source{Data: map[string]stackfile.Remote{"k": {Key: "x"}}},
	})
	assert.Equal(t, map[string]any{
		"refreshInterval": "0s", "secretStoreRef": map[string]any{"kind": "", "name": ""}, "more": "x", "data": []any{1},
		"target": map[string]any{"name": "a", "creationPolicy": "Owner", "immutable": true},
	}, got)
	assert.Equal(t, map[string]any{"target": map[string]any{"immutable": true}, "data": []any{1}, "more": "x"}, given)
}

// TestRawTemplate: a template of the raw spec keeps the labels, the annotations and other data.
func TestRawTemplate(t *testing.T) {
	t.Parallel()
	raw := func(template map[string]any) map[string]any {
		return map[string]any{"target": map[string]any{"template": template}}
	}
	labels, annotations := map[string]string{"team": "shop"}, map[string]string{"contact": "ops"}
	for name, test := range map[string]struct {
		Template  *stackfile.Template
		Raw, Want map[string]any
	}{
		"Alone": {
			nil, map[string]any{"engineVersion": "v2"}, map[string]any{
				"engineVersion": "v2", "metadata": map[string]any{
					"labels": map[string]any{"team": "shop"}, "annotations": map[string]any{"contact": "ops"},
				},
			},
		},
		"OverOne": {
			&stackfile.Template{Data: map[string]string{"a": "1", "b": "2"}, Labels: map[string]string{"app": "web"}},
			map[string]any{
				"data": map[string]any{"b": "3"}, "metadata": map[string]any{"labels": map[string]any{"raw": "yes", "team": "raw"}},
			},
			map[string]any{
				"data": map[string]any{"a": "1", "b": "3"}, "metadata": map[string]any{
					"labels":      map[string]any{"team": "raw", "app": "web", "raw": "yes"},
					"annotations": map[string]any{"contact": "ops"},
				},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := secretsync.SecretSpec(&secretsync.ExternalSecretArgs{
				Name: "a", Labels: labels, SecretAnnotations: annotations, Template: test.Template, Spec: raw(test.Raw),
			})
			assert.Equal(t, map[string]any{"name": "a", "creationPolicy": "Owner", "template": test.Want}, got["target"])
		})
	}
}

// TestCanonicalInterval: the operator would rewrite any other format.
func TestCanonicalInterval(t *testing.T) {
	t.Parallel()
	for want, given := range map[string]time.Duration{
		"1h0m0s": time.Hour, "0s": 0, "1m30s": 90 * time.Second, "24h0m0s": 24 * time.Hour, "1.5s": 1500 * time.Millisecond,
	} {
		got := secretsync.SecretSpec(&secretsync.ExternalSecretArgs{RefreshInterval: given})
		assert.Equal(t, want, got["refreshInterval"])
	}
}

func TestChecksFirst(t *testing.T) {
	t.Parallel()
	got, err := register(func(ctx *pulumi.Context) error {
		_, err := secretsync.NewStore(ctx, "store", &secretsync.StoreArgs{
			Name: "store", Namespace: "here",
			Auth: secretsync.Auth{Credentials: &secretsync.Credentials{}, ServiceAccount: &secretsync.ServiceAccount{
				Namespace: "there", Name: "account",
			}},
		})
		return err
	})
	require.ErrorContains(t, err, `checking store "store": apiVersion: is required
auth: credentials cannot be combined with serviceAccount; set only one of them
auth.credentials.accessKeyIDKey: is required
auth.credentials.secretAccessKeyKey: is required
auth.credentials.secretName: is required
auth.serviceAccount.namespace: "there": must be the namespace of the store; set it to here
region: is required`)
	assert.Empty(t, got.Resources())

	got, err = register(func(ctx *pulumi.Context) error {
		_, err := secretsync.NewExternalSecret(ctx, "a", &secretsync.ExternalSecretArgs{RefreshInterval: -time.Second})
		return err
	})
	require.ErrorContains(t, err, `checking external secret "a": apiVersion: is required
name: is required
namespace: is required
refreshInterval: "-1s": must not be negative; set it to 0 to sync once
source: must not be empty; set data, extract or find
store.kind: is required
store.name: is required`)
	assert.Empty(t, got.Resources())
}
