package irsa_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
	"eso-aws/internal/iam"
	"eso-aws/irsa"
)

func register(args *irsa.RoleArgs) (*graph.Graph, error) {
	arn := func(inputs resource.PropertyMap) resource.PropertyMap {
		return resource.PropertyMap{"arn": resource.NewProperty("the ARN of " + inputs["name"].StringValue())}
	}
	return graph.Run(graph.Options{Project: "p", Stack: "s", Outputs: map[string]graph.Outputs{
		"aws:iam/role:Role": arn, "aws:iam/policy:Policy": arn,
	}}, func(ctx *pulumi.Context) error {
		role, err := irsa.NewRole(ctx, "operator", args)
		if err == nil {
			ctx.Export("arn", role.ARN)
		}
		return err
	})
}

// grants are for secrets with names so long that a policy has room for eleven.
func grants(secrets int) []iam.Grants {
	names := make([]string, 0, secrets)
	for i := range secrets {
		names = append(names, strings.Repeat(string(rune('a'+i%26)), 450-i/26))
	}
	return []iam.Grants{{Region: "eu-west-1", Secrets: names}}
}

func TestNewRole(t *testing.T) {
	t.Parallel()
	args := args(iam.AWS, provider, "https://"+issuer)
	args.Grants = []iam.Grants{{Region: "eu-west-1", Secrets: []string{"app"}}}
	got, err := register(args)
	require.NoError(t, err)
	golden(t, "testdata/role.golden", []byte(got.String()))
}

// TestNewRoleSettings: every setting, and two policies.
func TestNewRoleSettings(t *testing.T) {
	t.Parallel()
	args := args(iam.AWS, provider, issuer)
	args.Settings = iam.RoleSettings{
		Name: "mine", Path: "/team/", PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess",
		MaxSession: 2 * time.Hour, Tags: map[string]string{"team": "a"},
	}
	args.ServiceAccount = iam.ServiceAccount{Namespace: "eso", Name: "reader"}
	args.Grants = grants(14)
	got, err := register(args)
	require.NoError(t, err)
	golden(t, "testdata/role-settings.golden", []byte(got.String()))
}

// TestNewRoleChecksFirst: all problems are reported, and nothing is registered.
func TestNewRoleChecksFirst(t *testing.T) {
	t.Parallel()
	args := args(iam.China, provider, "http://")
	args.Settings.Name, args.Account, args.ServiceAccount = "a b", "1", iam.ServiceAccount{Name: "*"}
	got, err := register(args)
	require.ErrorContains(t, err, `checking irsa role "operator": account: "1": must be an AWS account ID (12 digits)
issuer: "http://": must be the URL of the cluster's issuer, such as https://oidc.eks.eu-west-1.amazonaws.com/id/ABC
issuer: "http://": must be the issuer of provider `+provider+`; set it to https://`+issuer+`
name: "a b": must be a valid role name (letters, digits and "+=,.@_-", at most 64 characters)
providerArn: "`+provider+`": must be in partition aws-cn, not aws
serviceAccount.name: "*": must be a valid Kubernetes name (lowercase letters, digits, "-" and ".", at most 253 characters)
serviceAccount.namespace: "": must be a valid namespace name (lowercase letters, digits and "-", at most 63 characters)`)
	assert.Empty(t, got.Resources)
}

// TestNewRoleQuotas: grants that exceed IAM's quotas are refused first.
func TestNewRoleQuotas(t *testing.T) {
	t.Parallel()
	args := args(iam.AWS, provider, issuer)
	args.Grants = grants(140)
	got, err := register(args)
	require.ErrorContains(t, err, `checking irsa role "operator": secrets: must fit into 10 managed policies, `+
		`as many as a role can have, but 140 names take 13; `)
	assert.Empty(t, got.Resources)
}
