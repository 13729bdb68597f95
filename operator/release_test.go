package operator_test

import (
	"testing"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
	"eso-aws/operator"
)

func register(args *operator.ReleaseArgs) (*graph.Mocks, error) {
	mocks := &graph.Mocks{}
	return mocks, pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := operator.NewRelease(ctx, "eso", args)
		return err
	}, pulumi.WithMocks("p", "s", mocks))
}

func TestNewRelease(t *testing.T) {
	t.Parallel()
	got, err := register(&operator.ReleaseArgs{
		Name: "eso", Namespace: "here", Chart: "./chart", Version: semver.MustParse("0.20.4"), KeepCRDs: true,
		ChartValues: map[string]any{"a": "b"}, SecretValues: true,
	})
	require.NoError(t, err)
	assert.Equal(t, `eso-aws:operator:Release eso
  parent: pulumi:pulumi:Stack p-s

kubernetes:helm.sh/v3:Release eso
  parent: eso-aws:operator:Release eso
  version: 4.25.0
  inputs:
    chart: ./chart
    compat: "true"
    createNamespace: false
    name: eso
    namespace: here
    skipAwait: false
    values:
      (secret):
        a: b
        crds:
          annotations:
            helm.sh/resource-policy: keep
        installCRDs: true
    version: 0.20.4
`, got.String())
}

// TestNewReleaseIdentity: the pods get the identity's role and version, and the release
// its hooks.
func TestNewReleaseIdentity(t *testing.T) {
	t.Parallel()
	mocks := &graph.Mocks{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		hook, err := ctx.RegisterResourceHook("hook", func(*pulumi.ResourceHookArgs) error { return nil }, nil)
		if err != nil {
			return err
		}
		_, err = operator.NewRelease(ctx, "eso", &operator.ReleaseArgs{
			Name: "eso", Namespace: "here", Chart: "eso", Repository: "https://charts", Version: semver.MustParse("0.20.4"),
			Identity: &operator.Identity{
				ServiceAccount: "eso", RoleARN: pulumi.String("arn").ToStringOutput(), Version: pulumi.String("1").ToStringOutput(),
			},
			Hooks: &pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{hook}},
		})
		return err
	}, pulumi.WithMocks("p", "s", mocks))
	require.NoError(t, err)
	assert.Equal(t, `eso-aws:operator:Release eso
  parent: pulumi:pulumi:Stack p-s

kubernetes:helm.sh/v3:Release eso
  parent: eso-aws:operator:Release eso
  version: 4.25.0
  beforeCreate: hook
  inputs:
    chart: eso
    compat: "true"
    createNamespace: false
    name: eso
    namespace: here
    repositoryOpts:
      repo: https://charts
    skipAwait: false
    values:
      installCRDs: true
      podAnnotations:
        eso-aws/identity: "1"
      serviceAccount:
        annotations:
          eks.amazonaws.com/role-arn: arn
        name: eso
    version: 0.20.4
`, mocks.String())
}

func TestNewReleaseChecksFirst(t *testing.T) {
	t.Parallel()
	got, err := register(&operator.ReleaseArgs{
		Namespace: "here", ChartValues: map[string]any{"extraEnv": "A=b"},
	})
	require.ErrorContains(t, err, "checking operator release \"eso\": chart: is required\n"+
		"chartValues.extraEnv: must be a list, not a string; write [{name: X, value: y}]\n"+
		"name: is required")
	assert.Empty(t, got.Resources())
}
