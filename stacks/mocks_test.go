package stacks_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
	"eso-aws/stacks"
)

// withMocks runs the program with Pulumi's mocks.
func withMocks(options graph.Options) (*graph.Mocks, error) {
	mocks := &graph.Mocks{Functions: options.Functions, Outputs: options.Outputs}
	program, see := stacks.Program()
	return mocks, pulumi.RunErr(program,
		pulumi.WithMocksWithOrganization(options.Organization, options.Project, options.Stack, mocks),
		func(info *pulumi.RunInfo) { info.Config, info.ConfigSecretKeys = options.Config, options.Encrypted }, see)
}

// resources returns the resources of a golden graph, without the stack's outputs.
func resources(t *testing.T, stack string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + stack + ".golden")
	require.NoError(t, err)
	resources, _, found := strings.Cut(string(content), "\noutputs:\n")
	require.True(t, found)
	return resources
}

// TestMocks proves that each committed stack registers the resources of its golden graph with Pulumi's mocks.
func TestMocks(t *testing.T) {
	awsCLI(t)
	for _, stack := range []string{"dev", "training"} {
		e := newEKS(t, stack, nil)
		mocks, err := withMocks(e.options)
		require.NoError(t, err)
		assert.Equal(t, resources(t, stack), strings.NewReplacer(e.url, "...", e.ca, "...").Replace(mocks.String()))
	}

	kubeconfig := (&apiServer{}).start(t)
	mocks, err := withMocks(options(configtest.With(localConfig(t), map[string]string{"kubeconfig": kubeconfig})))
	require.NoError(t, err)
	assert.Equal(t, resources(t, "local"), text(mocks, kubeconfig))
}

// TestMocksRefused proves that an invalid configuration registers nothing.
func TestMocksRefused(t *testing.T) {
	t.Parallel()
	mocks, err := withMocks(options(nil))
	require.ErrorContains(t, err, `checking the configuration of stack "local"`)
	assert.Empty(t, mocks.Resources())
}
