package podidentity

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/iam"
	"eso-aws/internal/role"
)

const (
	roleType  = "eso-aws:podidentity:Role"
	agentName = "eks-pod-identity-agent"
)

// DefaultName is the role's where [RoleArgs] has none.
const DefaultName = "external-secrets-pod-identity"

// Role is the operator's role, with its permissions and its association.
type Role struct {
	pulumi.ResourceState

	// ARN is the role's.
	ARN pulumi.StringOutput
	// AssociationID is another where the association was made anew.
	AssociationID pulumi.IDOutput
	// Resources are what the operator's pods need when they are made: the
	// association, and the agent where it is asked for.
	Resources []pulumi.Resource
}

// RoleArgs describes a [Role].
type RoleArgs struct {
	// Settings are the role's; an empty name is [DefaultName].
	Settings iam.RoleSettings
	// Partition is the cluster's.
	Partition iam.Partition
	// ClusterName and ClusterARN are the cluster's.
	ClusterName, ClusterARN pulumi.StringInput
	// ServiceAccount is the operator's; empty fields are
	// external-secrets.
	ServiceAccount iam.ServiceAccount
	// Policies are the permissions, such as [iam.Permissions] makes them.
	Policies []iam.Document
	// Account is what stands for [iam.UnknownAccount] in the policies; nil if
	// that is in none.
	Account pulumi.StringInput
	// Agent is the agent as an add-on of the cluster; nil for none.
	Agent *Agent
}

// Agent is the Pod Identity agent, on every node.
type Agent struct {
	// Version is the add-on's; "" is EKS's default for the cluster.
	Version string
}

// NewRole registers the role, its policies, the association and the agent.
func NewRole(
	ctx *pulumi.Context, name string, args *RoleArgs, opts ...pulumi.ResourceOption,
) (*Role, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("checking pod identity role %q: %w", name, err)
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
	component.ARN = registered.ARN
	if err := component.associate(ctx, name, args, registered); err != nil {
		return nil, err
	}
	if err := component.agent(ctx, name, args); err != nil {
		return nil, err
	}
	return component, ctx.RegisterResourceOutputs(component, pulumi.Map{"arn": component.ARN})
}

// associate comes after the attachments: no pod gets a role that may do nothing.
func (r *Role) associate(ctx *pulumi.Context, name string, args *RoleArgs, registered *role.Role) error {
	association, err := eks.NewPodIdentityAssociation(ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName:    args.ClusterName,
		Namespace:      pulumi.String(args.ServiceAccount.Namespace),
		ServiceAccount: pulumi.String(args.ServiceAccount.Name),
		RoleArn:        registered.ARN,
		Tags:           role.Tags(args.Settings.Tags),
	}, pulumi.Parent(r), pulumi.DependsOn(registered.Attachments))
	if err != nil {
		return err
	}
	r.AssociationID = association.ID()
	r.Resources = append(r.Resources, association)
	return nil
}

func (r *Role) agent(ctx *pulumi.Context, name string, args *RoleArgs) error {
	if args.Agent == nil {
		return nil
	}
	addon := &eks.AddonArgs{
		ClusterName: args.ClusterName,
		AddonName:   pulumi.String(agentName),
		Preserve:    pulumi.Bool(true), // others may have come to need it
		Tags:        role.Tags(args.Settings.Tags),
	}
	if args.Agent.Version != "" {
		addon.AddonVersion = pulumi.String(args.Agent.Version)
	}
	installed, err := eks.NewAddon(ctx, name, addon, pulumi.Parent(r))
	r.Resources = append(r.Resources, installed)
	return err
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

// trust refuses the ARN of a cluster that is not the association's: EKS would
// associate a role that it may not assume.
func (a *RoleArgs) trust() pulumi.StringInput {
	return pulumi.All(a.ClusterARN, a.ClusterName).ApplyT(func(known []any) (string, error) {
		arn, name := known[0].(string), known[1].(string)
		document, err := TrustPolicy(Trust{Partition: a.Partition, ClusterARN: arn, ServiceAccount: a.ServiceAccount})
		if parsed, ok := iam.ParseARN(arn); err == nil && ok && parsed.Resource != "cluster/"+name {
			err = iam.Problem("clusterArn", arn, "is not that of cluster "+name, "the ARN of that cluster")
		}
		if err != nil {
			return "", fmt.Errorf("writing trust policy of role %q: %w", a.Settings.Name, err)
		}
		return document.JSON(), nil
	}).(pulumi.StringOutput)
}

// validate looks at what is known. The trust policy looks at the rest when it is.
func (a *RoleArgs) validate() error {
	problems := []error{a.Partition.Validate(""), a.role().Validate(a.Partition), a.ServiceAccount.Validate()}
	if a.ClusterName == nil {
		problems = append(problems, iam.Problem("clusterName", "", "is empty", "the cluster's name"))
	}
	if a.ClusterARN == nil {
		problems = append(problems, iam.Problem("clusterArn", "", "is empty", "the cluster's ARN"))
	}
	if name, ok := a.ClusterName.(pulumi.String); ok {
		problems = append(problems, checkClusterName(string(name)))
	}
	if arn, ok := a.ClusterARN.(pulumi.String); ok {
		problems = append(problems, checkCluster(string(arn), a.Partition))
	}
	return errors.Join(problems...)
}
