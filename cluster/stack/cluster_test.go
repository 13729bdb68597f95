package stack_test

import (
	"flag"
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./stack -update")
	assert.Equal(t, string(want), got)
}

// TestGraph compares all that the engine is asked to do.
func TestGraph(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  map[string]string
		preview bool
	}{
		"Defaults": {config: map[string]string{"aws:region": "us-east-1"}},
		"Preview":  {config: map[string]string{"aws:region": "us-east-1"}, preview: true},
		"Everything": {config: map[string]string{
			"aws:region":                        "cn-north-1",
			"eso-aws-cluster:name":              "staging",
			"eso-aws-cluster:kubernetesVersion": "1.34",
			"eso-aws-cluster:nodeType":          "m7g.large",
			"eso-aws-cluster:nodeCount":         "5",
			"eso-aws-cluster:publicAccessCidrs": "[]",
			"eso-aws-cluster:vpcId":             "vpc-0123456789abcdef0",
			"eso-aws-cluster:subnetIds":         `["subnet-0123456789abcdef0","subnet-0123456789abcdef1"]`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, test.config, nil, test.preview)
			require.NoError(t, err)
			golden(t, "testdata/"+name+".golden", got.String())
		})
	}
}

// TestPromises says which lines of the golden files must not change.
func TestPromises(t *testing.T) {
	t.Parallel()
	got, err := run(t, map[string]string{"aws:region": "us-east-1"}, nil, false)
	require.NoError(t, err)

	cluster := got.find(t, "eks:index:Cluster", "cluster").inputs
	assert.Equal(t, resource.NewProperty(true), cluster["createOidcProvider"])
	assert.Equal(t, resource.NewProperty("arn-of-secrets"), cluster["encryptionConfigKeyArn"])
	assert.Contains(t, cluster["enabledClusterLogTypes"].ArrayValue(), resource.NewProperty("audit"))

	key := got.find(t, "aws:kms/key:Key", "secrets").inputs
	assert.Equal(t, resource.NewProperty(true), key["enableKeyRotation"])

	agent := got.find(t, "aws:eks/addon:Addon", "pod-identity-agent").inputs
	assert.Equal(t, resource.PropertyMap{
		"addonName":   resource.NewProperty("eks-pod-identity-agent"),
		"clusterName": resource.NewProperty("eso-aws"),
	}, agent)

	assert.Equal(t, resource.PropertyMap{
		"cluster": resource.NewProperty("eso-aws"),
		"region":  resource.NewProperty("us-east-1"),
		"oidcProviderArn": resource.NewProperty(
			"arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"),
		"kubeconfig": resource.MakeSecret(resource.NewProperty(`{"apiVersion":"v1","kind":"Config"}`)),
	}, got.outputs)
}

// TestAMI has an image that fits the processor of each instance type.
func TestAMI(t *testing.T) {
	t.Parallel()
	const x86, arm = "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD"
	for instanceType, want := range map[string]string{
		"t3.medium": x86, "t3a.small": x86, "m7i-flex.large": x86, "g4dn.xlarge": x86, "g5.xlarge": x86,
		"x2iedn.xlarge": x86, "u-6tb1.56xlarge": x86,
		"a1.medium": arm, "t4g.medium": arm, "m6gd.large": arm, "c7gn.large": arm, "im4gn.large": arm,
		"is4gen.medium": arm, "x2gd.medium": arm, "g5g.xlarge": arm, "r8g.metal-24xl": arm,
	} {
		t.Run(instanceType, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, map[string]string{
				"aws:region": "us-east-1", "eso-aws-cluster:nodeType": instanceType,
			}, nil, false)
			require.NoError(t, err)
			nodes := got.find(t, "aws:eks/nodeGroup:NodeGroup", "nodes").inputs
			assert.Equal(t, resource.NewProperty(want), nodes["amiType"])
		})
	}
}
