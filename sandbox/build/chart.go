package build

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// WriteChart writes a Helm chart of the External Secrets Operator to a folder. It builds the chart from the
// module's chart and CRDs, as the project's release does: the CRDs become templates with installCRDs and
// crds.annotations, and the chart gets the module's version. It leaves out the only subchart, which is off by
// default and not part of the module.
func WriteChart(module, version, dir string) error {
	source := filepath.Join(module, "deploy", "charts", "external-secrets")
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing the old chart: %w", err)
	}
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		return fmt.Errorf("copying the chart %q: %w", source, err)
	}
	for _, unused := range []string{"Chart.lock", "ci", "tests"} {
		if err := os.RemoveAll(filepath.Join(dir, unused)); err != nil {
			return fmt.Errorf("removing %q from the chart's copy: %w", unused, err)
		}
	}
	if err := writeChartFile(dir, version); err != nil {
		return err
	}
	bundle, err := os.ReadFile(filepath.Join(module, "deploy", "crds", "bundle.yaml"))
	if err != nil {
		return fmt.Errorf("reading the CRDs: %w", err)
	}
	for document := range bytes.SplitSeq(bundle, []byte("\n---\n")) {
		name, template, err := crdTemplate(document)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "templates", "crds", name+".yaml"), template, 0o600); err != nil {
			return fmt.Errorf("writing the CRD %q: %w", name, err)
		}
	}
	return nil
}

// writeChartFile sets the chart's version, as a release does upstream, and removes the subchart.
func writeChartFile(dir, version string) error {
	path := filepath.Join(dir, "Chart.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the chart's metadata: %w", err)
	}
	var chart map[string]any
	if err := yaml.Unmarshal(data, &chart); err != nil {
		return fmt.Errorf("reading the chart's metadata %q: %w", path, err)
	}
	delete(chart, "dependencies")
	chart["version"], chart["appVersion"] = version, "v"+version
	if data, err = yaml.Marshal(chart); err != nil {
		return fmt.Errorf("encoding the chart's metadata: %w", err)
	}
	return os.WriteFile(path, data, 0o600)
}

// crdTemplate turns a CRD into a template with the chart's switches. It edits the text, which has no template
// actions, to keep the other 9,000 lines as they are.
func crdTemplate(document []byte) (name string, template []byte, err error) {
	var crd struct {
		Spec struct {
			Names struct{ Kind, Singular string }
		}
	}
	if err := yaml.Unmarshal(document, &crd); err != nil {
		return "", nil, fmt.Errorf("reading a CRD: %w", err)
	}
	kind := crd.Spec.Names.Kind
	text := string(document)
	const annotations = "\n  annotations:\n"
	if kind == "" || strings.Count(text, annotations) != 1 || strings.Contains(text, "{{") {
		return "", nil, fmt.Errorf("the CRD of kind %q is not of the form that the chart's CRDs are made from", kind)
	}
	text = strings.Replace(text, annotations, annotations+
		"    {{- with .Values.crds.annotations }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n", 1)
	condition := ".Values.installCRDs"
	if strings.Contains(kind, "Cluster") || kind == "PushSecret" {
		condition = fmt.Sprintf("and .Values.installCRDs .Values.crds.create%s", kind)
	}
	text = strings.TrimRight(text, "\n")
	return crd.Spec.Names.Singular, fmt.Appendf(nil, "{{- if %s }}\n%s\n{{- end }}\n", condition, text), nil
}
