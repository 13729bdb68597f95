package podidentity

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/iam"
	"eso-aws/internal/role"
)

const (
	roleType  = "eso-aws:podidentity:Role"
	agentName = "eks-pod-identity-agent"
)

// DefaultName is the name of a role without one in [RoleArgs].
const DefaultName = "external-secrets-pod-identity"

// Role is the operator's role, with its permissions and its association.
type Role struct {
	pulumi.ResourceState

	// ARN is the ARN of the role.
	ARN pulumi.StringOutput
	// AssociationID changes when the association is replaced.
	AssociationID pulumi.IDOutput
	// Resources are what the operator's pods need before they are created: the association,
	// and the agent if requested.
	Resources []pulumi.Resource
}

// RoleArgs describes a [Role].
type RoleArgs struct {
	role.Args
	// ClusterARN is the ARN of the cluster.
	ClusterARN string
	// Agent installs the Pod Identity agent as an add-on of the cluster.
	Agent bool
}

// NewRole registers the role, its policies, the association and the agent.
func NewRole(ctx *pulumi.Context, name string, args *RoleArgs, opts ...pulumi.ResourceOption) (*Role, error) {
	full := *args
	full.Settings.Name = cmp.Or(args.Settings.Name, DefaultName)
	trust, problems := TrustPolicy(&full)
	policies, err := full.Policies(problems)
	if err != nil {
		return nil, fmt.Errorf("checking pod identity role %q: %w", name, err)
	}
	component := &Role{}
	if err := ctx.RegisterComponentResource(roleType, name, component, opts...); err != nil {
		return nil, err
	}
	registered, err := role.Register(ctx, name, component, full.Settings, trust, policies)
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

// associate waits for the attachments, so that no pod gets a role without permissions.
func (r *Role) associate(ctx *pulumi.Context, name string, args *RoleArgs, registered *role.Role) error {
	association, err := eks.NewPodIdentityAssociation(ctx, name, &eks.PodIdentityAssociationArgs{
		ClusterName:    args.clusterName(),
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
	if !args.Agent {
		return nil
	}
	installed, err := eks.NewAddon(ctx, name, &eks.AddonArgs{
		ClusterName: args.clusterName(),
		AddonName:   pulumi.String(agentName),
		Preserve:    pulumi.Bool(true), // others may need it by now
		Tags:        role.Tags(args.Settings.Tags),
	}, pulumi.Parent(r))
	r.Resources = append(r.Resources, installed)
	return err
}

func (a *RoleArgs) clusterName() pulumi.String {
	arn, _ := iam.ParseARN(a.ClusterARN)
	return pulumi.String(strings.TrimPrefix(arn.Resource, "cluster/"))
}
