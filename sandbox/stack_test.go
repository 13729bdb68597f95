package sandbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"eso-aws/sandbox"
)

const eksFile = `config:
  aws:region: eu-west-1
  eso-aws:target: eks
  eso-aws:cluster: prod
  eso-aws:namespace: zio
`

func TestStack(t *testing.T) {
	t.Parallel()
	type facts struct {
		OnEKS             bool
		Cluster           sandbox.Cluster
		Known             bool
		Region, Namespace string
		Presumed          string
	}
	prod := sandbox.Cluster{Name: "prod", Region: "eu-west-1"}
	for name, test := range map[string]struct {
		Add  string
		Want facts
	}{
		"EKS":             {"", facts{true, prod, true, "eu-west-1", "zio", "zio"}},
		"SecretsRegion":   {"eso-aws:region: eu-north-1", facts{true, prod, true, "eu-north-1", "zio", "zio"}},
		"NotCreated":      {"eso-aws:namespaces: {zio: {create: false}}", facts{true, prod, true, "eu-west-1", "zio", "zio"}},
		"Created":         {"eso-aws:namespaces: {zio: {create: true}}", facts{true, prod, true, "eu-west-1", "zio", ""}},
		"OtherCreated":    {"eso-aws:namespaces: {a: {create: true}}", facts{true, prod, true, "eu-west-1", "zio", "zio"}},
		"OperatorsOwn":    {"eso-aws:namespace: external-secrets", facts{true, prod, true, "eu-west-1", "external-secrets", ""}},
		"Local":           {"eso-aws:target: local", facts{false, prod, false, "eu-west-1", "zio", ""}},
		"NoCluster":       {"eso-aws:cluster:", facts{true, sandbox.Cluster{Region: "eu-west-1"}, false, "eu-west-1", "zio", "zio"}},
		"ClusterOfNumber": {"eso-aws:cluster: 7", facts{true, sandbox.Cluster{Region: "eu-west-1"}, false, "eu-west-1", "zio", "zio"}},
		"NoRegion":        {"aws:region:", facts{true, sandbox.Cluster{Name: "prod"}, false, "us-east-1", "zio", "zio"}},
		"NoNamespace":     {"eso-aws:namespace:", facts{true, prod, true, "eu-west-1", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var file struct{ Config map[string]any }
			if err := yaml.Unmarshal([]byte(eksFile), &file); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(test.Add), &file.Config); err != nil {
				t.Fatal(err)
			}
			s := sandbox.Stack(file.Config)
			got := facts{OnEKS: s.OnEKS(), Region: s.Region(), Namespace: s.Namespace(), Presumed: s.Presumed()}
			got.Cluster, got.Known = s.Cluster()
			if diff := cmp.Diff(test.Want, got); diff != "" {
				t.Errorf("the stack (-want +got):\n%s", diff)
			}
		})
	}
}

func TestClusters(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	write(t, eksFile, p.Checkout, "Pulumi.prod.yaml")
	write(t, eksFile, p.Checkout, "Pulumi.same.yaml")
	write(t, "config: {eso-aws:target: eks, eso-aws:cluster: dev, aws:region: us-east-1}", p.Checkout, "Pulumi.dev.yaml")
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	write(t, "config: [", p.Dir, "project", "Pulumi.broken.yaml")
	want := []sandbox.Cluster{{Name: "dev", Region: "us-east-1"}, {Name: "prod", Region: "eu-west-1"}}
	if diff := cmp.Diff(want, p.Clusters()); diff != "" {
		t.Errorf("the clusters (-want +got):\n%s", diff)
	}
}

// A stack on EKS is told where its cluster is, and never where AWS is.
func TestWriteOfAStackOnEKS(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.Overlay["eso-aws:kubeconfig"] = "/kubeconfig"
	write(t, eksFile, p.Checkout, "Pulumi.prod.yaml")
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"aws:region": "eu-west-1", "eso-aws:target": "eks", "eso-aws:cluster": "prod", "eso-aws:namespace": "zio",
		"eso-aws:kubeconfig": "/kubeconfig", "eso-aws:chartValues": map[string]any{"webhook": map[string]any{"create": false}},
	}
	if diff := cmp.Diff(map[string]any{"config": want}, generated(t, p, "Pulumi.prod.yaml")); diff != "" {
		t.Errorf("Pulumi.prod.yaml (-want +got):\n%s", diff)
	}
	stack, err := p.Stack("prod")
	if diff := cmp.Diff(sandbox.Stack(want), stack); diff != "" || err != nil {
		t.Errorf("the stack, with the error %v (-want +got):\n%s", err, diff)
	}
	if _, err := p.Stack("none"); err == nil {
		t.Error("a stack without a file is read")
	}
	if p.Overlay["eso-aws:endpoint"] == nil {
		t.Error("the overlay of local stacks has lost the endpoint")
	}
}
