package operator_test

import (
	"flag"
	"os"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/operator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const endpoint = "http://host.k3d.internal:4566"

// TestValuesGolden: the values of several chart versions.
func TestValuesGolden(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.9.20", "0.20.4", "2.1.0", "2.14.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			got, err := yaml.Marshal(operator.Values(&operator.ReleaseArgs{
				Version: semver.MustParse(version), KeepCRDs: true, Endpoint: endpoint,
			}))
			require.NoError(t, err)
			path := "testdata/values-" + version + ".golden"
			if *update {
				require.NoError(t, os.WriteFile(path, got, 0o600))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err, "write it with: go test ./operator -update")
			assert.Equal(t, string(want), string(got))
		})
	}
}

func TestValuesMerge(t *testing.T) {
	t.Parallel()
	env := func(name, value string) map[string]any { return map[string]any{"name": name, "value": value} }
	version := semver.MustParse("2.1.0")
	for name, test := range map[string]struct {
		keepCRDs bool
		endpoint string
		user     map[string]any
		want     map[string]any
	}{
		"NothingKept": {want: map[string]any{"installCRDs": true}},
		"Maps": {
			keepCRDs: true,
			user: map[string]any{"crds": map[string]any{
				"annotations": map[string]any{"a": "b"}, "createClusterPushSecret": false,
			}},
			want: map[string]any{"installCRDs": true, "crds": map[string]any{
				"annotations":             map[string]any{"a": "b", "helm.sh/resource-policy": "keep"},
				"createClusterPushSecret": false,
			}},
		},
		"MapByScalar": {
			keepCRDs: true, user: map[string]any{"crds": false, "installCRDs": false},
			want: map[string]any{"installCRDs": false, "crds": false},
		},
		"Lists": {
			user: map[string]any{"tolerations": []any{"a"}, "replicaCount": 2},
			want: map[string]any{"installCRDs": true, "tolerations": []any{"a"}, "replicaCount": 2},
		},
		"Environment": {
			endpoint: endpoint, user: map[string]any{"extraEnv": []any{env("HTTP_PROXY", "http://proxy")}},
			want: map[string]any{"installCRDs": true, "extraEnv": []any{
				env("AWS_SECRETSMANAGER_ENDPOINT", endpoint), env("AWS_STS_ENDPOINT", endpoint),
				env("HTTP_PROXY", "http://proxy"),
			}},
		},
		"EnvironmentWithoutEndpoint": {
			user: map[string]any{"extraEnv": []any{env("HTTP_PROXY", "http://proxy")}},
			want: map[string]any{"installCRDs": true, "extraEnv": []any{env("HTTP_PROXY", "http://proxy")}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, operator.Values(&operator.ReleaseArgs{
				Version: version, KeepCRDs: test.keepCRDs, Endpoint: test.endpoint, ChartValues: test.user,
			}))
		})
	}
}

// TestValuesParameterStore: Parameter Store has the emulator's endpoint, unless the user
// sets another one.
func TestValuesParameterStore(t *testing.T) {
	t.Parallel()
	env := func(name, value string) map[string]any { return map[string]any{"name": name, "value": value} }
	emulated := []any{env("AWS_SECRETSMANAGER_ENDPOINT", endpoint), env("AWS_STS_ENDPOINT", endpoint)}
	own := env("AWS_SSM_ENDPOINT", "http://ssm")
	for name, test := range map[string]struct {
		endpoint string
		user     map[string]any
		want     any
	}{
		"Emulator": {endpoint: endpoint, want: append(emulated[:2:2], env("AWS_SSM_ENDPOINT", endpoint))},
		"Own": {
			endpoint: endpoint, user: map[string]any{"extraEnv": []any{own}}, want: append(emulated[:2:2], own),
		},
		"AWS": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := operator.Values(&operator.ReleaseArgs{
				Version: semver.MustParse("2.14.0"), Endpoint: test.endpoint, ChartValues: test.user, ParameterStore: true,
			})
			assert.Equal(t, test.want, got["extraEnv"])
		})
	}
}

// TestValuesLeavesItsArguments: Values does not change the user's maps.
func TestValuesLeavesItsArguments(t *testing.T) {
	t.Parallel()
	user := func() map[string]any {
		return map[string]any{
			"crds":     map[string]any{"annotations": map[string]any{"a": "b"}},
			"extraEnv": append(make([]any, 0, 8), map[string]any{"name": "A"}),
		}
	}
	given := user()
	operator.Values(&operator.ReleaseArgs{
		Version: semver.MustParse("2.14.0"), KeepCRDs: true, Endpoint: endpoint, ChartValues: given,
	})
	assert.Equal(t, user(), given)
}
