package config_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

// TestLoadErrors: one wrong value each, and the whole message.
func TestLoadErrors(t *testing.T) {
	t.Parallel()
	const writeRegion = "; write an AWS region, such as us-east-1"
	const writeEndpoint = "; write scheme, host and port, such as http://host.k3d.internal:4566"
	const writeInterval = "; write at least 1s, such as 1h, or 0s to read once and never again"
	const writeRemote = "; write a secret's name in AWS, or its full ARN, in quotes"
	const writeARN = "; write arn:aws:secretsmanager:<region>:<account>:secret:<name>"
	const writeName = "; write lower-case letters, digits, - and ., 253 at most"
	const writeAWSName = "; write letters, digits and /_+=.@-, 512 at most, or a full ARN"
	const writeKey = "; write letters, digits, -, _ and ., 253 at most"
	long := strings.Repeat("a", 513)

	for name, test := range map[string]struct {
		change map[string]string
		want   string
	}{
		"TargetMissing": {map[string]string{"target": ""}, `eso-aws:target: is missing; write local or eks`},
		"TargetOther":   {map[string]string{"target": "Local"}, `eso-aws:target: "Local": is no target; write local or eks`},
		"TargetMap":     {map[string]string{"target": `{"a":1}`}, `eso-aws:target: is a map; write text`},

		"RegionMissing": {map[string]string{"region": ""}, `eso-aws:region: is missing` + writeRegion},
		"RegionWrong":   {map[string]string{"region": "useast1"}, `eso-aws:region: "useast1": is no AWS region` + writeRegion},
		"RegionZone":    {map[string]string{"region": "us-east-1a"}, `eso-aws:region: "us-east-1a": is no AWS region` + writeRegion},
		"RegionList":    {map[string]string{"region": `["us-east-1"]`}, `eso-aws:region: is a list; write text`},

		"NamespaceMissing": {
			map[string]string{"namespace": "", "namespaces": ""},
			`eso-aws:namespace: is missing; write the namespace of the secrets, such as zio-lucene`,
		},
		"NamespaceWithDot": {
			map[string]string{"namespace": "a.b", "namespaces": ""},
			`eso-aws:namespace: "a.b": is no name of a namespace; write lower-case letters, digits and -, 63 at most`,
		},
		"NamespaceTooLong": {
			map[string]string{"namespace": long[:64], "namespaces": ""},
			`eso-aws:namespace: "` + long[:64] + `": is no name of a namespace; write lower-case letters, digits and -, 63 at most`,
		},
		"NamespacesText": {
			map[string]string{"namespaces": "zio-lucene"},
			`eso-aws:namespaces: "zio-lucene": must be a map, not text; write <name>: {create: true} or {create: false}`,
		},
		"NamespacesNotUsed": {
			map[string]string{"namespaces": `{"zio-lucine":{"create":true}}`},
			`eso-aws:namespaces.zio-lucine: this stack uses no such namespace; did you mean zio-lucene?`,
		},
		"NamespacesNothing": {
			map[string]string{"namespaces": `{"zio-lucene":null}`},
			`eso-aws:namespaces.zio-lucene: must be a map, not nothing; write {create: true} or {create: false}`,
		},
		"NamespacesCreateText": {
			map[string]string{"namespaces": `{"zio-lucene":{"create":"yes"}}`},
			`eso-aws:namespaces.zio-lucene.create: "yes": must be true or false, not text; write true or false`,
		},
		"NamespacesUnknownMember": {
			map[string]string{"namespaces": `{"zio-lucene":{"created":true}}`},
			`eso-aws:namespaces.zio-lucene.created: there is no such setting; did you mean create?`,
		},

		"ChartPathMissing": {
			map[string]string{"chart": "./nowhere"},
			`eso-aws:chart: "./nowhere": is not there; write the path of the operator's chart, a folder or a .tgz file`,
		},
		"ChartArchiveMissing": {
			map[string]string{"chart": "nowhere.tgz"},
			`eso-aws:chart: "nowhere.tgz": is not there; write the path of the operator's chart, a folder or a .tgz file`,
		},
		"ChartWithRepositoryName": {
			map[string]string{"chart": "external-secrets/external-secrets"},
			`eso-aws:chart: "external-secrets/external-secrets": is neither a chart's name nor a path that exists; ` +
				`write external-secrets, the path of a folder or .tgz file, or an oci:// reference`,
		},
		"ChartFolderWithoutChart": {
			map[string]string{"chart": "../configtest"},
			`eso-aws:chart: "../configtest": has no Chart.yaml that can be read; ` +
				`write the path of the operator's chart, a folder or a .tgz file`,
		},
		"ChartFileNotArchive": {
			map[string]string{"chart": "./config_test.go"},
			`eso-aws:chart: "./config_test.go": is no .tgz file with a Chart.yaml in it; ` +
				`write the path of the operator's chart, a folder or a .tgz file`,
		},
		"ChartRepository": {
			map[string]string{"chartRepository": "charts.external-secrets.io"},
			`eso-aws:chartRepository: "charts.external-secrets.io": must be an http or https URL; ` +
				`write https://charts.external-secrets.io`,
		},
		"ChartRepositoryPassword": {
			map[string]string{"chartRepository": "https://me:hidden@charts.example.com"},
			`eso-aws:chartRepository: [secret]: must have no user or password; write the URL alone`,
		},
		"ChartVersionRange": {
			map[string]string{"chartVersion": ">=2"},
			`eso-aws:chartVersion: ">=2": is no version; write an exact version in quotes, such as 2.14.0`,
		},
		"ChartVersionUnquoted": {
			map[string]string{"chartVersion": "1.2"}, // YAML's 1.20
			`eso-aws:chartVersion: "1.2": is no version; write an exact version in quotes, such as 2.14.0`,
		},
		"ChartVersionOld": {
			map[string]string{"chartVersion": "0.8.9"},
			`eso-aws:chartVersion: "0.8.9": is older than 0.9.0, the first that will do; ` +
				`write an exact version in quotes, such as 2.14.0`,
		},

		"ChartValuesList": {
			map[string]string{"chartValues": `[1]`},
			`eso-aws:chartValues: must be a map, not a list; write the chart's values`,
		},
		"ChartValuesNothing": {
			map[string]string{"chartValues": `{"a":{"b.c":[null]}}`},
			`eso-aws:chartValues.a["b.c"][0]: is nothing, which does not reach the chart; write a value, or leave the key out`,
		},
		"ChartValuesEndpoint": {
			map[string]string{"chartValues": `{"extraEnv":[{"name":"A"},{"name":"AWS_STS_ENDPOINT","value":"http://x"}]}`},
			`eso-aws:chartValues.extraEnv[1].name: "AWS_STS_ENDPOINT": is decided by endpoint; write endpoint instead`,
		},
		"ChartValuesEnvironmentMap": {
			map[string]string{"chartValues": `{"extraEnv":{"A":"b"}}`},
			`eso-aws:chartValues.extraEnv: must be a list; write entries such as {name: X, value: y}`,
		},
		"ChartValuesPolicy": {
			map[string]string{"chartValues": `{"crds":{"annotations":{"helm.sh/resource-policy":"x"}}}`},
			`eso-aws:chartValues.crds.annotations["helm.sh/resource-policy"]: is decided by keepCRDs; ` +
				`write keepCRDs: true or false instead`,
		},

		"KeepCRDs": {
			map[string]string{"keepCRDs": "1"},
			`eso-aws:keepCRDs: "1": must be true or false; write true or false`,
		},
		"APIVersionUnknown": {
			map[string]string{"apiVersion": "v1"},
			`eso-aws:apiVersion: "v1": is no version of the operator's API; ` +
				`write external-secrets.io/v1 or external-secrets.io/v1beta1`,
		},
		"APIVersionTooNew": {
			map[string]string{"apiVersion": "external-secrets.io/v1", "chartVersion": "0.15.1"},
			`eso-aws:apiVersion: "external-secrets.io/v1": is not served by chart 0.15.1, but from 0.16.0 on; ` +
				`write external-secrets.io/v1beta1`,
		},
		"APIVersionTooOld": {
			map[string]string{"apiVersion": "external-secrets.io/v1beta1"},
			`eso-aws:apiVersion: "external-secrets.io/v1beta1": is not served by chart 2.14.0, but up to 0.16, and ` +
				`from 1.3.0 on with crds.unsafeServeV1Beta1 in chartValues; write external-secrets.io/v1`,
		},
		"APIVersionUnsafeTooEarly": {
			map[string]string{
				"apiVersion": "external-secrets.io/v1beta1", "chartVersion": "1.2.1",
				"chartValues": `{"crds":{"unsafeServeV1Beta1":true}}`,
			},
			`eso-aws:apiVersion: "external-secrets.io/v1beta1": is not served by chart 1.2.1, but up to 0.16, and ` +
				`from 1.3.0 on with crds.unsafeServeV1Beta1 in chartValues; write external-secrets.io/v1`,
		},

		"EndpointNoScheme": {
			map[string]string{"endpoint": "localhost:4566"},
			`eso-aws:endpoint: "localhost:4566": must be an http or https URL with a host` + writeEndpoint,
		},
		"EndpointNoHost": {
			map[string]string{"endpoint": "http://:4566"},
			`eso-aws:endpoint: "http://:4566": must be an http or https URL with a host` + writeEndpoint,
		},
		"EndpointPath": {
			map[string]string{"endpoint": "http://a:1/b"},
			`eso-aws:endpoint: "http://a:1/b": must have no path, query or fragment` + writeEndpoint,
		},
		"EndpointQuery": {
			map[string]string{"endpoint": "http://a:1?b=c"},
			`eso-aws:endpoint: "http://a:1?b=c": must have no path, query or fragment` + writeEndpoint,
		},
		"EndpointPassword": {
			map[string]string{"endpoint": "http://me:hidden@a:1"},
			`eso-aws:endpoint: [secret]: must have no user or password` + writeEndpoint,
		},
		"EndpointPort": {
			map[string]string{"endpoint": "http://a:port"},
			`eso-aws:endpoint: "http://a:port": is no URL` + writeEndpoint,
		},
		"SecretAccessKey": {
			map[string]string{"secretAccessKey": "hidden\n"},
			`eso-aws:secretAccessKey: [secret]: has a space or a line break in it; write the value alone`,
		},

		"TimeoutNumber": {
			map[string]string{"timeout": "300"},
			`eso-aws:timeout: "300": is no duration; write a duration of at least 1s, such as 5m`,
		},
		"TimeoutShort": {
			map[string]string{"timeout": "0s"},
			`eso-aws:timeout: "0s": is too short; write a duration of at least 1s, such as 5m`,
		},
		"RefreshIntervalWord": {
			map[string]string{"refreshInterval": "1 hour"},
			`eso-aws:refreshInterval: "1 hour": is no duration` + writeInterval,
		},
		"RefreshIntervalNegative": {
			map[string]string{"refreshInterval": "-1h"},
			`eso-aws:refreshInterval: "-1h": is negative` + writeInterval,
		},
		"RefreshIntervalShort": {
			map[string]string{"refreshInterval": "1ms"},
			`eso-aws:refreshInterval: "1ms": is too short` + writeInterval,
		},

		"SecretsMissing": {
			map[string]string{"secrets": ""},
			`eso-aws:secrets: is missing; write <name>: {data: {<key>: <name in AWS>}}`,
		},
		"SecretsEmpty": {
			map[string]string{"secrets": "{}"},
			`eso-aws:secrets: is missing; write <name>: {data: {<key>: <name in AWS>}}`,
		},
		"SecretsText": {
			map[string]string{"secrets": "datadog-api-key"},
			`eso-aws:secrets: "datadog-api-key": must be a map, not text; write <name>: {data: {<key>: <name in AWS>}}`,
		},
		"SecretText": {
			map[string]string{"secrets": `{"a":"b"}`},
			`eso-aws:secrets.a: "b": must be a map, not text; write {data: {<key>: <name in AWS>}}`,
		},
		"SecretWithoutData": {
			map[string]string{"secrets": `{"a":{"api-key":"b"}}`},
			"eso-aws:secrets.a: has nothing to read; write data: {<key>: <name in AWS>}, or extract: <name in AWS>\n" +
				"eso-aws:secrets.a.api-key: there is no such setting; there is data, extract, find, template, namespace, namespaces, target, " +
				"refreshInterval, refreshPolicy, creationPolicy, deletionPolicy, labels, annotations, store, spec",
		},
		"SecretEmptyData": {
			map[string]string{"secrets": `{"a":{"data":{}}}`},
			`eso-aws:secrets.a.data: is empty; write <key>: <name in AWS>`,
		},
		"SecretDataList": {
			map[string]string{"secrets": `{"a":{"data":["b"]}}`},
			`eso-aws:secrets.a.data: must be a map, not a list; write <key>: <name in AWS>`,
		},
		"SecretNumber": {
			map[string]string{"secrets": `{"a":{"data":{"k":1.2}}}`},
			`eso-aws:secrets.a.data.k: "1.2": must be text, not a number` + writeRemote,
		},
		"SecretBoolean": {
			map[string]string{"secrets": `{"a":{"data":{"k":true}}}`},
			`eso-aws:secrets.a.data.k: "true": must be text, not true or false` + writeRemote,
		},
		"SecretNothing": {
			map[string]string{"secrets": `{"a":{"data":{"k":null}}}`},
			`eso-aws:secrets.a.data.k: must be text, not nothing` + writeRemote,
		},
		"SecretRemoteRef": {
			map[string]string{"secrets": `{"a":{"data":{"k":{"name":"b"}}}}`},
			"eso-aws:secrets.a.data.k.key: is missing; write a secret's name in AWS, or its full ARN\n" +
				`eso-aws:secrets.a.data.k.name: there is no such setting; there is key, property, version, decode`,
		},
		"SecretIntervalNumber": {
			map[string]string{"secrets": `{"a":{"data":{"k":"b"},"refreshInterval":60}}`},
			`eso-aws:secrets.a.refreshInterval: "60": must be text, not a number; write a duration in quotes, such as 1h`,
		},
		"SecretIntervalWord": {
			map[string]string{"secrets": `{"a":{"data":{"k":"b"},"refreshInterval":"hourly"}}`},
			`eso-aws:secrets.a.refreshInterval: "hourly": is no duration` + writeInterval,
		},
		"SecretMisspelled": {
			map[string]string{"secrets": `{"a":{"data":{"k":"b"},"refreshinterval":"1h"}}`},
			`eso-aws:secrets.a.refreshinterval: there is no such setting; did you mean refreshInterval?`,
		},
		"SecretUpperCase": {
			map[string]string{"secrets": `{"A_b":{"data":{"k":"b"}}}`},
			`eso-aws:secrets.A_b: "A_b": is no Kubernetes name` + writeName,
		},
		"SecretTooLong": {
			map[string]string{"secrets": `{"` + long[:254] + `":{"data":{"k":"b"}}}`},
			`eso-aws:secrets.` + long[:254] + `: "` + long[:254] + `": is no Kubernetes name` + writeName,
		},
		"SecretCollision": {
			map[string]string{"secrets": `{"localstack-credentials":{"data":{"k":"b"}}}`},
			`eso-aws:secrets.localstack-credentials: "localstack-credentials": is the name of the Secret with the access key; ` +
				`write another name`,
		},
		"SecretKeyDots": {
			map[string]string{"secrets": `{"a":{"data":{"..k":"b"}}}`},
			`eso-aws:secrets.a.data["..k"]: "..k": is no key of a Secret` + writeKey,
		},
		"SecretKeyEmpty": {
			map[string]string{"secrets": `{"a":{"data":{"":"b"}}}`},
			`eso-aws:secrets.a.data[""]: "": is no key of a Secret` + writeKey,
		},
		"SecretRemoteEmpty": {
			map[string]string{"secrets": `{"a":{"data":{"k":""}}}`},
			`eso-aws:secrets.a.data.k: "": is no name in AWS Secrets Manager` + writeAWSName,
		},
		"SecretRemoteTooLong": {
			map[string]string{"secrets": `{"a":{"data":{"k":"` + long + `"}}}`},
			`eso-aws:secrets.a.data.k: "` + long + `": is no name in AWS Secrets Manager` + writeAWSName,
		},
		"SecretARNService": {
			map[string]string{"secrets": `{"a":{"data":{"k":"arn:aws:ssm:us-east-1:000000000000:parameter/x"}}}`},
			`eso-aws:secrets.a.data.k: "arn:aws:ssm:us-east-1:000000000000:parameter/x": is no ARN of a secret` + writeARN,
		},
		"SecretARNAccount": {
			map[string]string{"secrets": `{"a":{"data":{"k":"arn:aws:secretsmanager:us-east-1:123:secret:x"}}}`},
			`eso-aws:secrets.a.data.k: "arn:aws:secretsmanager:us-east-1:123:secret:x": is no ARN of a secret` + writeARN,
		},
		"SecretARNRegion": {
			map[string]string{"secrets": `{"a":{"data":{"k":"arn:aws:secretsmanager:eu-west-1:000000000000:secret:x"}}}`},
			`eso-aws:secrets.a.data.k: "arn:aws:secretsmanager:eu-west-1:000000000000:secret:x": ` +
				`is in region "eu-west-1", not in the store's "us-east-1"; write the ARN of a secret there`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(configtest.With(localConfig(t), test.change))
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestLoadEncrypted: what names things cannot be encrypted, and what is
// encrypted is in no message.
func TestLoadEncrypted(t *testing.T) {
	t.Parallel()
	const plain = ": [secret]: is encrypted, but it names things, which are plain in the state; write it without --secret"
	for name, test := range map[string]struct {
		key, value, want string
	}{
		"Region":     {"region", "us-east-1", "eso-aws:region" + plain},
		"Namespaces": {"namespaces", `{}`, "eso-aws:namespaces" + plain},
		"WrongEndpoint": {
			"endpoint", "hidden",
			"eso-aws:endpoint: [secret]: must be an http or https URL with a host; " +
				"write scheme, host and port, such as http://host.k3d.internal:4566",
		},
		"WrongValues": {
			"chartValues", `"hidden"`, "eso-aws:chartValues: [secret]: must be a map, not text; write the chart's values",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(configtest.With(localConfig(t), map[string]string{test.key: test.value}), "eso-aws:"+test.key)
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestLoadLocalChart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file map[string]string
		path string
		want string
	}{
		"Folder":      {map[string]string{"chart/Chart.yaml": "version: 0.20.4"}, "chart", ""},
		"FolderOfOld": {map[string]string{"Chart.yaml": "version: 0.1.0"}, ".", `has a Chart.yaml whose version "0.1.0" is older than 0.9.0, the first that will do`},
		"NoVersion":   {map[string]string{"Chart.yaml": "name: x"}, ".", `has a Chart.yaml whose version "" is no version`},
		"NotYAML":     {map[string]string{"Chart.yaml": "\t{"}, ".", "has a Chart.yaml that is not YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for file, content := range test.file {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, file)), 0o750))
				require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600))
			}
			chart := filepath.Join(folder, test.path)
			got, err := load(configtest.With(localConfig(t), map[string]string{"chart": chart, "chartVersion": "9.9.9"}))
			if test.want != "" {
				assert.EqualError(t, err, "eso-aws:chart: \""+chart+"\": "+test.want+
					"; write the path of the operator's chart, a folder or a .tgz file")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, chart+" 0.20.4 ", got.Chart.Reference+" "+got.Chart.Version.String()+" "+got.Chart.Repository)
		})
	}
}

func TestLoadPackedChart(t *testing.T) {
	t.Parallel()
	chart := filepath.Join(t.TempDir(), "external-secrets-2.1.0.tgz")
	require.NoError(t, os.WriteFile(chart, packed(t, map[string]string{
		"external-secrets/charts/other/Chart.yaml": "version: 1.0.0",
		"external-secrets/Chart.yaml":              "version: 2.1.0",
	}), 0o600))
	got, err := load(configtest.With(localConfig(t), map[string]string{"chart": chart}))
	require.NoError(t, err)
	assert.Equal(t, "2.1.0", got.Chart.Version.String())
}

// packed is a .tgz with these files, in the order of their names.
func packed(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))}))
		_, err := archive.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return buffer.Bytes()
}
