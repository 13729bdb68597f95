package main_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDependencies refuses packages that would add minutes to the program's build, and those that only tests use.
// Of Kubernetes it allows clientcmd, the part of client-go that reads kubeconfigs, and what clientcmd needs. The
// typed clients (k8s.io/api) are not among them.
func TestDependencies(t *testing.T) {
	t.Parallel()
	list := func(name string) []string {
		output, err := exec.CommandContext(t.Context(), "go", "list", "-deps", name).Output()
		require.NoError(t, err)
		return strings.Fields(string(output))
	}
	linked := list(".")
	const (
		sdk = "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
		aws = "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	)
	require.Contains(t, linked, sdk, "go list must list the dependencies of the program")

	allowed := map[string]bool{
		sdk: true, sdk + "/apiextensions": true, sdk + "/meta/v1": true, sdk + "/utilities": true,
		aws: true, aws + "/iam": true, aws + "/eks": true, aws + "/config": true, aws + "/internal": true,
	}
	for _, name := range list("k8s.io/client-go/tools/clientcmd") {
		allowed[name] = true
	}
	var refused []string
	for _, name := range linked {
		heavy := false
		for _, prefix := range []string{
			sdk, aws, "k8s.io/", "sigs.k8s.io/", "go.etcd.io/", "helm.sh/", "github.com/external-secrets/",
		} {
			heavy = heavy || strings.HasPrefix(name, prefix)
		}
		if heavy && !allowed[name] || name == "testing" || name == "eso-aws/internal/graph" || name == "eso-aws/internal/iamtest" {
			refused = append(refused, name)
		}
	}
	assert.Empty(t, refused)
}
