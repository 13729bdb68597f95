package podidentity_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
	"eso-aws/internal/iam"
	"eso-aws/podidentity"
)

// register also registers what comes after the association. Nothing comes after the component: what
// depends on one depends on those of its children that the SDK has already registered.
func register(preview bool, args *podidentity.RoleArgs) (*graph.Graph, error) {
	return graph.Run(graph.Options{Project: "p", Stack: "s", Preview: preview}, func(ctx *pulumi.Context) error {
		role, err := podidentity.NewRole(ctx, "operator", args)
		if err != nil {
			return err
		}
		ctx.Export("arn", role.ARN)
		var after pulumi.ResourceState
		return ctx.RegisterComponentResource("t:t:After", "after-association", &after, pulumi.DependsOn(role.Resources[:1]))
	})
}

func permissions(t *testing.T) []iam.Document {
	t.Helper()
	documents, err := iam.Permissions(iam.Grants{Partition: iam.AWS, Region: "eu-west-1", Secrets: []string{"app"}})
	require.NoError(t, err)
	return documents
}

func TestNewRole(t *testing.T) {
	t.Parallel()
	got, err := register(false, &podidentity.RoleArgs{
		Partition: iam.AWS, ClusterName: pulumi.String("prod"), ClusterARN: pulumi.String(cluster),
		Policies: permissions(t), Account: pulumi.String("111122223333"),
	})
	require.NoError(t, err)
	golden(t, "testdata/role.golden", []byte(got.String()))
}

// TestNewRoleSettings: every setting, the agent, and inputs that are secret,
// which stay so.
func TestNewRoleSettings(t *testing.T) {
	t.Parallel()
	secret := func(text string) pulumi.StringOutput {
		return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
	}
	got, err := register(false, &podidentity.RoleArgs{
		Settings:  iam.RoleSettings{Name: "mine", Path: "/team/", Tags: map[string]string{"team": "a"}},
		Partition: iam.AWS, ClusterName: secret("prod"), ClusterARN: secret(cluster),
		ServiceAccount: iam.ServiceAccount{Namespace: "eso", Name: "reader"},
		Policies:       permissions(t), Account: secret("111122223333"),
		Agent: &podidentity.Agent{Version: "v1.3.4-eksbuild.1"},
	})
	require.NoError(t, err)
	golden(t, "testdata/role-settings.golden", []byte(got.String()))
}

// TestNewRoleUnknown: before AWS has been asked, all resources are there.
func TestNewRoleUnknown(t *testing.T) {
	t.Parallel()
	unknown := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
	got, err := register(true, &podidentity.RoleArgs{
		Partition: iam.AWS, ClusterName: unknown, ClusterARN: unknown, Policies: permissions(t), Account: unknown,
		Agent: &podidentity.Agent{},
	})
	require.NoError(t, err)
	golden(t, "testdata/role-unknown.golden", []byte(got.String()))
}

// TestNewRoleLate: what is known later is checked then.
func TestNewRoleLate(t *testing.T) {
	t.Parallel()
	_, err := register(false, &podidentity.RoleArgs{
		Partition: iam.AWS, ClusterName: pulumi.String("test").ToStringOutput(), ClusterARN: pulumi.String(cluster).ToStringOutput(),
	})
	require.ErrorContains(t, err, `writing trust policy of role "external-secrets-pod-identity": `+
		`clusterArn: "`+cluster+`": is not that of cluster test; write the ARN of that cluster`)
}

func TestNewRoleChecksFirst(t *testing.T) {
	t.Parallel()
	for want, args := range map[string]*podidentity.RoleArgs{
		`checking pod identity role "operator": partition: "": is no AWS partition known here; write aws, aws-cn or aws-us-gov
path: "a": is no path; write one that begins and ends with /, 512 characters at most
account: "": policies[0] leaves it open; write the account of the secrets
namespace: "A": is no name of a namespace; write lower-case letters, digits and -, 63 at most
clusterName: "": is empty; write the cluster's name
clusterArn: "": is empty; write the cluster's ARN`: {
			Settings: iam.RoleSettings{Path: "a"}, ServiceAccount: iam.ServiceAccount{Namespace: "A"}, Policies: permissions(t),
		},
		`checking pod identity role "operator": clusterName: "a.b": is no name of a cluster; write letters, digits, - and _, 100 at most
clusterArn: "a.b": is no ARN of an EKS cluster; write arn:aws:eks:<region>:<account>:cluster/<name>`: {
			Partition: iam.AWS, ClusterName: pulumi.String("a.b"), ClusterARN: pulumi.String("a.b"),
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			got, err := register(false, args)
			require.ErrorContains(t, err, want)
			assert.Empty(t, got.Resources)
		})
	}
}

// reading is a cloud in which the role has an ARN, and tells what is made of it.
type reading chan resource.PropertyMap

func (r reading) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	switch args.TypeToken {
	case "aws:iam/role:Role":
		return args.Name, resource.NewPropertyMapFromMap(map[string]any{"arn": "the role's", "name": "its name"}), nil
	case "aws:eks/podIdentityAssociation:PodIdentityAssociation", "t:t:Reader":
		r <- args.Inputs
	}
	return args.Name, args.Inputs, nil
}

func (reading) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// TestNewRoleARN: the role that is associated, and that the component tells.
func TestNewRoleARN(t *testing.T) {
	t.Parallel()
	cloud := make(reading, 2)
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		role, err := podidentity.NewRole(ctx, "operator", &podidentity.RoleArgs{
			Partition: iam.AWS, ClusterName: pulumi.String("prod"), ClusterARN: pulumi.String(cluster),
		})
		if err != nil {
			return err
		}
		var reader pulumi.CustomResourceState
		return ctx.RegisterResource("t:t:Reader", "reader", pulumi.Map{"arn": role.ARN}, &reader)
	}, pulumi.WithMocks("p", "s", cloud))
	require.NoError(t, err)
	assert.ElementsMatch(t, []resource.PropertyMap{
		resource.NewPropertyMapFromMap(map[string]any{"arn": "the role's"}),
		resource.NewPropertyMapFromMap(map[string]any{
			"clusterName": "prod", "namespace": "external-secrets", "serviceAccount": "external-secrets", "roleArn": "the role's",
		}),
	}, []resource.PropertyMap{<-cloud, <-cloud})
}
