package operator

import (
	"errors"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
)

const releaseType = "eso-aws:operator:Release"

// Release is the operator, installed.
type Release struct {
	pulumi.ResourceState

	// Resource is the Helm release, to depend on.
	Resource pulumi.Resource
}

// ReleaseArgs describes a [Release].
type ReleaseArgs struct {
	// Name is the release's name, and Namespace an existing namespace for it.
	Name, Namespace string
	// Chart is a name in Repository, the path of a folder or a .tgz file, or an
	// oci:// reference.
	Chart string
	// Repository is the URL of the chart repository; "" for a path or oci://.
	Repository string
	// Version is the chart's version.
	Version semver.Version
	// KeepCRDs lets the custom resource definitions outlive the release.
	KeepCRDs bool
	// Endpoint is the URL of Secrets Manager and STS; "" is AWS itself.
	Endpoint string
	// ParameterStore says that Endpoint is Parameter Store's too.
	ParameterStore bool
	// Identity is who the operator is to AWS; nil where its stores say that.
	Identity *Identity
	// ChartValues are merged over [Values], whose lists they replace.
	ChartValues map[string]any
	// SecretValues keeps the chart's values encrypted in Pulumi's state.
	SecretValues bool
	// Hooks are the Helm release's; nil for none.
	Hooks *pulumi.ResourceHookBinding
	// Timeout bounds each operation; 0 is the provider's own.
	Timeout kube.Timeout
}

// Identity is who the operator is to AWS.
type Identity struct {
	// ServiceAccount is the name of the operator's.
	ServiceAccount string
	// RoleARN is the role of its service account, as IRSA has it; nil for none.
	RoleARN pulumi.StringInput
	// Version changes with the identity, so that the pods do.
	Version pulumi.StringInput
}

// NewRelease installs the operator.
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
	child := []pulumi.ResourceOption{pulumi.Parent(release)}
	if args.Hooks != nil {
		child = append(child, pulumi.ResourceHooks(args.Hooks))
	}
	helm, err := kube.NewRelease(ctx, name, &kube.ReleaseArgs{
		Name:       args.Name,
		Namespace:  args.Namespace,
		Chart:      args.Chart,
		Repository: args.Repository,
		Version:    args.Version.String(),
		Values:     values,
		Timeout:    args.Timeout,
	}, child...)
	if err != nil {
		return nil, err
	}
	release.Resource = helm
	return release, ctx.RegisterResourceOutputs(release, pulumi.Map{})
}

func (a *ReleaseArgs) validate() error {
	var problems []error
	for _, field := range []struct{ name, value string }{
		{"chart", a.Chart}, {"name", a.Name}, {"namespace", a.Namespace},
	} {
		if field.value == "" {
			problems = append(problems, fmt.Errorf("%s: %q: is empty; write a value", field.name, field.value))
		}
	}
	conflicts := Conflicts(a.ChartValues)
	if a.Identity != nil {
		conflicts = append(conflicts, IdentityConflicts(a.ChartValues)...)
	}
	for _, conflict := range conflicts {
		problems = append(problems, fmt.Errorf("chartValues.%s: %s", conflict.Path, conflict.Rule))
	}
	return errors.Join(problems...)
}
