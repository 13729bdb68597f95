package main_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDependencies keeps packages out of the program that would make its build take
// minutes, or that it must not depend on.
func TestDependencies(t *testing.T) {
	t.Parallel()
	output, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	linked := strings.Fields(string(output))
	const (
		sdk = "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
		aws = "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	)
	require.Contains(t, linked, sdk, "the list does not contain the program's dependencies")

	allowed := map[string]bool{
		sdk: true, sdk + "/apiextensions": true, sdk + "/meta/v1": true, sdk + "/utilities": true,
		aws: true, aws + "/iam": true, aws + "/eks": true, aws + "/config": true, aws + "/internal": true,
	}
	// Kubernetes' rules for names, and what they need: 13 packages, two seconds to compile.
	names := regexp.MustCompile(`^k8s\.io/(apimachinery/pkg/util/(errors|sets|validation(/field)?)|klog/v2(/internal/\w+)?|` +
		`utils/(net|internal/third_party/forked/golang/net))$`)
	var refused []string
	for _, name := range linked {
		heavy := (strings.HasPrefix(name, sdk) || strings.HasPrefix(name, aws)) && !allowed[name]
		for _, prefix := range []string{"k8s.io/", "sigs.k8s.io/", "go.etcd.io/", "helm.sh/", "github.com/external-secrets/"} {
			heavy = heavy || strings.HasPrefix(name, prefix) && !names.MatchString(name)
		}
		if heavy || name == "testing" || name == "eso-aws/internal/graph" || name == "eso-aws/internal/iamtest" {
			refused = append(refused, name)
		}
	}
	assert.Empty(t, refused)
}
