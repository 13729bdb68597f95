package cluster

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// EKS is what a kubeconfig for a cluster of EKS is made of.
type EKS struct {
	// ARN is the cluster's, and the context's name, as `aws eks
	// update-kubeconfig` has it.
	ARN string
	// Name and Region are the cluster's.
	Name, Region string
	// Profile is one of the AWS CLI; "" is what its environment says.
	Profile string
	// Endpoint is the API server's URL, and CA its authority (PEM in base64).
	Endpoint, CA string
}

// EKSKubeconfig is a kubeconfig that signs in with `aws eks get-token`. There is
// no secret in it.
func EKSKubeconfig(e EKS) string {
	args := strings.Fields("eks get-token --cluster-name " + e.Name + " --region " + e.Region + " --output json")
	if e.Profile != "" { // not in the environment, where access keys would go before it
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
		return "" // text and maps can always be written
	}
	return string(text)
}
