package irsa

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/iam"
	"eso-aws/internal/role"
)

const roleType = "eso-aws:irsa:Role"

// DefaultName is the role's where [RoleArgs] has none.
const DefaultName = "external-secrets-irsa"

// Role is the operator's role, with its permissions.
type Role struct {
	pulumi.ResourceState

	// ARN is what the service account's annotation says.
	ARN pulumi.StringOutput
	// Attachments are there as soon as the role may do what it must.
	Attachments []pulumi.Resource
}

// RoleArgs describes a [Role].
type RoleArgs struct {
	// Settings are the role's; an empty name is [DefaultName].
	Settings iam.RoleSettings
	// Partition is the cluster's.
	Partition iam.Partition
	// ProviderARN is that of the cluster's OIDC provider in IAM.
	ProviderARN pulumi.StringInput
	// Issuer is the cluster's issuer, a URL.
	Issuer pulumi.StringInput
	// ServiceAccount is the operator's; empty fields are
	// external-secrets.
	ServiceAccount iam.ServiceAccount
	// Policies are the permissions, such as [iam.Permissions] makes them.
	Policies []iam.Document
	// Account is what stands for [iam.UnknownAccount] in the policies; nil if
	// that is in none.
	Account pulumi.StringInput
}

// NewRole registers the role, its policies and their attachments.
func NewRole(
	ctx *pulumi.Context, name string, args *RoleArgs, opts ...pulumi.ResourceOption,
) (*Role, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("checking irsa role %q: %w", name, err)
	}
	component := &Role{}
	if err := ctx.RegisterComponentResource(roleType, name, component, opts...); err != nil {
		return nil, err
	}
	described := args.role()
	described.Trust = args.trust()
	registered, err := role.Register(ctx, name, component, described)
	if err != nil {
		return nil, err
	}
	component.ARN, component.Attachments = registered.ARN, registered.Attachments
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"arn": component.ARN})
}

func (a *RoleArgs) withDefaults() *RoleArgs {
	full := *a
	full.Settings.Name = cmp.Or(a.Settings.Name, DefaultName)
	full.ServiceAccount = a.ServiceAccount.WithDefaults()
	return &full
}

// role is all of the role but its trust policy.
func (a *RoleArgs) role() *role.Args {
	return &role.Args{Settings: a.Settings, Policies: a.Policies, Account: a.Account}
}

func (a *RoleArgs) trust() pulumi.StringInput {
	return pulumi.All(a.ProviderARN, a.Issuer).ApplyT(func(known []any) (string, error) {
		document, err := TrustPolicy(Trust{
			Partition: a.Partition, ProviderARN: known[0].(string), Issuer: known[1].(string),
			ServiceAccount: a.ServiceAccount,
		})
		if err != nil {
			return "", fmt.Errorf("writing trust policy of role %q: %w", a.Settings.Name, err)
		}
		return document.JSON(), nil
	}).(pulumi.StringOutput)
}

// validate looks at what is known. The trust policy looks at the rest when it is.
func (a *RoleArgs) validate() error {
	problems := []error{a.Partition.Validate(""), a.role().Validate(a.Partition), a.ServiceAccount.Validate()}
	if a.ProviderARN == nil {
		problems = append(problems,
			iam.Problem("providerArn", "", "is empty", "the ARN of the cluster's OIDC provider"))
	}
	if a.Issuer == nil {
		problems = append(problems, iam.Problem("issuer", "", "is empty", writeIssuer))
	}
	if provider, ok := a.ProviderARN.(pulumi.String); ok {
		problems = append(problems, iam.CheckProvider("providerArn", string(provider), a.Partition))
	}
	if issuer, ok := a.Issuer.(pulumi.String); ok {
		problems = append(problems, checkIssuer(string(issuer)))
	}
	return errors.Join(problems...)
}
