// Command cluster is a Pulumi program: an EKS cluster for those who have none.
// Run it with `pulumi up` in this folder.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/cluster/stack"
)

func main() {
	pulumi.Run(stack.Program())
}
