package sandbox

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
)

// operatorNamespace is the operator's; every stack on EKS makes it itself.
const operatorNamespace = "external-secrets"

// Stack is what the sandbox has to know of a stack before the program runs: the config section of its
// file. What is wrong in it the program tells, so that here it is as if it were not there.
type Stack map[string]any

// OnEKS tells whether the stack's cluster and AWS are EKS's.
func (s Stack) OnEKS() bool { return s.text("eso-aws:target") == "eks" }

// Cluster is the name that the stack has for its cluster.
func (s Stack) Cluster() (c Cluster, ok bool) {
	c = Cluster{Name: s.text("eso-aws:cluster"), Region: s.text("aws:region")}
	return c, s.OnEKS() && c.Name != "" && c.Region != ""
}

// Region is where the stack's secrets are.
func (s Stack) Region() string {
	return cmp.Or(s.text("eso-aws:region"), s.text("aws:region"), "us-east-1")
}

// Namespace is where the stack puts its secrets.
func (s Stack) Namespace() string { return s.text("eso-aws:namespace") }

// Presumed is the namespace that a stack on EKS uses and does not make, as the clusters of EKS have
// those of their applications already; "" where there is none.
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

// Clusters are those that the project's stacks are for.
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

// For is what of the overlay is for a stack. One on EKS finds AWS as the AWS provider does, and refuses
// to be told where it is.
func (o Overlay) For(s Stack) Overlay {
	if !s.OnEKS() {
		return o
	}
	o = maps.Clone(o)
	delete(o, "eso-aws:endpoint")
	return o
}
