// Command pulumi-resource-kubernetes serves the pulumi-kubernetes provider to the Pulumi engine.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// version is set by the linker: the release that the provider's module was taken from.
var version string

func main() {
	// The schema is for code generators; deployments never ask for more than the name.
	provider.Serve("kubernetes", version, []byte(`{"name":"kubernetes"}`), []byte(`{}`))
}
