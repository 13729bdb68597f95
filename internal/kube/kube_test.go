package kube_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
	"eso-aws/internal/kube"
)

// TestInputs: the SDK's tokens, version and inputs, without empty ones, and secret data.
func TestInputs(t *testing.T) {
	t.Parallel()
	mocks := &graph.Mocks{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		if _, err := kube.NewNamespace(ctx, "ns", &kube.NamespaceArgs{Name: "here"}); err != nil {
			return err
		}
		if _, err := kube.NewSecret(ctx, "secret", &kube.SecretArgs{
			Name: "secret", Namespace: "here", Annotations: map[string]string{"a": "b"},
			Data: map[string]string{"key": "hidden"},
		}); err != nil {
			return err
		}
		_, err := kube.NewRelease(ctx, "release", &kube.ReleaseArgs{
			Name: "release", Namespace: "here", Chart: "c", Repository: "https://r", Version: "1.2.3",
			Values: pulumi.Map{"a": pulumi.Int(1)}, Timeout: kube.Timeout(1500 * time.Millisecond),
		})
		return err
	}, pulumi.WithMocks("p", "s", mocks))
	require.NoError(t, err)
	assert.Equal(t, `kubernetes:core/v1:Namespace ns
  parent: pulumi:pulumi:Stack p-s
  version: 4.25.0
  inputs:
    apiVersion: v1
    kind: Namespace
    metadata:
      name: here

kubernetes:core/v1:Secret secret
  parent: pulumi:pulumi:Stack p-s
  version: 4.25.0
  additionalSecretOutputs: data, stringData
  inputs:
    apiVersion: v1
    data:
      (secret):
        key: aGlkZGVu
    kind: Secret
    metadata:
      annotations:
        a: b
      name: secret
      namespace: here

kubernetes:helm.sh/v3:Release release
  parent: pulumi:pulumi:Stack p-s
  version: 4.25.0
  timeouts: create 1.5s, update 1.5s, delete 1.5s
  inputs:
    chart: c
    compat: "true"
    createNamespace: false
    name: release
    namespace: here
    repositoryOpts:
      repo: https://r
    skipAwait: false
    timeout: 2
    values:
      a: 1
    version: 1.2.3
`, mocks.String())
}
