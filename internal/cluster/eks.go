package cluster

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// EKS describes an EKS cluster, for its kubeconfig.
type EKS struct {
	// ARN is the cluster's ARN. It names the context, as with `aws eks update-kubeconfig`.
	ARN string
	// Name and Region are the cluster's name and region.
	Name, Region string
	// Profile is a profile of the AWS CLI; "" leaves the choice to the environment.
	Profile string
	// Endpoint is the URL of the API server, and CA its certificate authority (PEM in base64).
	Endpoint, CA string
}

// EKSKubeconfig returns a kubeconfig that signs in with `aws eks get-token`. It contains no secrets.
func EKSKubeconfig(e EKS) string {
	args := strings.Fields("eks get-token --cluster-name " + e.Name + " --region " + e.Region + " --output json")
	if e.Profile != "" { // in the environment, access keys would take precedence
		args = append(args, "--profile", e.Profile)
	}
	exec := map[string]any{
		"apiVersion":      "client.authentication.k8s.io/v1beta1",
		"command":         "aws",
		"args":            args,
		"interactiveMode": "IfAvailable",
		"installHint":     "install the AWS CLI, version 2: https://aws.amazon.com/cli",
	}
	named := func(kind string, value any) []map[string]any {
		return []map[string]any{{"name": e.ARN, kind: value}}
	}
	text, err := yaml.Marshal(map[string]any{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": e.ARN,
		"clusters":        named("cluster", map[string]any{"server": e.Endpoint, "certificate-authority-data": e.CA}),
		"users":           named("user", map[string]any{"exec": exec}),
		"contexts":        named("context", map[string]any{"cluster": e.ARN, "user": e.ARN}),
	})
	if err != nil {
		return "" // strings and maps always marshal
	}
	return string(text)
}
