package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	pulumieks "github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// deploy registers the cluster and what belongs to it. The outputs have the
// names and the forms of the main program's settings.
func deploy(ctx *pulumi.Context, config *Config) error {
	key, err := newKey(ctx, config)
	if err != nil {
		return err
	}
	cluster, err := newCluster(ctx, config, key)
	if err != nil {
		return err
	}
	if err := newAgent(ctx, cluster); err != nil {
		return err
	}
	if err := newNodes(ctx, config, cluster); err != nil {
		return err
	}
	ctx.Export("cluster", cluster.EksCluster.Name())
	ctx.Export("region", pulumi.String(config.Region))
	ctx.Export("oidcProviderArn", cluster.Core.OidcProvider().Arn())
	ctx.Export("kubeconfig", pulumi.ToSecret(cluster.KubeconfigJson))
	return nil
}

// newKey registers the key that Secrets are encrypted with in etcd.
func newKey(ctx *pulumi.Context, config *Config) (*kms.Key, error) {
	return kms.NewKey(ctx, "secrets", &kms.KeyArgs{
		Description:       pulumi.String("Encrypts the Secrets of the EKS cluster " + config.Name),
		EnableKeyRotation: pulumi.Bool(true),
		// The longest there is: without the key all Secrets are lost.
		DeletionWindowInDays: pulumi.Int(30),
	})
}

// newCluster registers the control plane. Who creates it is its administrator.
func newCluster(ctx *pulumi.Context, config *Config, key *kms.Key) (*pulumieks.Cluster, error) {
	args := &pulumieks.ClusterArgs{
		Name: pulumi.String(config.Name),
		// EKS's own access entries need no ConfigMap, so that nothing has to reach
		// the API server while the cluster is made.
		AuthenticationMode:     new(pulumieks.AuthenticationModeApi),
		CreateOidcProvider:     pulumi.Bool(true),
		EncryptionConfigKeyArn: key.Arn,
		EnabledClusterLogTypes: pulumi.ToStringArray([]string{"api", "audit", "authenticator"}),
		EndpointPrivateAccess:  pulumi.Bool(true),
		EndpointPublicAccess:   pulumi.Bool(len(config.PublicAccessCIDRs) > 0),
		// The default group has instances that the stack would have to replace
		// itself; newNodes has EKS do so. The custom CNI is applied with kubectl.
		SkipDefaultNodeGroup: new(true),
		UseDefaultVpcCni:     new(true),
	}
	if len(config.PublicAccessCIDRs) > 0 {
		args.PublicAccessCidrs = pulumi.ToStringArray(config.PublicAccessCIDRs)
	}
	if config.KubernetesVersion != "" {
		args.Version = pulumi.String(config.KubernetesVersion)
	}
	if config.VPC != "" {
		args.VpcId = pulumi.String(config.VPC)
		args.SubnetIds = pulumi.ToStringArray(config.Subnets)
	}
	return pulumieks.NewCluster(ctx, "cluster", args)
}

// newAgent registers the add-on that hands pods the credentials of their EKS
// Pod Identity association.
func newAgent(ctx *pulumi.Context, cluster *pulumieks.Cluster) error {
	_, err := eks.NewAddon(ctx, "pod-identity-agent", &eks.AddonArgs{
		ClusterName: cluster.EksCluster.Name(),
		AddonName:   pulumi.String("eks-pod-identity-agent"),
	})
	return err
}
