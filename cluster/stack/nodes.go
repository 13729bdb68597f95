package stack

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	pulumieks "github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newNodes registers a managed node group: EKS drains and replaces its nodes.
func newNodes(ctx *pulumi.Context, config *Config, cluster *pulumieks.Cluster) error {
	role, attachments, err := newNodeRole(ctx, config)
	if err != nil {
		return err
	}
	count := pulumi.Int(config.NodeCount)
	_, err = eks.NewNodeGroup(ctx, "nodes", &eks.NodeGroupArgs{
		ClusterName:   cluster.EksCluster.Name(),
		NodeRoleArn:   role.Arn,
		SubnetIds:     cluster.Core.SubnetIds(),
		InstanceTypes: pulumi.ToStringArray([]string{config.NodeType}),
		AmiType:       pulumi.String(amiType(config.NodeType)),
		ScalingConfig: &eks.NodeGroupScalingConfigArgs{MinSize: count, DesiredSize: count, MaxSize: count},
		// Nodes cannot join before their role may, nor leave after.
	}, pulumi.DependsOn(attachments))
	return err
}

// newNodeRole registers the role of the nodes, with what AWS says a node needs.
// The first policy lets the Pod Identity agent do its work, too.
func newNodeRole(ctx *pulumi.Context, config *Config) (*iam.Role, []pulumi.Resource, error) {
	in, err := partitionOf(config.Region)
	if err != nil {
		return nil, nil, fmt.Errorf("making the role of the nodes: region %q %w", config.Region, err)
	}
	role, err := iam.NewRole(ctx, "nodes", &iam.RoleArgs{
		Description:      pulumi.String("The nodes of the EKS cluster " + config.Name),
		AssumeRolePolicy: pulumi.String(nodeTrust(in)),
	})
	if err != nil {
		return nil, nil, err
	}
	var attachments []pulumi.Resource
	for _, policy := range []string{
		"AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly",
	} {
		attachment, err := iam.NewRolePolicyAttachment(ctx, "nodes-"+policy, &iam.RolePolicyAttachmentArgs{
			Role:      role.Name,
			PolicyArn: pulumi.String("arn:" + in.name + ":iam::aws:policy/" + policy),
		})
		if err != nil {
			return nil, nil, err
		}
		attachments = append(attachments, attachment)
	}
	return role, attachments, nil
}

// nodeTrust is the policy that lets EC2 give a role to instances.
func nodeTrust(in partition) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+
		`"Principal":{"Service":"ec2.%s"},"Action":"sts:AssumeRole"}]}`, in.suffix)
}

// graviton are the instance types with an ARM processor: the letters after the
// generation have a g, as in t4g and im4gn. The first had no letter.
var graviton = regexp.MustCompile(`^(a1|[a-z]+[0-9]+[a-z]*g[a-z]*)\.`)

// amiType is the system of the nodes: Amazon Linux 2023, for their processor.
func amiType(instanceType string) string {
	if graviton.MatchString(instanceType) {
		return "AL2023_ARM_64_STANDARD"
	}
	return "AL2023_x86_64_STANDARD"
}
