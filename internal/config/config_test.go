package config_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/kube"
	"eso-aws/internal/stackfile"
	"eso-aws/stacks"
)

// localConfig is the committed Pulumi.local.yaml as Pulumi hands it over.
func localConfig(t *testing.T) map[string]string {
	t.Helper()
	return configtest.File(t, "../../Pulumi.local.yaml")
}

func load(values map[string]string, encrypted ...string) (config.Config, error) {
	return config.Load("eso-aws", values, encrypted, stacks.Manifests)
}

// localStore is the default store of target local in a namespace.
func localStore(namespace string) config.Store {
	return config.Store{
		Name: "localstack-secretsmanager", Namespace: namespace, Default: true,
		Service: "SecretsManager", Region: "us-east-1",
	}
}

func TestLoadLocal(t *testing.T) {
	t.Parallel()
	got, err := load(localConfig(t))
	require.NoError(t, err)
	assert.Equal(t, config.Config{
		Target:      config.Local,
		Region:      "us-east-1",
		KubeContext: "k3d-eso-aws",
		Namespace:   "zio-lucene",
		Namespaces:  map[string]bool{"zio-lucene": true, "external-secrets": true},
		Chart: config.Chart{
			Reference:  "external-secrets",
			Repository: "https://charts.external-secrets.io",
			Version:    defaultChart(t),
		},
		KeepCRDs:        true,
		APIVersion:      "external-secrets.io/v1",
		Endpoint:        "http://host.k3d.internal:4566",
		AccessKeyID:     "test",
		SecretAccessKey: "test",
		Timeout:         kube.Timeout(5 * time.Minute),
		ChartValues:     map[string]any{},
		Stores:          []config.Store{localStore("zio-lucene")},
		Secrets: []config.Secret{{
			Name:            "datadog-api-key",
			Target:          "datadog-api-key",
			Namespace:       "zio-lucene",
			Store:           "localstack-secretsmanager",
			Data:            map[string]stackfile.Remote{"api-key": {Key: "zio-lucene/datadog-api-key"}},
			RefreshInterval: time.Hour,
			CreationPolicy:  "Owner",
		}},
	}, got)
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
	assert.Equal(t, config.Config{
		Target:      config.Local,
		Region:      "us-east-1",
		Kubeconfig:  "~/.kube/other",
		KubeContext: "k3d-eso-aws",
		Namespace:   "zio-lucene",
		Namespaces:  map[string]bool{"zio-lucene": false, "external-secrets": true},
		Chart: config.Chart{
			Reference: "oci://ghcr.io/external-secrets/charts/external-secrets",
			Version:   semver.MustParse("1.3.2"),
		},
		APIVersion:      "external-secrets.io/v1beta1",
		Endpoint:        "https://localhost:4566",
		AccessKeyID:     "AKIA",
		SecretAccessKey: "s3cr3t",
		Timeout:         kube.Timeout(90 * time.Second),
		ChartValues: map[string]any{
			"crds":         map[string]any{"unsafeServeV1Beta1": true},
			"replicaCount": 2, "extraArgs": map[string]any{"half": 0.5, "list": []any{1, map[string]any{"a": "b"}}},
		},
		SecretValues: true,
		Stores:       []config.Store{localStore("zio-lucene")},
		Secrets: []config.Secret{
			{
				Name: "a.b", Target: "a.b", Namespace: "zio-lucene", Store: "localstack-secretsmanager",
				Data: map[string]stackfile.Remote{"k": {Key: "v"}}, RefreshInterval: 90 * time.Minute, CreationPolicy: "Owner",
			},
			{
				Name: "b", Target: "b", Namespace: "zio-lucene", Store: "localstack-secretsmanager",
				Data: map[string]stackfile.Remote{
					"K_1": {Key: "x/y"}, "k.2": {Key: "arn:aws:secretsmanager:us-east-1:000000000000:secret:a-AbCdEf"},
				}, CreationPolicy: "Owner",
			},
		},
	}, got)
}

// defaultChart is the default of the setting chartVersion.
func defaultChart(t *testing.T) semver.Version {
	t.Helper()
	field, ok := reflect.TypeFor[stackfile.File]().FieldByName("ChartVersion")
	require.True(t, ok)
	return semver.MustParse(field.Tag.Get("default"))
}

func TestLoadAPIVersionFollowsTheChart(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"0.9.20": "external-secrets.io/v1beta1",
		"0.15.1": "external-secrets.io/v1beta1",
		"0.16.0": "external-secrets.io/v1",
		"0.17.0": "external-secrets.io/v1",
		"":       "external-secrets.io/v1", // the default
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
		`eso-aws:accessKeyId: [secret]: has a space or a line break in it; write the value alone`,
		`eso-aws:keepCRDs: "yes": is neither true nor false; write one of them`,
		`eso-aws:namespace: is missing; write the namespace of the secrets, such as zio-lucene`,
		`eso-aws:region: is missing; write an AWS region, such as us-east-1`,
		`eso-aws:regoin: there is no such setting; did you mean region?`,
		`eso-aws:secrets.B: "B": is no Kubernetes name; write lower-case letters, digits, - and ., 253 at most, with a letter or digit at both ends`,
		`eso-aws:secrets.B.data["a b"]: "a b": is no key of a Secret; write letters, digits, -, _ and ., 253 at most, not beginning with ..`,
		`eso-aws:secrets.B.data["a b"]: "c d": is no name in AWS Secrets Manager; ` +
			`write letters, digits and /_+=.@-, 1 to 512, or a full ARN`,
		`eso-aws:secrets.a: has nothing to read; write data: {<key>: <name in AWS>}, or extract: <name in AWS>`,
		`eso-aws:target: is missing; write local or eks`,
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
	assert.Equal(t, own, declared)

	// An unknown key's answer lists the keys there are.
	_, err = load(configtest.With(localConfig(t), map[string]string{"xxxxxxxxxxxxxxxx": "1"}))
	known, ok := strings.CutPrefix(err.Error(), "eso-aws:xxxxxxxxxxxxxxxx: there is no such setting; there is ")
	require.True(t, ok, err)
	keys := make([]string, 0, len(described))
	for key := range described {
		keys = append(keys, key)
	}
	assert.ElementsMatch(t, strings.Split(known, ", "), keys)
}
