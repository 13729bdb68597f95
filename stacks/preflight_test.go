package stacks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
)

const (
	namespacePath = "/api/v1/namespaces/"
	operatorPath  = "/apis/external-secrets.io/"
)

// TestNamespaces proves that a namespace is adopted only if it belongs to the stack.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	const letGo = `pulumi state delete 'urn:pulumi:local::eso-aws::kubernetes:core/v1:Namespace::zio-lucene' --target-dependents`
	dying := object("", "zio-lucene", mine)
	dying["metadata"].(map[string]any)["deletionTimestamp"] = "2026-01-01T00:00:00Z"

	for name, test := range map[string]struct {
		create  bool
		found   any
		made    bool
		refused string
	}{
		"NotThere": {create: true, made: true},
		"OurOwn":   {create: true, found: object("", "zio-lucene", mine), made: true},
		"Foreign": {
			create: true, found: object("", "zio-lucene", ""),
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" exists and does not belong to this stack; ` +
				`set create: false to use it unchanged`,
		},
		"OfAnotherStack": {
			create: true, found: object("", "zio-lucene", "acme/eso-aws/other"),
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" exists and belongs to stack ` +
				`acme/eso-aws/other; set create: false to use it unchanged; if this stack was renamed or moved, run kubectl ` +
				`annotate namespace zio-lucene eso-aws/stack=acme/eso-aws/local --overwrite --context k3d-eso-aws`,
		},
		"Terminating": {
			create: true, found: dying,
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" is being deleted; wait until it is gone; ` +
				`kubectl describe namespace zio-lucene --context k3d-eso-aws shows what delays it`,
		},
		"Used": {found: object("", "zio-lucene", "")},
		"UsedNotThere": {
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" does not exist; set create: true, ` +
				`or run kubectl create namespace zio-lucene --context k3d-eso-aws`,
		},
		"UsedOurOwn": {
			found: object("", "zio-lucene", mine),
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" belongs to this stack, which would delete ` +
				`it; set create: true, or, to keep it without this stack, run ` + letGo + ` and ` +
				`kubectl annotate namespace zio-lucene eso-aws/stack- --context k3d-eso-aws`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: map[string]any{}}
			if test.found != nil {
				api.set(namespacePath+"zio-lucene", test.found)
			}
			got, err := run(options(configtest.With(localConfig(t), map[string]string{
				"kubeconfig": api.start(t),
				"namespaces": fmt.Sprintf(`{"zio-lucene":{"create":%t}}`, test.create),
			})))
			if test.refused != "" {
				require.ErrorContains(t, err, test.refused)
				assert.Empty(t, got.Resources, "resources were registered")
				return
			}
			require.NoError(t, err)
			made := regexp.MustCompile(`(?m)^kubernetes:core/v1:Namespace zio-lucene$`).MatchString(got.String())
			assert.Equal(t, test.made, made)
		})
	}
}

// TestEveryNamespaceAtOnce proves that one error reports all wrong namespaces.
func TestEveryNamespaceAtOnce(t *testing.T) {
	t.Parallel()
	api := &apiServer{objects: map[string]any{
		namespacePath + "zio-lucene":       object("", "zio-lucene", ""),
		namespacePath + "external-secrets": object("", "external-secrets", ""),
	}}
	_, err := run(options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)})))
	require.ErrorContains(t, err, `namespace "external-secrets" exists`)
	require.ErrorContains(t, err, `namespace "zio-lucene" exists`)
}

// TestNamespaceThatIsNoLongerDeclared proves that the stack does not delete a namespace with everything in it
// because its last secret goes. Namespaces of others, and those that are being deleted, are none of its business.
func TestNamespaceThatIsNoLongerDeclared(t *testing.T) {
	t.Parallel()
	leaving := object("", "leaving", mine)
	leaving["metadata"].(map[string]any)["deletionTimestamp"] = "2026-01-01T00:00:00Z"
	api := &apiServer{objects: map[string]any{
		"/api/v1/namespaces": list(object("", "web", mine), object("", "others", ""), leaving),
	}}
	changes := map[string]string{"kubeconfig": api.start(t)}
	got, err := run(options(configtest.With(localConfig(t), changes)))
	require.ErrorContains(t, err, `eso-aws:namespaces.web: namespace "web" belongs to this stack but is no longer declared: `+
		"Pulumi would delete it with everything in it; set create: true and run pulumi up to keep it; after that, "+
		"to keep it without this stack, run pulumi state delete 'urn:pulumi:local::eso-aws::kubernetes:core/v1:Namespace::web' and "+
		"kubectl annotate namespace web eso-aws/stack- --context k3d-eso-aws; to delete it, run kubectl delete namespace web")
	assert.NotContains(t, err.Error(), "others")
	assert.NotContains(t, err.Error(), "leaving")
	assert.Empty(t, got.Resources)

	changes["namespaces"] = `{"web":{"create":true}}`
	api.set(namespacePath+"web", object("", "web", mine))
	_, err = run(options(configtest.With(localConfig(t), changes)))
	require.NoError(t, err)
}

func TestNoCluster(t *testing.T) {
	t.Parallel()
	const kubeconfig = `{clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}],
		contexts: [{name: k3d-eso-aws, context: {cluster: c, user: u}}], users: [{name: u, user: {}}]}`
	got, err := run(options(configtest.With(localConfig(t), map[string]string{"kubeconfig": kubeconfig})))
	require.ErrorContains(t, err, `cannot reach the cluster at http://127.0.0.1:1 (context "k3d-eso-aws"): `)
	require.ErrorContains(t, err, "start the cluster with `make k3d-up`")
	assert.Empty(t, got.Resources)
}

// TestWrongConfigRegistersNothing proves that a wrong configuration does not even register the provider.
func TestWrongConfigRegistersNothing(t *testing.T) {
	t.Parallel()
	got, err := run(options(configtest.With(localConfig(t), map[string]string{"region": "x", "typo": "y"})))
	require.ErrorContains(t, err, "checking the configuration of stack \"local\":\n"+
		"eso-aws:region: \"x\": must be an AWS region, such as eu-west-1\n"+
		"eso-aws:typo: unknown setting; available: accessKeyId")
	assert.Empty(t, got.Resources)
}

// TestForeignSecrets proves that keepCRDs: false is rejected if others use the CRDs, before the update and when
// the release is deleted.
func TestForeignSecrets(t *testing.T) {
	t.Parallel()
	const refused = `eso-aws:keepCRDs: false deletes the CRDs, and with them objects that do not belong to this stack: ` +
		`ExternalSecret a/1, ExternalSecret a/2, SecretStore a/store, ClusterSecretStore everyones, PushSecret a/push ` +
		`and 1 more; set keepCRDs: true, or delete these objects first`
	foreign := map[string]any{
		operatorPath + "v1/externalsecrets": list(
			object("a", "1", ""), object("zio-lucene", "datadog-api-key", mine), object("a", "2", "acme/eso-aws/other"),
		),
		operatorPath + "v1/secretstores":             list(object("a", "store", "")),
		operatorPath + "v1beta1/secretstores":        list(object("a", "store", "")),
		operatorPath + "v1beta1/clustersecretstores": list(object("", "everyones", "")),
		operatorPath + "v1alpha1/pushsecrets":        list(object("a", "push", "")),
		operatorPath + "v1alpha1/clusterpushsecrets": list(object("", "push", "")),
	}

	t.Run("Before", func(t *testing.T) {
		t.Parallel()
		api := &apiServer{objects: foreign}
		got, err := run(options(configtest.With(localConfig(t), map[string]string{
			"kubeconfig": api.start(t), "keepCRDs": "false",
		})))
		require.ErrorContains(t, err, refused)
		assert.Empty(t, got.Resources)
	})

	t.Run("Kept", func(t *testing.T) {
		t.Parallel()
		api := &apiServer{objects: foreign}
		got, err := run(options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)})))
		require.NoError(t, err)
		assert.NotContains(t, got.String(), "beforeDelete")
	})

	t.Run("AtDelete", func(t *testing.T) {
		t.Parallel()
		api := &apiServer{objects: map[string]any{
			operatorPath + "v1/externalsecrets": list(object("zio-lucene", "datadog-api-key", mine)),
		}}
		kubeconfig := api.start(t)
		options := options(configtest.With(localConfig(t), map[string]string{"kubeconfig": kubeconfig, "keepCRDs": "false"}))
		got, err := run(options)
		require.NoError(t, err)
		assert.Empty(t, got.Refused)
		golden(t, "testdata/local-without-crds.golden", text(got, kubeconfig))

		options.Hooks = graph.BeforeDelete
		options.BeforeHooks = func() {
			for path, objects := range foreign {
				api.set(path, objects)
			}
		}
		got, err = run(options)
		require.NoError(t, err)
		assert.Equal(t, []string{refused}, got.Refused)
	})
}

// TestSecretsStaySecret proves that values that are encrypted in the configuration are registered only as secrets.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	options := options(configtest.With(localConfig(t), map[string]string{
		"kubeconfig":      (&apiServer{}).start(t),
		"accessKeyId":     "hidden-id",
		"secretAccessKey": "hidden-key",
		"endpoint":        "http://hidden-host:1",
		"chartValues":     `{"podAnnotations":{"a":"hidden-value"}}`,
	}))
	for _, key := range []string{"accessKeyId", "secretAccessKey", "endpoint", "chartValues"} {
		options.Encrypted = append(options.Encrypted, "eso-aws:"+key)
	}
	got, err := run(options)
	require.NoError(t, err)

	whole := got.String()
	var plain string
	for _, resource := range got.Resources {
		for key, value := range resource.Inputs {
			if !value.IsSecret() {
				plain += fmt.Sprintln(key, value)
			}
		}
	}
	plain += fmt.Sprint(got.Outputs)
	require.Contains(t, plain, "localstack-credentials", "the plain inputs are missing")
	for _, secret := range []string{
		"aGlkZGVuLWlk", "aGlkZGVuLWtleQ==", "hidden-host", "hidden-value", "kubeconfig-token",
	} {
		assert.Contains(t, whole, secret, "it was not registered")
		assert.NotContains(t, plain, secret)
	}
}

// TestAmbientKubeconfig proves that the default kubeconfig is kubectl's, even with several files, and that the
// provider reads the same.
func TestAmbientKubeconfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte((&apiServer{}).start(t)), 0o600))
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "missing")+string(filepath.ListSeparator)+file)

	got, err := run(options(localConfig(t)))
	require.NoError(t, err)
	i := slices.IndexFunc(got.Resources, func(r *graph.Resource) bool {
		return r.URN.Type() == "pulumi:providers:kubernetes"
	})
	assert.Equal(t, resource.PropertyMap{
		"context":               resource.NewProperty("k3d-eso-aws"),
		"enableSecretMutable":   resource.NewProperty(true),
		"enableServerSideApply": resource.NewProperty(true),
		"kubeconfig":            resource.MakeSecret(resource.NewProperty("")),
	}, got.Resources[i].Inputs)
}

// TestNamesThatAreTaken proves that objects of others are not adopted, because a destroy would delete them.
func TestNamesThatAreTaken(t *testing.T) {
	t.Parallel()
	const in = namespacePath + "zio-lucene/"
	const custom = operatorPath + "v1/namespaces/zio-lucene/"
	ofOperator := object("zio-lucene", "datadog-api-key", "")
	ofOperator["metadata"].(map[string]any)["annotations"] = map[string]any{"reconcile.external-secrets.io/data-hash": "1"}
	for name, test := range map[string]struct {
		path    string
		found   any
		changes map[string]string
		refused string
	}{
		"Secret": {
			path: in + "secrets", found: list(object("zio-lucene", "localstack-credentials", "")),
			refused: `eso-aws:namespace: Secret "zio-lucene/localstack-credentials" exists and does not belong to this stack; ` +
				`set another namespace, or run kubectl delete secret localstack-credentials -n zio-lucene --context k3d-eso-aws`,
		},
		"TargetOfASecret": {
			path: in + "secrets", found: list(object("zio-lucene", "datadog-api-key", "")),
			refused: `eso-aws:secrets.datadog-api-key: Secret "zio-lucene/datadog-api-key" exists and does not belong to this ` +
				`stack; set another target, set creationPolicy: Merge to add keys to it, or, to replace it, run kubectl annotate secret ` +
				`datadog-api-key eso-aws/stack=acme/eso-aws/local --overwrite -n zio-lucene --context k3d-eso-aws`,
		},
		"TargetThatIsAddedTo": {
			path: in + "secrets", found: list(object("zio-lucene", "datadog-api-key", "")),
			changes: map[string]string{"creationPolicy": "Merge"},
		},
		"TargetOfTheOperator": {path: in + "secrets", found: list(ofOperator)},
		"TargetTakenOver":     {path: in + "secrets", found: list(object("zio-lucene", "datadog-api-key", mine))},
		"StoreOfAnotherName": {
			path: custom + "secretstores", found: list(object("zio-lucene", "localstack-secretsmanager", "acme/eso-aws/other")),
			refused: `eso-aws:namespace: SecretStore "zio-lucene/localstack-secretsmanager" exists and belongs to stack ` +
				`acme/eso-aws/other; set another namespace; if this stack was renamed or moved, run kubectl annotate secretstore ` +
				`localstack-secretsmanager eso-aws/stack=acme/eso-aws/local --overwrite -n zio-lucene --context k3d-eso-aws`,
		},
		"Store": {
			path: custom + "secretstores", found: list(object("zio-lucene", "localstack-secretsmanager", "")),
			refused: `eso-aws:namespace: SecretStore "zio-lucene/localstack-secretsmanager" exists and does not belong to this ` +
				`stack; set another namespace, or run kubectl delete secretstore localstack-secretsmanager -n zio-lucene ` +
				`--context k3d-eso-aws`,
		},
		"ExternalSecret": {
			path: custom + "externalsecrets", found: list(object("zio-lucene", "datadog-api-key", "")),
			refused: `eso-aws:secrets.datadog-api-key: ExternalSecret "zio-lucene/datadog-api-key" exists and does not belong ` +
				`to this stack; set another name, or run kubectl delete externalsecret datadog-api-key -n zio-lucene ` +
				`--context k3d-eso-aws`,
		},
		"OurOwn":     {path: custom + "externalsecrets", found: list(object("zio-lucene", "datadog-api-key", mine))},
		"OtherNames": {path: custom + "externalsecrets", found: list(object("zio-lucene", "another", ""))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: map[string]any{test.path: test.found}}
			changes := configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)})
			g, err := run(options(configtest.With(changes, test.changes)))
			if test.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.refused)
			assert.Empty(t, g.Resources)
		})
	}
}

// TestPreviewWithoutSecrets proves that users who cannot read Secrets can preview, but not deploy.
func TestPreviewWithoutSecrets(t *testing.T) {
	t.Parallel()
	for name, preview := range map[string]bool{"Preview": true, "Up": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &apiServer{objects: map[string]any{namespacePath + "zio-lucene/secrets": forbidden}}
			o := options(configtest.With(localConfig(t), map[string]string{"kubeconfig": api.start(t)}))
			o.Preview = preview
			_, err := run(o)
			if preview {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "/api/v1/namespaces/zio-lucene/secrets (context")
			require.ErrorContains(t, err, "403 Forbidden")
		})
	}
}
