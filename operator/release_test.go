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

func register(args *operator.ReleaseArgs) (*graph.Graph, error) {
	return graph.Run(graph.Options{Project: "p", Stack: "s"}, func(ctx *pulumi.Context) error {
		_, err := operator.NewRelease(ctx, "eso", args)
		return err
	})
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

outputs:
  {}
`, got.String())
}

func TestNewReleaseChecksFirst(t *testing.T) {
	t.Parallel()
	got, err := register(&operator.ReleaseArgs{
		Namespace: "here", ChartValues: map[string]any{"extraEnv": "A=b"},
	})
	require.ErrorContains(t, err, "checking operator release \"eso\": chart: \"\": is empty; write a value\n"+
		"name: \"\": is empty; write a value\n"+
		"chartValues.extraEnv: must be a list; write entries such as {name: X, value: y}")
	assert.Empty(t, got.Resources)
}
