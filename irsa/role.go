package irsa

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/role"
)

const roleType = "eso-aws:irsa:Role"

// DefaultName is the name of a role without one in [RoleArgs].
const DefaultName = "external-secrets-irsa"

// Role is the operator's role, with its permissions.
type Role struct {
	pulumi.ResourceState

	// ARN is the value of the service account's annotation.
	ARN pulumi.StringOutput
	// Attachments attach the policies. The role has its permissions only after them.
	Attachments []pulumi.Resource
}

// RoleArgs describes a [Role].
type RoleArgs struct {
	role.Args
	// ProviderARN is the ARN of the cluster's OIDC provider in IAM.
	ProviderARN string
	// Issuer is the URL of the cluster's issuer.
	Issuer string
}

// NewRole registers the role, its policies and their attachments.
func NewRole(ctx *pulumi.Context, name string, args *RoleArgs, opts ...pulumi.ResourceOption) (*Role, error) {
	full := *args
	full.Settings.Name = cmp.Or(args.Settings.Name, DefaultName)
	trust, problems := TrustPolicy(&full)
	policies, err := full.Policies(problems)
	if err != nil {
		return nil, fmt.Errorf("checking irsa role %q: %w", name, err)
	}
	component := &Role{}
	if err := ctx.RegisterComponentResource(roleType, name, component, opts...); err != nil {
		return nil, err
	}
	registered, err := role.Register(ctx, name, component, full.Settings, trust, policies)
	if err != nil {
		return nil, err
	}
	component.ARN, component.Attachments = registered.ARN, registered.Attachments
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"arn": component.ARN})
}
