package role

import (
	"fmt"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/iam"
	"eso-aws/internal/problem"
)

// Args describe the operator's role.
type Args struct {
	// Settings are the settings of the role.
	Settings iam.RoleSettings
	// Partition and Account are those of the cluster.
	Partition iam.Partition
	Account   string
	// ServiceAccount is the operator's.
	ServiceAccount iam.ServiceAccount
	// Grants are what the operator may read.
	Grants []iam.Grants
}

// Policies returns the permissions policies, or an error with every problem of the
// arguments and of the trust policy.
func (a *Args) Policies(trust []problem.Problem) ([]iam.Document, error) {
	var all problem.List
	all.Add(trust...)
	all.Add(a.Settings.Validate(a.Partition)...)
	all.AddBelow(problem.Path{"serviceAccount"}, a.ServiceAccount.Validate()...)
	policies, wrong := iam.Permissions(a.Account, a.Grants...)
	all.Add(wrong...)
	return policies, all.Err()
}

// Role is a registered role.
type Role struct {
	// ARN is the ARN of the role.
	ARN pulumi.StringOutput
	// Attachments attach the policies. The role has its permissions only after them.
	Attachments []pulumi.Resource
}

// Register registers a role and its policies as children of a component.
func Register(
	ctx *pulumi.Context, name string, parent pulumi.Resource, settings iam.RoleSettings, trust iam.Document,
	policies []iam.Document,
) (*Role, error) {
	child := pulumi.Parent(parent)
	args := &awsiam.RoleArgs{
		Name:             pulumi.String(settings.Name),
		AssumeRolePolicy: pulumi.String(trust.JSON()),
		Tags:             Tags(settings.Tags),
		Path:             path(settings.Path),
	}
	if settings.PermissionsBoundary != "" {
		args.PermissionsBoundary = pulumi.String(settings.PermissionsBoundary)
	}
	if settings.MaxSession != 0 {
		args.MaxSessionDuration = pulumi.Int(int(settings.MaxSession.Seconds()))
	}
	registered, err := awsiam.NewRole(ctx, name, args, child)
	if err != nil {
		return nil, err
	}
	role := &Role{ARN: registered.Arn}
	for i, document := range policies {
		number := fmt.Sprintf("-%d", i+1)
		policy, err := awsiam.NewPolicy(ctx, name+number, &awsiam.PolicyArgs{
			Name:   pulumi.String(settings.Name + number),
			Path:   path(settings.Path),
			Policy: pulumi.String(document.JSON()),
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

// Tags returns tags as Pulumi takes them: nil for none, since an empty map would be a change.
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
