// Command eso-aws is the Pulumi program: secrets from AWS Secrets Manager in
// Kubernetes. Run it with `pulumi up`.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/stacks"
)

func main() {
	pulumi.Run(stacks.Program())
}
