package sandbox

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
)

// operatorNamespace is the operator's namespace, which every stack on EKS creates itself.
const operatorNamespace = "external-secrets"

// Stack is the config section of a stack file, for what the sandbox must know before the program runs. It
// ignores invalid values, because the program reports them.
type Stack map[string]any

// OnEKS reports whether the stack's target is EKS.
func (s Stack) OnEKS() bool { return s.text("eso-aws:target") == "eks" }

// Cluster returns the stack's name for its cluster.
func (s Stack) Cluster() (c Cluster, ok bool) {
	c = Cluster{Name: s.text("eso-aws:cluster"), Region: s.text("aws:region")}
	return c, s.OnEKS() && c.Name != "" && c.Region != ""
}

// Region returns the region of the stack's secrets.
func (s Stack) Region() string {
	return cmp.Or(s.text("eso-aws:region"), s.text("aws:region"), "us-east-1")
}

// Namespace returns the namespace of the stack's secrets.
func (s Stack) Namespace() string { return s.text("eso-aws:namespace") }

// Presumed returns the namespace that a stack on EKS uses but does not create, because it exists in a real
// cluster; "" if there is none.
func (s Stack) Presumed() string {
	namespaces, _ := s["eso-aws:namespaces"].(map[string]any)
	own, _ := namespaces[s.Namespace()].(map[string]any)
	if !s.OnEKS() || s.Namespace() == operatorNamespace || own["create"] == true {
		return ""
	}
	return s.Namespace()
}

func (s Stack) text(key string) string {
	text, _ := s[key].(string)
	return text
}

// Stack reads the project's file of a stack.
func (p Project) Stack(name string) (Stack, error) {
	file, err := readYAML(filepath.Join(p.path(), "Pulumi."+name+".yaml"))
	config, _ := file["config"].(map[string]any)
	return config, err
}

// Clusters returns the clusters that the project's stacks name.
func (p Project) Clusters() []Cluster {
	files, _ := filepath.Glob(filepath.Join(p.path(), "Pulumi.*.yaml")) // no bad pattern
	var clusters []Cluster
	for _, file := range files {
		stack, err := readYAML(file)
		config, _ := stack["config"].(map[string]any)
		if c, ok := Stack(config).Cluster(); ok && err == nil && !slices.Contains(clusters, c) {
			clusters = append(clusters, c)
		}
	}
	return clusters
}

// For returns the part of the overlay that a stack accepts. A stack on EKS does not accept an endpoint: it
// finds AWS as the AWS provider does.
func (o Overlay) For(s Stack) Overlay {
	if !s.OnEKS() {
		return o
	}
	o = maps.Clone(o)
	delete(o, "eso-aws:endpoint")
	return o
}
