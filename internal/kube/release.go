package kube

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const releaseType = "kubernetes:helm.sh/v3:Release"

// Release is a helm.sh/v3 Release.
type Release struct {
	pulumi.CustomResourceState
}

// ReleaseArgs describes a [Release].
type ReleaseArgs struct {
	// Name and Namespace say where the release is. The namespace is not made.
	Name, Namespace string
	// Chart is a name in Repository, the path of a folder or a .tgz file, or an
	// oci:// reference.
	Chart string
	// Repository is the URL of a chart repository; "" for a path or oci://.
	Repository string
	// Version is the chart's exact version.
	Version string
	// Values are the chart's values.
	Values pulumi.Input
	// Timeout bounds each operation, Helm's waiting included; 0 is the
	// provider's own.
	Timeout Timeout
}

// NewRelease registers a release that is waited for.
func NewRelease(
	ctx *pulumi.Context, name string, args *ReleaseArgs, opts ...pulumi.ResourceOption,
) (*Release, error) {
	inputs := pulumi.Map{
		"name":            pulumi.String(args.Name),
		"namespace":       pulumi.String(args.Namespace),
		"createNamespace": pulumi.Bool(false),
		"chart":           pulumi.String(args.Chart),
		"version":         pulumi.String(args.Version),
		"values":          args.Values,
		"skipAwait":       pulumi.Bool(false),
	}
	if args.Repository != "" {
		inputs["repositoryOpts"] = pulumi.Map{"repo": pulumi.String(args.Repository)}
	}
	if args.Timeout != 0 {
		inputs["timeout"] = pulumi.Int(args.Timeout.Seconds())
	}
	// The SDK adds this too: the provider then speaks of helm.sh/v3.
	inputs["compat"] = pulumi.String("true")
	opts = append(opts, args.Timeout.Options()...)

	var release Release
	err := ctx.RegisterResource(releaseType, name, inputs, &release, utilities.PkgResourceDefaultOpts(opts)...)
	if err != nil {
		return nil, err
	}
	return &release, nil
}
