package kube

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const releaseType = "kubernetes:helm.sh/v3:Release"

// Release is a Helm release.
type Release struct {
	pulumi.CustomResourceState
}

// ReleaseArgs are the arguments of [NewRelease].
type ReleaseArgs struct {
	// Name is the release's name, and Namespace an existing namespace.
	Name, Namespace string
	// Chart is a chart's name in Repository, the path of a directory or .tgz file, or an
	// oci:// reference.
	Chart string
	// Repository is the URL of the chart repository; "" for a path or an oci:// reference.
	Repository string
	// Version is the chart's exact version.
	Version string
	// Values are the chart's values.
	Values pulumi.Input
	// Timeout limits each operation, including Helm's wait; 0 is the provider's default.
	Timeout Timeout
}

// NewRelease registers a release and waits until its objects are ready.
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
		inputs["timeout"] = pulumi.Int(args.Timeout.seconds())
	}
	// The SDK sets this constant too.
	inputs["compat"] = pulumi.String("true")
	opts = append(opts, args.Timeout.Options()...)

	var release Release
	err := ctx.RegisterResource(releaseType, name, inputs, &release, utilities.PkgResourceDefaultOpts(opts)...)
	if err != nil {
		return nil, err
	}
	return &release, nil
}
