package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
)

// TestObjects: what is made of a store or a secret is checked, and what is told of it
// has no value in it.
func TestObjects(t *testing.T) {
	t.Parallel()
	base := configtest.With(configtest.File(t, "../../Pulumi.local.yaml"), map[string]string{
		"secrets": `{"a":{"data":{"k":"a"}}}`, "chartVersion": "2.0.0",
	})
	store := func(region any) map[string]any {
		return map[string]any{"kind": "SecretStore", "spec": map[string]any{"provider": map[string]any{
			"aws": map[string]any{"service": "SecretsManager", "region": region},
		}}}
	}
	secret := func(interval any) map[string]any {
		return map[string]any{"kind": "ExternalSecret", "spec": map[string]any{"refreshInterval": interval}}
	}
	const not = "renders an object that chart 2.0.0 does not accept: "
	for name, test := range map[string]struct {
		made []map[string]any
		want string
	}{
		"Right": {[]map[string]any{store("us-east-1"), secret("1h0m0s")}, ""},
		"Store": {[]map[string]any{store(4711), secret("1h0m0s")}, "eso-aws:store: " + not +
			"spec.provider.aws.region: must be a string, not a number; write it in quotes"},
		"Secret": {[]map[string]any{store("us-east-1"), secret(true)}, "eso-aws:secrets.a: " + not +
			"spec.refreshInterval: must be a string, not a boolean; write it in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load("eso-aws", base, nil, func(*config.Config) []map[string]any { return test.made })
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestObjectsOfEncryptedSecrets: nothing of them is told.
func TestObjectsOfEncryptedSecrets(t *testing.T) {
	t.Parallel()
	values := configtest.With(configtest.File(t, "../../Pulumi.local.yaml"), map[string]string{
		"secrets": `{"a":{"data":{"k":"a"},"spec":{"target":{"immutable":"hidden","hidden":"hidden"}}}}`,
	})
	_, err := load(values, "eso-aws:secrets")
	assert.EqualError(t, err, "eso-aws:secrets: [secret]: is encrypted, but it names things, which are plain in the state; "+
		"write it without --secret")
}
