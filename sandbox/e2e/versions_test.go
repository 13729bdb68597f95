package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
)

// olderOperator serves both v1beta1 and v1; its module holds its chart and CRDs.
const olderOperator = "0.16.1"

// TestManifestsOfBothVersions proves that an API server with the CRDs of a version that serves both takes
// what the program writes for either. It has a control plane of its own, beside the others' sandbox.
func TestManifestsOfBothVersions(t *testing.T) {
	module := downloadOperator(t)
	other, err := sandbox.Start(t.Context(), sandbox.Options{
		Dir: filepath.Join(t.TempDir(), "sandbox"), Binaries: env.binaries, NoNode: true,
	})
	must(t, err)
	t.Cleanup(other.Stop)
	chart := filepath.Join(t.TempDir(), "chart")
	must(t, build.WriteChart(module, olderOperator, chart))
	applyCRDs(t, other, filepath.Join(module, "deploy", "crds", "bundle.yaml"))
	for _, namespace := range []string{"zio-lucene", "external-secrets"} {
		must(t, other.API().Create(t.Context(), "/api/v1/namespaces", named(namespace), nil))
	}

	for _, version := range []string{"external-secrets.io/v1", "external-secrets.io/v1beta1"} {
		t.Run(version[strings.LastIndex(version, "/")+1:], func(t *testing.T) {
			s := newStack(t, func(c config) {
				c["eso-aws:apiVersion"] = version
			})
			s.project.Overlay["eso-aws:chart"] = chart
			must(t, s.project.Write())
			checked := 0
			for _, inputs := range s.previewed(t) {
				if inputs["apiVersion"] == version {
					strictly(t, other.API(), inputs)
					checked++
				}
			}
			if checked != 2 {
				t.Errorf("checked %d manifests of %s, want the store's and the ExternalSecret's", checked, version)
			}
		})
	}
}

// previewed are the inputs of all resources that a preview would create.
func (s *stack) previewed(t testing.TB) []map[string]any {
	t.Helper()
	cmd := s.command(t.Context(), "preview", "--json")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pulumi preview --json: %v\n%s\n%s", err, out, stderr.Bytes())
	}
	var preview struct {
		Steps []struct {
			NewState struct{ Inputs map[string]any }
		}
	}
	must(t, json.Unmarshal(out, &preview))
	var inputs []map[string]any
	for _, step := range preview.Steps {
		inputs = append(inputs, step.NewState.Inputs)
	}
	return inputs
}

// downloadOperator returns the folder of the older operator's module, checked against the checksum
// database like every module.
func downloadOperator(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json",
		"github.com/external-secrets/external-secrets@v"+olderOperator)
	cmd.Dir = t.TempDir() // in no module
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("downloading the operator's module: %v\n%s", err, out)
	}
	var module struct{ Dir string }
	must(t, json.Unmarshal(out, &module))
	return module.Dir
}

// applyCRDs creates the CRDs of a bundle and waits until they are served.
func applyCRDs(t *testing.T, s *sandbox.Sandbox, bundle string) {
	t.Helper()
	const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
	data, err := os.ReadFile(bundle)
	must(t, err)
	for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
		var crd map[string]any
		must(t, yaml.Unmarshal(document, &crd))
		if crd == nil {
			continue
		}
		delete(crd["spec"].(map[string]any), "conversion") // it names a webhook, which is not here
		must(t, s.API().Create(t.Context(), crds, crd, nil))
	}
	for _, version := range []string{"v1", "v1beta1"} {
		for _, kind := range []string{"secretstores", "externalsecrets"} {
			eventually(t, 20*time.Second, func() error {
				return s.API().Get(t.Context(), "/apis/external-secrets.io/"+version+"/"+kind, nil)
			})
		}
	}
}
