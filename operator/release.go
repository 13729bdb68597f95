package operator

import (
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
	"eso-aws/internal/problem"
)

const releaseType = "eso-aws:operator:Release"

// Release is the installed operator.
type Release struct {
	pulumi.ResourceState

	// Resource is the Helm release. Depend on it, not on the component.
	Resource pulumi.Resource
}

// ReleaseArgs are the arguments of [NewRelease].
type ReleaseArgs struct {
	// Name is the name of the Helm release, and Namespace an existing namespace.
	Name, Namespace string
	// Chart is a chart's name in Repository, the path of a directory or .tgz file, or an
	// oci:// reference.
	Chart string
	// Repository is the URL of the chart repository; "" for a path or an oci:// reference.
	Repository string
	// Version is the chart's version.
	Version semver.Version
	// KeepCRDs keeps the custom resource definitions when the release is deleted.
	KeepCRDs bool
	// Endpoint is the URL of Secrets Manager and STS; "" for AWS itself.
	Endpoint string
	// ParameterStore uses Endpoint for Parameter Store too.
	ParameterStore bool
	// Identity is the operator's identity in AWS; nil if its stores have their own.
	Identity *Identity
	// ChartValues are the user's values. [Values] merges them over its own.
	ChartValues map[string]any
	// SecretValues encrypts the chart's values in Pulumi's state.
	SecretValues bool
	// Hooks are the resource hooks of the Helm release; nil for none.
	Hooks *pulumi.ResourceHookBinding
	// Timeout limits each operation; 0 is the provider's default.
	Timeout kube.Timeout
}

// Identity is the operator's identity in AWS.
type Identity struct {
	// ServiceAccount is the name of the operator's service account.
	ServiceAccount string
	// RoleARN is the role that the service account assumes by IRSA; nil for none.
	RoleARN pulumi.StringInput
	// Version changes with the identity. The operator's pods are then replaced.
	Version pulumi.StringInput
}

// NewRelease installs the operator and waits until it is ready.
func NewRelease(
	ctx *pulumi.Context, name string, args *ReleaseArgs, opts ...pulumi.ResourceOption,
) (*Release, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("checking operator release %q: %w", name, err)
	}
	release := &Release{}
	if err := ctx.RegisterComponentResource(releaseType, name, release, opts...); err != nil {
		return nil, err
	}

	var values pulumi.Input = pulumi.ToMap(Values(args))
	if args.SecretValues {
		values = pulumi.ToSecret(values)
	}
	helm, err := kube.NewRelease(ctx, name, &kube.ReleaseArgs{
		Name:       args.Name,
		Namespace:  args.Namespace,
		Chart:      args.Chart,
		Repository: args.Repository,
		Version:    args.Version.String(),
		Values:     values,
		Timeout:    args.Timeout,
	}, pulumi.Parent(release), pulumi.ResourceHooks(args.Hooks))
	if err != nil {
		return nil, err
	}
	release.Resource = helm
	return release, ctx.RegisterResourceOutputs(release, pulumi.Map{})
}

func (a *ReleaseArgs) validate() error {
	var problems problem.List
	problems.Require(map[string]string{"chart": a.Chart, "name": a.Name, "namespace": a.Namespace})
	problems.AddBelow(problem.Path{"chartValues"}, CheckValues(a.ChartValues, a.Identity != nil)...)
	return problems.Err()
}
