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

// register also registers a resource after the association. Nothing can come after the component:
// a dependency on it is one on those of its children that the SDK has already registered.
func register(args *podidentity.RoleArgs) (*graph.Graph, error) {
	return graph.Run(graph.Options{Project: "p", Stack: "s"}, func(ctx *pulumi.Context) error {
		role, err := podidentity.NewRole(ctx, "operator", args)
		if err != nil {
			return err
		}
		ctx.Export("arn", role.ARN)
		var after pulumi.ResourceState
		return ctx.RegisterComponentResource("t:t:After", "after-association", &after, pulumi.DependsOn(role.Resources[:1]))
	})
}

func grants() []iam.Grants {
	return []iam.Grants{{Region: "eu-west-1", Secrets: []string{"app"}}}
}

func TestNewRole(t *testing.T) {
	t.Parallel()
	args := args(iam.AWS, cluster)
	args.Grants = grants()
	got, err := register(args)
	require.NoError(t, err)
	golden(t, "testdata/role.golden", []byte(got.String()))
}

// TestNewRoleSettings: every setting, and the agent.
func TestNewRoleSettings(t *testing.T) {
	t.Parallel()
	args := args(iam.AWS, cluster)
	args.Settings = iam.RoleSettings{Name: "mine", Path: "/team/", Tags: map[string]string{"team": "a"}}
	args.ServiceAccount = iam.ServiceAccount{Namespace: "eso", Name: "reader"}
	args.Grants, args.Agent = grants(), true
	got, err := register(args)
	require.NoError(t, err)
	golden(t, "testdata/role-settings.golden", []byte(got.String()))
}

// TestNewRoleChecksFirst: all problems are reported, and nothing is registered.
func TestNewRoleChecksFirst(t *testing.T) {
	t.Parallel()
	args := args("", "a.b")
	args.Settings, args.ServiceAccount.Namespace, args.Account = iam.RoleSettings{Path: "a"}, "A", ""
	got, err := register(args)
	require.ErrorContains(t, err, `checking pod identity role "operator": account: "": must be an AWS account ID (12 digits)
clusterArn: "a.b": must be the ARN of an EKS cluster (arn:<partition>:eks:<region>:<account>:cluster/<name>)
path: "a": must be a valid IAM path (starting and ending with "/", at most 512 characters)
serviceAccount.namespace: "A": must be a valid namespace name (lowercase letters, digits and "-", at most 63 characters)`)
	assert.Empty(t, got.Resources)
}

// reading is a cloud in which the role has an ARN. It sends what a reader of it gets.
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

// TestNewRoleARN: the association and the component have the ARN of the role.
func TestNewRoleARN(t *testing.T) {
	t.Parallel()
	cloud := make(reading, 2)
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		role, err := podidentity.NewRole(ctx, "operator", args(iam.AWS, cluster))
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
