package build_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"eso-aws/sandbox/build"
)

// files returns the content of every file below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	content := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			content[path] = read(t, filepath.Join(dir, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// tinyCRD returns a CRD of the miniature as it stands in its chart.
func tinyCRD(condition, kind, name string) string {
	return `{{- if ` + condition + ` }}
kind: CustomResourceDefinition
metadata:
  annotations:
    {{- with .Values.crds.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    controller-gen.kubebuilder.io/version: v0.19.0
  name: ` + name + `s.external-secrets.io
spec:
  names:
    kind: ` + kind + `
    singular: ` + name + `
{{- end }}
`
}

const tinyModule = "testdata/source/modules/external-secrets/operator"

func TestWriteChart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "chart")
	write(t, 0o600, "", dir, "templates/crds/dropped-since.yaml")
	if err := build.WriteChart(tinyModule, "0.20.4", dir); err != nil {
		t.Fatal(err)
	}
	const enabled = ".Values.installCRDs"
	want := map[string]string{
		"Chart.yaml":                "apiVersion: v2\nappVersion: v0.20.4\nname: external-secrets\nversion: 0.20.4\n",
		"values.yaml":               "installCRDs: true\n",
		"templates/crds/README.md":  "CRDs go here.\n",
		"templates/deployment.yaml": "kind: Deployment\n",
		"templates/crds/clustersecretstore.yaml": tinyCRD(
			"and .Values.installCRDs .Values.crds.createClusterSecretStore", "ClusterSecretStore", "clustersecretstore"),
		"templates/crds/externalsecret.yaml": tinyCRD(enabled, "ExternalSecret", "externalsecret"),
		"templates/crds/pushsecret.yaml": tinyCRD(
			"and .Values.installCRDs .Values.crds.createPushSecret", "PushSecret", "pushsecret"),
	}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Errorf("the chart (-want +got):\n%s", diff)
	}
}

func TestWriteChartFailures(t *testing.T) {
	t.Parallel()
	const bundle, chart = "deploy/crds/bundle.yaml", "deploy/charts/external-secrets/Chart.yaml"
	odd := `the CRD of kind "Fake" is not of the form that the chart's CRDs are made from`
	tests := map[string]struct{ file, content, want string }{
		"NoBundle":       {bundle, "", "reading the CRDs: "},
		"NoChart":        {"deploy/charts/external-secrets", "", "copying the chart "},
		"NoMetadata":     {chart, "", "reading the chart's metadata: "},
		"BadMetadata":    {chart, "- a\n", "reading the chart's metadata "},
		"BadCRD":         {bundle, "a: [", "reading a CRD: "},
		"NoKind":         {bundle, "metadata:\n  annotations:\n    a: b\n", strings.Replace(odd, "Fake", "", 1)},
		"NoAnnotations":  {bundle, "spec: {names: {kind: Fake}}\n", odd},
		"TwoAnnotations": {bundle, "spec: {names: {kind: Fake}}\na:\n  annotations:\nb:\n  annotations:\n", odd},
		"TemplateMarks":  {bundle, "spec: {names: {kind: Fake}}\na:\n  annotations:\n    b: '{{ c }}'\n", odd},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			module := filepath.Join(t.TempDir(), "module")
			if err := os.CopyFS(module, os.DirFS(tinyModule)); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(module, test.file)); err != nil {
				t.Fatal(err)
			}
			if test.content != "" {
				write(t, 0o600, test.content, module, test.file)
			}
			err := build.WriteChart(module, "0.20.4", filepath.Join(t.TempDir(), "chart"))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s...", err, test.want)
			}
		})
	}
}

// operatorModule returns the folder of the operator's module, downloaded where it is not there yet.
func operatorModule(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", "github.com/external-secrets/external-secrets")
	cmd.Dir = "../modules/external-secrets"
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("downloading the operator's module: %v\n%s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	return module.Dir
}

// The chart made from the real module has what the project's own release makes (hack/helm.generate.sh).
func TestWriteChartOfTheOperator(t *testing.T) {
	t.Parallel()
	module, dir := operatorModule(t), filepath.Join(t.TempDir(), "chart")
	if err := build.WriteChart(module, build.ExternalSecretsVersion, dir); err != nil {
		t.Fatal(err)
	}
	wantConditions := map[string]string{}
	for _, name := range []string{
		"acraccesstoken", "cloudsmithaccesstoken", "ecrauthorizationtoken", "externalsecret", "fake", "gcraccesstoken",
		"generatorstate", "githubaccesstoken", "grafana", "mfa", "password", "quayaccesstoken", "secretstore", "sshkey",
		"stssessiontoken", "uuid", "vaultdynamicsecret", "webhook",
	} {
		wantConditions[name] = ".Values.installCRDs"
	}
	for _, kind := range []string{
		"ClusterExternalSecret", "ClusterGenerator", "ClusterPushSecret", "ClusterSecretStore", "PushSecret",
	} {
		wantConditions[strings.ToLower(kind)] = "and .Values.installCRDs .Values.crds.create" + kind
	}
	conditions, crds := map[string]string{}, map[string]bool{}
	form := regexp.MustCompile(`(?s)^\{\{- if ([^}]+) }}\n(.*?\n  annotations:\n)` +
		`    \{\{- with .Values.crds.annotations }}\n    \{\{- toYaml . \| nindent 4 }}\n    \{\{- end }}\n(.*)\n\{\{- end }}\n$`)
	for path, text := range files(t, filepath.Join(dir, "templates/crds")) {
		if path == "README.md" {
			continue
		}
		parts := form.FindStringSubmatch(text)
		if parts == nil {
			t.Fatalf("%s is not of the form of the chart's CRDs", path)
		}
		conditions[strings.TrimSuffix(path, ".yaml")] = parts[1]
		crds[parts[2]+parts[3]] = true
	}
	if diff := cmp.Diff(wantConditions, conditions); diff != "" {
		t.Errorf("the conditions (-want +got):\n%s", diff)
	}
	bundle := strings.TrimSpace(read(t, filepath.Join(module, "deploy/crds/bundle.yaml")))
	for crd := range strings.SplitSeq(bundle, "\n---\n") {
		if !crds[crd] {
			t.Errorf("this CRD is not in the chart as it is:\n%.300s", crd)
		}
	}
	checkChartOfTheOperator(t, module, dir)
}

// checkChartOfTheOperator compares what is not a CRD.
func checkChartOfTheOperator(t *testing.T, module, dir string) {
	t.Helper()
	var chart, want map[string]any
	source := filepath.Join(module, "deploy/charts/external-secrets")
	for path, into := range map[string]*map[string]any{dir: &chart, source: &want} {
		if err := yaml.Unmarshal([]byte(read(t, filepath.Join(path, "Chart.yaml"))), into); err != nil {
			t.Fatal(err)
		}
	}
	want["version"], want["appVersion"] = "0.20.4", "v0.20.4"
	delete(want, "dependencies")
	if diff := cmp.Diff(want, chart); diff != "" {
		t.Errorf("the chart's metadata (-want +got):\n%s", diff)
	}
	got := files(t, dir)
	for path, text := range files(t, source) {
		switch left, _, _ := strings.Cut(path, "/"); {
		case path == "Chart.yaml":
		case path == "Chart.lock" || left == "ci" || left == "tests":
			if _, ok := got[path]; ok {
				t.Errorf("the chart holds %s", path)
			}
		case got[path] != text:
			t.Errorf("%s is not as it is in the module", path)
		}
	}
}
