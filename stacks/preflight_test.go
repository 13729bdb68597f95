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

// TestNamespaces: what exists is adopted only if it is the stack's own.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	const letGo = `pulumi state delete 'urn:pulumi:local::eso-aws::kubernetes:core/v1:Namespace::zio-lucene'`
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
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" exists and is not this stack's; ` +
				`write create: false, it is then used and left alone`,
		},
		"OfAnotherStack": {
			create: true, found: object("", "zio-lucene", "acme/eso-aws/other"),
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" exists and is of the stack acme/eso-aws/other; ` +
				`if that is this one under an earlier name, run: kubectl annotate namespace zio-lucene ` +
				`eso-aws/stack=acme/eso-aws/local --overwrite --context k3d-eso-aws; else write create: false, it is then ` +
				`used and left alone`,
		},
		"Terminating": {
			create: true, found: dying,
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" is being deleted; wait until it is gone, ` +
				`and see what holds it with: kubectl describe namespace zio-lucene --context k3d-eso-aws`,
		},
		"Used": {found: object("", "zio-lucene", "")},
		"UsedNotThere": {
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" does not exist; write create: true, ` +
				`or run: kubectl create namespace zio-lucene --context k3d-eso-aws`,
		},
		"UsedOurOwn": {
			found: object("", "zio-lucene", mine),
			refused: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" was created by this stack, which would now ` +
				`delete it; write create: true, or let go of it first: ` + letGo + ` and ` +
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
				assert.Empty(t, got.Resources, "something was registered")
				return
			}
			require.NoError(t, err)
			made := regexp.MustCompile(`(?m)^kubernetes:core/v1:Namespace zio-lucene$`).MatchString(got.String())
			assert.Equal(t, test.made, made)
		})
	}
}

// TestEveryNamespaceAtOnce: two wrong namespaces are two lines of one error.
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

func TestNoCluster(t *testing.T) {
	t.Parallel()
	const kubeconfig = `{clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}],
		contexts: [{name: k3d-eso-aws, context: {cluster: c, user: u}}], users: [{name: u, user: {}}]}`
	got, err := run(options(configtest.With(localConfig(t), map[string]string{"kubeconfig": kubeconfig})))
	require.ErrorContains(t, err, `cannot reach the cluster at http://127.0.0.1:1 (context "k3d-eso-aws"): `)
	require.ErrorContains(t, err, "start the cluster with `make k3d-up`")
	assert.Empty(t, got.Resources)
}

// TestWrongConfigRegistersNothing: not even the provider.
func TestWrongConfigRegistersNothing(t *testing.T) {
	t.Parallel()
	got, err := run(options(configtest.With(localConfig(t), map[string]string{"region": "x", "typo": "y"})))
	require.ErrorContains(t, err, "checking the configuration of stack \"local\":\n"+
		"eso-aws:region: \"x\": must be an AWS region, such as eu-west-1\n"+
		"eso-aws:typo: unknown setting; available: accessKeyId")
	assert.Empty(t, got.Resources)
}

// TestForeignSecrets: without keepCRDs nothing of others may be there, neither
// before the update nor when the release is deleted.
func TestForeignSecrets(t *testing.T) {
	t.Parallel()
	const refused = `eso-aws:keepCRDs: false: the operator's CRDs would go, and with them what is not this stack's: ` +
		`externalsecret a/1, externalsecret a/2, secretstore a/store, clustersecretstore everyones, pushsecret a/push ` +
		`and 1 more; write keepCRDs: true, or delete these first`
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

// TestSecretsStaySecret: what is encrypted in the configuration is registered
// as a secret, and as nothing else.
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
	require.Contains(t, plain, "localstack-credentials", "plain inputs are not seen")
	for _, secret := range []string{
		"aGlkZGVuLWlk", "aGlkZGVuLWtleQ==", "hidden-host", "hidden-value", "kubeconfig-token",
	} {
		assert.Contains(t, whole, secret, "it went nowhere")
		assert.NotContains(t, plain, secret)
	}
}

// TestAmbientKubeconfig: where none is configured it is kubectl's, several files
// included, and the provider is left to read the same.
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

// TestNamesThatAreTaken: what others have made is not made over, which would delete it later.
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
			refused: `eso-aws:namespace: Secret "zio-lucene/localstack-credentials" exists and is not this stack's; write ` +
				`another namespace, or delete it first: kubectl delete secret localstack-credentials -n zio-lucene --context k3d-eso-aws`,
		},
		"TargetOfASecret": {
			path: in + "secrets", found: list(object("zio-lucene", "datadog-api-key", "")),
			refused: `eso-aws:secrets.datadog-api-key: Secret "zio-lucene/datadog-api-key" exists and is not this stack's; ` +
				`write another target, or creationPolicy: Merge to add to it, or have it taken over: kubectl annotate secret ` +
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
			refused: `eso-aws:namespace: SecretStore "zio-lucene/localstack-secretsmanager" exists and is of the stack ` +
				`acme/eso-aws/other; if that is this one under an earlier name, run: kubectl annotate secretstore ` +
				`localstack-secretsmanager eso-aws/stack=acme/eso-aws/local --overwrite -n zio-lucene --context k3d-eso-aws; ` +
				`else write another namespace`,
		},
		"Store": {
			path: custom + "secretstores", found: list(object("zio-lucene", "localstack-secretsmanager", "")),
			refused: `eso-aws:namespace: SecretStore "zio-lucene/localstack-secretsmanager" exists and is not this stack's; ` +
				`write another namespace, or delete it first: kubectl delete secretstore localstack-secretsmanager -n zio-lucene ` +
				`--context k3d-eso-aws`,
		},
		"ExternalSecret": {
			path: custom + "externalsecrets", found: list(object("zio-lucene", "datadog-api-key", "")),
			refused: `eso-aws:secrets.datadog-api-key: ExternalSecret "zio-lucene/datadog-api-key" exists and is not this ` +
				`stack's; write another name, or delete it first: kubectl delete externalsecret datadog-api-key -n zio-lucene ` +
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

// TestPreviewWithoutSecrets: who may not read Secrets can preview, and can not deploy.
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
