package build_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/build"
)

// required returns what a folder's go.mod asks for, as {path: version}.
func required(t *testing.T, dir string) map[string]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("reading the go.mod in %q: %v", dir, err)
	}
	var file struct {
		Require []struct{ Path, Version string }
		Replace []struct {
			Old struct{ Path string }
			New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, module := range file.Require {
		versions[module.Path] = module.Version
	}
	for _, replaced := range file.Replace {
		versions[replaced.Old.Path] = replaced.New.Path + "@" + replaced.New.Version
	}
	return versions
}

// The releases that the build names are those that the modules pin, and those of the program's SDKs.
func TestVersionsAgree(t *testing.T) {
	t.Parallel()
	const (
		pulumi       = "github.com/pulumi/pulumi/"
		providerSDK  = "github.com/pulumi/pulumi-kubernetes/sdk/v4"
		awsSDK       = "github.com/pulumi/pulumi-aws/sdk/v6"
		provider     = "github.com/pulumi/pulumi-kubernetes/provider/v4"
		providerHere = "v4.0.0-20260115033456-f47bc2d6f199" // the commit of release 4.25.0, whose module has no tag
	)
	kube := "v0." + build.KubernetesVersion[len("1."):]
	for dir, pins := range map[string]map[string]string{
		"../..": {
			pulumi + "sdk/v3": "v" + build.PulumiVersion, providerSDK: "v" + build.ProviderVersion,
			awsSDK: "v" + build.AWSProviderVersion, "k8s.io/client-go": kube, "k8s.io/apimachinery": kube,
		},
		"../modules/pulumi":              {pulumi + "pkg/v3": "v" + build.PulumiVersion, pulumi + "sdk/v3": "v" + build.PulumiVersion},
		"../modules/pulumi-language-go":  {pulumi + "sdk/v3": "v" + build.PulumiVersion},
		"../modules/pulumi-resource-aws": {pulumi + "sdk/v3": "v" + build.PulumiVersion},
		"../modules/external-secrets": {
			"github.com/external-secrets/external-secrets": "v" + build.ExternalSecretsVersion,
		},
		"../modules/kubernetes": {
			"k8s.io/kubernetes": "v" + build.KubernetesVersion,
			"k8s.io/apiserver":  "k8s.io/apiserver@" + kube,
			"k8s.io/kubectl":    "k8s.io/kubectl@" + kube,
		},
		"../modules/pulumi-resource-kubernetes": {provider: providerHere},
	} {
		have, got := required(t, dir), map[string]string{}
		for path := range pins {
			got[path] = have[path]
		}
		if diff := cmp.Diff(pins, got); diff != "" {
			t.Errorf("%s/go.mod (-want +got):\n%s", dir, diff)
		}
	}
	if build.ProviderVersion != "4.25.0" {
		t.Errorf("the provider's module is pinned by the commit of release 4.25.0, and ProviderVersion is %s",
			build.ProviderVersion)
	}
}

// The previews of pull requests run the CLI of this release.
func TestVersionOfTheWorkflow(t *testing.T) {
	t.Parallel()
	const workflow = "../../.github/workflows/preview.yml"
	data, err := os.ReadFile(workflow)
	if err != nil {
		t.Fatal(err)
	}
	if want := "pulumi-version: " + build.PulumiVersion + "\n"; !strings.Contains(string(data), want) {
		t.Errorf("%s does not say %q", workflow, want)
	}
}
