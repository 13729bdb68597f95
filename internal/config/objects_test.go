package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/check"
	"eso-aws/internal/configtest"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// TestObjects: the objects of stores and secrets are checked, and the message has no value.
func TestObjects(t *testing.T) {
	t.Parallel()
	values := configtest.With(configtest.File(t, "../../Pulumi.local.yaml"), map[string]string{
		"secrets": `{"a":{"data":{"k":"a"}}}`, "chartVersion": "2.0.0",
	})
	const prefix = "creates an object that chart 2.0.0 does not accept: spec."
	for name, test := range map[string]struct {
		change func(*plan.Plan)
		want   problem.Path
		rule   string
	}{
		"Right":  {change: func(*plan.Plan) {}},
		"Store":  {func(p *plan.Plan) { p.Stores[0].Service = "hidden" }, problem.Path{"store"}, "provider.aws.service"},
		"Secret": {func(p *plan.Plan) { p.Secrets[0].RefreshPolicy = "hidden" }, problem.Path{"secrets", "a"}, "refreshPolicy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems problem.List
			p := plan.New(stackfile.Decode(configtest.Input(values), &problems), &problems)
			test.change(p)
			check.All(p, &problems)
			found := problems.Errors()
			if test.want == nil {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, test.want, found[0].Path)
			assert.Equal(t, problem.Internal, found[0].Kind)
			assert.Contains(t, found[0].Rule, prefix+test.rule)
			assert.NotContains(t, found[0].String(), "hidden")
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
	assert.EqualError(t, err, "eso-aws:secrets: [secret]: must not be encrypted, because it is stored in plain text in "+
		"Pulumi's state; set it without --secret")
}
