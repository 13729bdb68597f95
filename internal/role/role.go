package role

import (
	"errors"
	"fmt"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/iam"
)

// Args describe a role.
type Args struct {
	// Settings are valid.
	Settings iam.RoleSettings
	// Trust is the trust policy's JSON.
	Trust pulumi.StringInput
	// Policies are the role's permissions, and Account is theirs wherever they
	// leave it open; nil if none does.
	Policies []iam.Document
	Account  pulumi.StringInput
}

// Role is what was registered.
type Role struct {
	// ARN and Name are the role's.
	ARN, Name pulumi.StringOutput
	// Attachments are there as soon as the role may do what it must.
	Attachments []pulumi.Resource
}

// Register registers the role under a parent.
func Register(ctx *pulumi.Context, name string, parent pulumi.Resource, args *Args) (*Role, error) {
	child := pulumi.Parent(parent)
	settings := args.Settings
	roleArgs := &awsiam.RoleArgs{
		Name:             pulumi.String(settings.Name),
		AssumeRolePolicy: args.Trust,
		Tags:             Tags(settings.Tags),
		Path:             path(settings.Path),
	}
	if settings.PermissionsBoundary != "" {
		roleArgs.PermissionsBoundary = pulumi.String(settings.PermissionsBoundary)
	}
	if settings.MaxSession != 0 {
		roleArgs.MaxSessionDuration = pulumi.Int(int(settings.MaxSession.Seconds()))
	}
	registered, err := awsiam.NewRole(ctx, name, roleArgs, child)
	if err != nil {
		return nil, err
	}
	role := &Role{ARN: registered.Arn, Name: registered.Name}
	for i, document := range args.Policies {
		number := fmt.Sprintf("-%d", i+1)
		policy, err := awsiam.NewPolicy(ctx, name+number, &awsiam.PolicyArgs{
			Name:   pulumi.String(settings.Name + number),
			Path:   path(settings.Path),
			Policy: withAccount(settings.Name+number, document, args.Account),
			Tags:   Tags(settings.Tags),
		}, child)
		if err != nil {
			return nil, err
		}
		attachment, err := awsiam.NewRolePolicyAttachment(ctx, name+number, &awsiam.RolePolicyAttachmentArgs{
			Role: registered.Name, PolicyArn: policy.Arn,
		}, child)
		if err != nil {
			return nil, err
		}
		role.Attachments = append(role.Attachments, attachment)
	}
	return role, nil
}

// Validate finds what is wrong with the role's settings and policies.
func (a *Args) Validate(partition iam.Partition) error {
	problems := []error{a.Settings.Validate(partition)}
	if account, ok := a.Account.(pulumi.String); ok {
		_, err := iam.NewDocument().WithAccount(string(account))
		problems = append(problems, err)
	}
	if len(a.Policies) > iam.MaxPolicies {
		problems = append(problems, iam.Problem("policies", fmt.Sprint(len(a.Policies)), "are too many for a role",
			fmt.Sprint(iam.MaxPolicies, " at most")))
	}
	for i, document := range a.Policies {
		field := fmt.Sprintf("policies[%d]", i)
		if size := document.Size(); size > iam.MaxPolicySize {
			problems = append(problems, iam.Problem(field, fmt.Sprint(size), "are too many characters for a policy",
				fmt.Sprint(iam.MaxPolicySize, " at most, or more policies")))
		}
		if a.Account == nil && document.NeedsAccount() {
			problems = append(problems,
				iam.Problem("account", "", field+" leaves it open", "the account of the secrets"))
		}
	}
	return errors.Join(problems...)
}

// Tags are tags as Pulumi takes them: nothing where there are none, for an
// empty map would be a change.
func Tags(tags map[string]string) pulumi.StringMapInput {
	if len(tags) == 0 {
		return nil
	}
	return pulumi.ToStringMap(tags)
}

func path(path string) pulumi.StringPtrInput {
	if path == "" {
		return nil
	}
	return pulumi.String(path)
}

func withAccount(name string, document iam.Document, account pulumi.StringInput) pulumi.StringInput {
	if !document.NeedsAccount() {
		return pulumi.String(document.JSON())
	}
	return account.ToStringOutput().ApplyT(func(account string) (string, error) {
		known, err := document.WithAccount(account)
		if err != nil {
			return "", fmt.Errorf("writing policy %q: %w", name, err)
		}
		return known.JSON(), nil
	}).(pulumi.StringOutput)
}
