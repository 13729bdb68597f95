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
	arn := func(inputs resource.PropertyMap) resource.PropertyMap {
		return resource.PropertyMap{"arn": resource.NewProperty("the ARN of " + inputs["name"].StringValue())}
	}
	return graph.Run(graph.Options{Project: "p", Stack: "s", Outputs: map[string]graph.Outputs{
		"aws:iam/role:Role": arn, "aws:iam/policy:Policy": arn,
	}}, func(ctx *pulumi.Context) error {
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
