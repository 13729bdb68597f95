package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/kube"
	"eso-aws/internal/plan"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// localConfig is the committed Pulumi.local.yaml as Pulumi hands it over.
func localConfig(t *testing.T) map[string]string {
	t.Helper()
	return configtest.File(t, "../../Pulumi.local.yaml")
}

func load(values map[string]string, encrypted ...string) (*plan.Plan, error) {
	return config.Load(configtest.Input(values, encrypted...))
}

// localStore is the default store of target local in a namespace.
func localStore(name, namespace string) secretsync.StoreArgs {
	return secretsync.StoreArgs{
		APIVersion: "external-secrets.io/v1", Name: name, Namespace: namespace,
		Service: "SecretsManager", Region: "us-east-1", Timeout: kube.Timeout(5 * time.Minute),
		Auth: secretsync.Auth{Credentials: &secretsync.Credentials{
			Namespace: namespace, SecretName: "localstack-credentials",
			AccessKeyIDKey: "access-key", SecretAccessKeyKey: "secret-key",
		}},
	}
}

// stores and secrets are the arguments of a plan's components.
func stores(p *plan.Plan) []secretsync.StoreArgs {
	var all []secretsync.StoreArgs
	for _, store := range p.Stores {
		all = append(all, store.StoreArgs)
	}
	return all
}

func secrets(p *plan.Plan) []secretsync.ExternalSecretArgs {
	var all []secretsync.ExternalSecretArgs
	for _, secret := range p.Secrets {
		all = append(all, secret.ExternalSecretArgs)
	}
	return all
}

func chartOf(p *plan.Plan) string {
	c := p.Chart
	return fmt.Sprintf("%s %s %s %t", c.Reference, c.Repository, c.Version, c.Known)
}

func TestLoadLocal(t *testing.T) {
	t.Parallel()
	got, err := load(localConfig(t))
	require.NoError(t, err)
	assert.False(t, got.OnEKS())
	assert.Empty(t, got.Auth())
	assert.Equal(t, plan.Cluster{}, got.Cluster)
	assert.Equal(t, "us-east-1", got.Region)
	assert.Equal(t, map[string]bool{"zio-lucene": true, "external-secrets": true}, got.Namespaces)
	assert.Equal(t, "external-secrets https://charts.external-secrets.io "+got.File.Default("chartVersion")+" true", chartOf(got))
	assert.Equal(t, "external-secrets.io/v1", got.APIVersion)
	assert.Equal(t, "http://host.k3d.internal:4566", got.Endpoint)
	assert.Equal(t, kube.Timeout(5*time.Minute), got.Timeout)
	assert.False(t, got.SecretValues())
	assert.Equal(t, []secretsync.StoreArgs{localStore("localstack-secretsmanager", "zio-lucene")}, stores(got))
	assert.True(t, got.Stores[0].Source.Default)
	assert.Equal(t, []secretsync.ExternalSecretArgs{{
		APIVersion: "external-secrets.io/v1", Name: "datadog-api-key", Target: "datadog-api-key", Namespace: "zio-lucene",
		Store: secretsync.StoreRef{Kind: "SecretStore", Name: "localstack-secretsmanager"},
		Source: secretsync.Source{
			Data: map[string]stackfile.Remote{"api-key": {Key: "zio-lucene/datadog-api-key"}},
		},
		RefreshInterval: time.Hour, CreationPolicy: "Owner", Timeout: kube.Timeout(5 * time.Minute),
	}}, secrets(got))
	file := got.File
	assert.Equal(t, "k3d-eso-aws", file.KubeContext)
	assert.Equal(t, "test", file.AccessKeyID)
	assert.Equal(t, "test", file.SecretAccessKey)
	assert.True(t, file.KeepCRDs)
	assert.Empty(t, file.Kubeconfig)
	assert.Empty(t, file.ChartValues)
	assert.Empty(t, got.Warnings)
}

func TestLoadEverything(t *testing.T) {
	t.Parallel()
	got, err := load(configtest.With(localConfig(t), map[string]string{
		"kubeconfig":      "~/.kube/other",
		"namespaces":      `{"zio-lucene":{"create":false},"external-secrets":{}}`,
		"chart":           "oci://ghcr.io/external-secrets/charts/external-secrets",
		"chartVersion":    "v1.3.2",
		"chartValues":     `{"crds":{"unsafeServeV1Beta1":true},"replicaCount":2,"extraArgs":{"half":0.5,"list":[1,{"a":"b"}]}}`,
		"keepCRDs":        "false",
		"apiVersion":      "external-secrets.io/v1beta1",
		"endpoint":        "https://localhost:4566/",
		"accessKeyId":     "AKIA",
		"secretAccessKey": "s3cr3t",
		"timeout":         "90s",
		"refreshInterval": "0",
		"secrets": `{"b":{"data":{"K_1":"x/y","k.2":"arn:aws:secretsmanager:us-east-1:000000000000:secret:a-AbCdEf"}},
			"a.b":{"data":{"k":"v"},"refreshInterval":"90m"}}`,
	}), "eso-aws:chartValues", "eso-aws:kubeconfig")
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"zio-lucene": false, "external-secrets": true}, got.Namespaces)
	assert.Equal(t, "oci://ghcr.io/external-secrets/charts/external-secrets  1.3.2 true", chartOf(got))
	assert.Equal(t, "external-secrets.io/v1beta1", got.APIVersion)
	assert.Equal(t, "https://localhost:4566", got.Endpoint)
	assert.Equal(t, kube.Timeout(90*time.Second), got.Timeout)
	assert.True(t, got.SecretValues())
	file := got.File
	assert.Equal(t, "~/.kube/other AKIA s3cr3t", file.Kubeconfig+" "+file.AccessKeyID+" "+file.SecretAccessKey)
	assert.False(t, file.KeepCRDs)
	assert.Equal(t, map[string]any{
		"crds":         map[string]any{"unsafeServeV1Beta1": true},
		"replicaCount": 2, "extraArgs": map[string]any{"half": 0.5, "list": []any{1, map[string]any{"a": "b"}}},
	}, file.ChartValues)
	store := localStore("localstack-secretsmanager", "zio-lucene")
	store.APIVersion, store.Timeout = "external-secrets.io/v1beta1", got.Timeout
	assert.Equal(t, []secretsync.StoreArgs{store}, stores(got))
	secret := func(name string, interval time.Duration, data map[string]stackfile.Remote) secretsync.ExternalSecretArgs {
		return secretsync.ExternalSecretArgs{
			APIVersion: "external-secrets.io/v1beta1", Name: name, Target: name, Namespace: "zio-lucene",
			Store:  secretsync.StoreRef{Kind: "SecretStore", Name: "localstack-secretsmanager"},
			Source: secretsync.Source{Data: data}, RefreshInterval: interval, CreationPolicy: "Owner", Timeout: got.Timeout,
		}
	}
	assert.Equal(t, []secretsync.ExternalSecretArgs{
		secret("a.b", 90*time.Minute, map[string]stackfile.Remote{"k": {Key: "v"}}),
		secret("b", 0, map[string]stackfile.Remote{
			"K_1": {Key: "x/y"}, "k.2": {Key: "arn:aws:secretsmanager:us-east-1:000000000000:secret:a-AbCdEf"},
		}),
	}, secrets(got))
}

func TestLoadAPIVersionFollowsTheChart(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"0.9.20": "external-secrets.io/v1beta1",
		"0.15.1": "external-secrets.io/v1beta1",
		"0.16.0": "external-secrets.io/v1",
		"0.17.0": "external-secrets.io/v1",
		"2.14.0": "external-secrets.io/v1",
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			got, err := load(configtest.With(localConfig(t), map[string]string{"chartVersion": version}))
			require.NoError(t, err)
			assert.Equal(t, want, got.APIVersion)
		})
	}
}

func TestLoadServesBothAt016(t *testing.T) {
	t.Parallel()
	got, err := load(configtest.With(localConfig(t), map[string]string{
		"chartVersion": "0.16.1", "apiVersion": "external-secrets.io/v1beta1",
	}))
	require.NoError(t, err)
	assert.Equal(t, "external-secrets.io/v1beta1", got.APIVersion)
}

// TestLoadIgnoresOtherNamespaces: settings of providers are not ours to check.
func TestLoadIgnoresOtherNamespaces(t *testing.T) {
	t.Parallel()
	values := localConfig(t)
	values["aws:region"], values["kubernetes:context"], values["eso-aws2:x"] = "x", "y", "z"
	_, err := load(values)
	assert.NoError(t, err)
}

// TestLoadSaysEverythingAtOnce: in the order of the paths, one problem a line.
func TestLoadSaysEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(map[string]string{
		"eso-aws:regoin":      "us-east-1",
		"eso-aws:keepCRDs":    "yes",
		"eso-aws:secrets":     `{"B":{"data":{"a b":"c d"}},"a":{}}`,
		"eso-aws:accessKeyId": "two words",
	})
	assert.EqualError(t, err, strings.Join([]string{
		`eso-aws:accessKeyId: [secret]: must not contain spaces or line breaks; write the value alone`,
		`eso-aws:keepCRDs: "yes": must be true or false`,
		`eso-aws:namespace: is required; set it to the namespace of the secrets, such as payments`,
		`eso-aws:region: is required; set it to an AWS region, such as us-east-1`,
		`eso-aws:regoin: unknown setting; did you mean region?`,
		`eso-aws:secrets.B: "B": must be a valid Kubernetes name (lowercase letters, digits, "-" and ".", at most 253 ` +
			`characters)`,
		`eso-aws:secrets.B.data["a b"]: "a b": must be a valid key of a Secret (letters, digits, "-", "_" and ".", ` +
			`at most 253 characters, not starting with "..")`,
		`eso-aws:secrets.a: has no source; set data: {<key>: <name in AWS>}, extract: <name in AWS>, or find`,
		`eso-aws:target: is required; set it to local or eks`,
	}, "\n"))
}

// TestProjectFile keeps Pulumi.yaml and the program the same: each key is
// declared, described and defaulted, and the CLI's own checks, which come first
// and one at a time, have nothing to say of what is missing.
func TestProjectFile(t *testing.T) {
	t.Parallel()
	type declaration struct {
		Type, Description string
		Default           any
	}
	content, err := os.ReadFile("../../Pulumi.yaml")
	require.NoError(t, err)
	var project struct {
		Name   string
		Config map[string]declaration
	}
	require.NoError(t, yaml.Unmarshal(content, &project))
	assert.Equal(t, "eso-aws", project.Name)

	defaults, described := map[string]string{}, map[string]string{}
	for key, declared := range project.Config {
		described[key] = declared.Description
		text, isText := declared.Default.(string)
		if !isText {
			encoded, err := json.Marshal(declared.Default)
			require.NoError(t, err)
			text = string(encoded)
		}
		if text == "{}" {
			assert.Empty(t, declared.Type, key) // what an object holds is checked here
			continue
		}
		assert.NotEmpty(t, declared.Type, key)
		defaults["eso-aws:"+key] = text
	}
	for key, description := range described {
		assert.NotEmpty(t, description, key)
	}

	base := configtest.With(localConfig(t), map[string]string{"kubeContext": ""})
	own, err := load(base)
	require.NoError(t, err)
	for key, value := range defaults {
		if _, ok := base[key]; !ok {
			base[key] = value
		}
	}
	declared, err := load(base)
	require.NoError(t, err)
	assert.Equal(t, own.File.File, declared.File.File)
	assert.Equal(t, chartOf(own), chartOf(declared))
	own.File, declared.File, own.Chart, declared.Chart = nil, nil, plan.Chart{}, plan.Chart{}
	assert.Equal(t, own, declared)

	// An unknown key's answer lists the keys there are.
	_, err = load(configtest.With(localConfig(t), map[string]string{"xxxxxxxxxxxxxxxx": "1"}))
	known, ok := strings.CutPrefix(err.Error(), "eso-aws:xxxxxxxxxxxxxxxx: unknown setting; available: ")
	require.True(t, ok, err)
	keys := make([]string, 0, len(described))
	for key := range described {
		keys = append(keys, key)
	}
	assert.ElementsMatch(t, strings.Split(known, ", "), keys)
}
