package aws_test

import (
	"context"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"eso-aws/sandbox/aws"
)

func TestClusters(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	c, ctx := f.eks(), t.Context()
	got := must[*eks.DescribeClusterOutput](t)(c.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: sdk.String("prod")}))
	equal(t, got.Cluster, &types.Cluster{
		Name: sdk.String("prod"), Arn: sdk.String(clusterARN), CreatedAt: &start, Version: sdk.String("1.34"),
		Endpoint: sdk.String("https://127.0.0.1:6443"), Status: types.ClusterStatusActive, Tags: map[string]string{},
		CertificateAuthority: &types.Certificate{Data: sdk.String("cGVt")},
		Identity:             &types.Identity{Oidc: &types.OIDC{Issuer: sdk.String(issuer)}},
	})
	equal(t, must[*eks.ListClustersOutput](t)(c.ListClusters(ctx, nil)).Clusters, []string{"prod"})
	_, err := c.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: sdk.String("absent")})
	equal(t, refusalOf(t, err), refusal{"ResourceNotFoundException", "No cluster found for name: absent."})
	elsewhere := f.eks(func(o *eks.Options) { o.Region = "us-east-1" })
	equal(t, must[*eks.ListClustersOutput](t)(elsewhere.ListClusters(ctx, nil)).Clusters, []string{})
}

func TestPutClusterRefusals(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	err := f.PutCluster(aws.Cluster{Issuer: "http://x"})
	want := "putting cluster \"\": name: must not be empty\n" +
		"region: must not be empty\n" +
		"issuer: \"http://x\": must be an https URL; set it to the API server's --service-account-issuer\n" +
		"keys: is required; set a function that returns /openid/v1/jwks"
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestAssociated(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", podTrust, "")
	f.associate(t)
	const eso = "external-secrets"
	for name, test := range map[string]struct {
		Region, Cluster, Namespace, Account string
		Want                                bool
	}{
		"Associated":     {region, "prod", eso, eso, true},
		"OtherRegion":    {"us-east-1", "prod", eso, eso, false},
		"OtherCluster":   {region, "absent", eso, eso, false},
		"OtherNamespace": {region, "prod", "default", eso, false},
		"OtherAccount":   {region, "prod", eso, "default", false},
	} {
		if got := f.Associated(test.Region, test.Cluster, test.Namespace, test.Account); got != test.Want {
			t.Errorf("%s: got %v, want %v", name, got, test.Want)
		}
	}
}

func TestAssociations(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", podTrust, "")
	c, ctx, prod := f.eks(), t.Context(), sdk.String("prod")
	made := f.associate(t, func(in *eks.CreatePodIdentityAssociationInput) { in.Tags = map[string]string{"a": "1"} })
	want := &types.PodIdentityAssociation{
		ClusterName: prod, Namespace: sdk.String("external-secrets"), ServiceAccount: sdk.String("external-secrets"),
		RoleArn: sdk.String(roleARN), AssociationId: made.AssociationId, CreatedAt: &start, ModifiedAt: &start,
		AssociationArn:     sdk.String("arn:aws:eks:eu-west-1:000000000000:podidentityassociation/prod/" + *made.AssociationId),
		DisableSessionTags: sdk.Bool(false), Tags: map[string]string{"a": "1"},
	}
	equal(t, made, want)
	list := must[*eks.ListPodIdentityAssociationsOutput](t)(c.ListPodIdentityAssociations(ctx,
		&eks.ListPodIdentityAssociationsInput{ClusterName: prod, Namespace: want.Namespace}))
	equal(t, list.Associations, []types.PodIdentityAssociationSummary{{
		ClusterName: prod, Namespace: want.Namespace, ServiceAccount: want.ServiceAccount,
		AssociationArn: want.AssociationArn, AssociationId: want.AssociationId,
	}})
	must[*eks.TagResourceOutput](t)(c.TagResource(ctx, &eks.TagResourceInput{ResourceArn: want.AssociationArn, Tags: map[string]string{"b": "2"}}))
	must[*eks.UntagResourceOutput](t)(c.UntagResource(ctx, &eks.UntagResourceInput{ResourceArn: want.AssociationArn, TagKeys: []string{"a"}}))

	updated := must[*eks.UpdatePodIdentityAssociationOutput](t)(c.UpdatePodIdentityAssociation(ctx,
		&eks.UpdatePodIdentityAssociationInput{ClusterName: prod, AssociationId: want.AssociationId, DisableSessionTags: sdk.Bool(true)}))
	want.DisableSessionTags, want.Tags = sdk.Bool(true), map[string]string{"b": "2"}
	equal(t, updated.Association, want)
	one := &eks.DescribePodIdentityAssociationInput{ClusterName: prod, AssociationId: want.AssociationId}
	equal(t, must[*eks.DescribePodIdentityAssociationOutput](t)(c.DescribePodIdentityAssociation(ctx, one)).Association, want)
	must[*eks.DeletePodIdentityAssociationOutput](t)(c.DeletePodIdentityAssociation(ctx,
		&eks.DeletePodIdentityAssociationInput{ClusterName: prod, AssociationId: want.AssociationId}))
	_, err := c.DescribePodIdentityAssociation(ctx, one)
	equal(t, refusalOf(t, err), refusal{"ResourceNotFoundException", "Association not found: " + *want.AssociationId})
}

func TestAssociationRefusals(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", podTrust, "")
	f.role(t, "irsa", irsaTrust, "")
	made := f.associate(t)
	for name, test := range map[string]struct {
		Change func(*eks.CreatePodIdentityAssociationInput)
		Want   refusal
	}{
		"Taken": {func(*eks.CreatePodIdentityAssociationInput) {}, refusal{"ResourceInUseException", "Association already exists: " + *made.AssociationId}},
		"NoCluster": {func(in *eks.CreatePodIdentityAssociationInput) { in.ClusterName = sdk.String("absent") }, refusal{
			"ResourceNotFoundException", "No cluster found for name: absent.",
		}},
		"NoRole": {func(in *eks.CreatePodIdentityAssociationInput) { in.RoleArn = sdk.String(roleARN + "x") }, refusal{
			"InvalidParameterException", "Role provided in the request does not exist.",
		}},
		"NoTrust": {func(in *eks.CreatePodIdentityAssociationInput) {
			in.RoleArn = sdk.String("arn:aws:iam::000000000000:role/irsa")
		}, refusal{"InvalidParameterException", "Trust policy of the role provided is invalid"}},
		"Target": {func(in *eks.CreatePodIdentityAssociationInput) { in.TargetRoleArn = sdk.String(roleARN) }, refusal{
			"InvalidParameterException", "the in-memory AWS does not support target roles; remove targetRoleArn",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &eks.CreatePodIdentityAssociationInput{
				ClusterName: sdk.String("prod"), Namespace: sdk.String("external-secrets"),
				ServiceAccount: sdk.String("external-secrets"), RoleArn: sdk.String(roleARN),
			}
			test.Change(in)
			_, err := f.eks().CreatePodIdentityAssociation(t.Context(), in)
			equal(t, refusalOf(t, err), test.Want)
		})
	}
}

func TestAddon(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	c, ctx, prod, agent := f.eks(), t.Context(), sdk.String("prod"), sdk.String("eks-pod-identity-agent")
	create := &eks.CreateAddonInput{ClusterName: prod, AddonName: agent}
	made := must[*eks.CreateAddonOutput](t)(c.CreateAddon(ctx, create)).Addon
	equal(t, made.Status, types.AddonStatusCreating)
	_, err := c.CreateAddon(ctx, create)
	equal(t, refusalOf(t, err), refusal{"ResourceInUseException", "Addon already exists."})
	update := must[*eks.UpdateAddonOutput](t)(c.UpdateAddon(ctx,
		&eks.UpdateAddonInput{ClusterName: prod, AddonName: agent, AddonVersion: sdk.String("v9")})).Update
	equal(t, update.Status, types.UpdateStatusInProgress)
	describe := func(ctx context.Context) (*eks.DescribeAddonOutput, error) {
		return c.DescribeAddon(ctx, &eks.DescribeAddonInput{ClusterName: prod, AddonName: agent})
	}
	equal(t, must[*eks.DescribeAddonOutput](t)(describe(ctx)).Addon, &types.Addon{
		AddonName: agent, ClusterName: prod, Status: types.AddonStatusActive, AddonVersion: sdk.String("v9"),
		AddonArn: made.AddonArn, CreatedAt: &start, ModifiedAt: &start, Tags: map[string]string{},
	})
	must[*eks.DeleteAddonOutput](t)(c.DeleteAddon(ctx, &eks.DeleteAddonInput{ClusterName: prod, AddonName: agent}))
	_, err = describe(ctx)
	equal(t, refusalOf(t, err), refusal{"ResourceNotFoundException", "No addon: eks-pod-identity-agent found in cluster: prod"})
}
