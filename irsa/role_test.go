package irsa_test

import (
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

func register(options graph.Options, args func(ctx *pulumi.Context) *irsa.RoleArgs) (*graph.Graph, error) {
	options.Project, options.Stack = "p", "s"
	return graph.Run(options, func(ctx *pulumi.Context) error {
		role, err := irsa.NewRole(ctx, "operator", args(ctx))
		if err == nil {
			ctx.Export("arn", role.ARN)
		}
		return err
	})
}

// permissions take several policies, and leave the account open.
func permissions(t *testing.T) []iam.Document {
	t.Helper()
	secrets := make([]string, 0, 14)
	for letter := 'a'; letter < 'o'; letter++ {
		name := make([]rune, 450)
		for i := range name {
			name[i] = letter
		}
		secrets = append(secrets, string(name))
	}
	documents, err := iam.Permissions(iam.Grants{Partition: iam.AWS, Region: "eu-west-1", Secrets: secrets})
	require.NoError(t, err)
	require.Len(t, documents, 2)
	return documents
}

func small(t *testing.T) []iam.Document {
	t.Helper()
	documents, err := iam.Permissions(iam.Grants{Partition: iam.AWS, Region: "eu-west-1", Secrets: []string{"app"}})
	require.NoError(t, err)
	return documents
}

func TestNewRole(t *testing.T) {
	t.Parallel()
	got, err := register(graph.Options{}, func(*pulumi.Context) *irsa.RoleArgs {
		return &irsa.RoleArgs{
			Partition: iam.AWS, ProviderARN: pulumi.String(provider), Issuer: pulumi.String("https://" + issuer),
			Policies: small(t), Account: pulumi.String("111122223333"),
		}
	})
	require.NoError(t, err)
	golden(t, "testdata/role.golden", []byte(got.String()))
}

// TestNewRoleSettings: every setting, two policies, and inputs that are secret,
// which stay so.
func TestNewRoleSettings(t *testing.T) {
	t.Parallel()
	secret := func(text string) pulumi.StringOutput {
		return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
	}
	got, err := register(graph.Options{}, func(*pulumi.Context) *irsa.RoleArgs {
		return &irsa.RoleArgs{
			Settings: iam.RoleSettings{
				Name: "mine", Path: "/team/", PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess",
				MaxSession: 2 * time.Hour, Tags: map[string]string{"team": "a"},
			},
			Partition: iam.AWS, ProviderARN: secret(provider), Issuer: secret(issuer),
			ServiceAccount: iam.ServiceAccount{Namespace: "eso", Name: "reader"},
			Policies:       append(permissions(t), small(t)...), Account: secret("111122223333"),
		}
	})
	require.NoError(t, err)
	golden(t, "testdata/role-settings.golden", []byte(got.String()))
}

// TestNewRoleUnknown: before AWS has been asked, all resources are there.
func TestNewRoleUnknown(t *testing.T) {
	t.Parallel()
	unknown := func(ctx *pulumi.Context) *irsa.RoleArgs {
		output := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
		return &irsa.RoleArgs{
			Partition: iam.AWS, ProviderARN: output, Issuer: output, Policies: permissions(t), Account: output,
		}
	}
	got, err := register(graph.Options{Preview: true}, unknown)
	require.NoError(t, err)
	golden(t, "testdata/role-unknown.golden", []byte(got.String()))
}

// TestNewRoleLate: what is known later is checked then.
func TestNewRoleLate(t *testing.T) {
	t.Parallel()
	later := func(text string) pulumi.StringOutput { return pulumi.String(text).ToStringOutput() }
	for want, args := range map[string]*irsa.RoleArgs{
		`writing policy "external-secrets-irsa-1": account: "1234": is no AWS account; write its 12 digits`: {
			ProviderARN: later(provider), Issuer: later(issuer), Account: later("1234"),
		},
		`writing trust policy of role "external-secrets-irsa": issuer: "` + issuer + `2": is not that of provider ` + provider: {
			ProviderARN: later(provider), Issuer: later(issuer + "2"), Account: later("111122223333"),
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			args.Partition, args.Policies = iam.AWS, small(t)
			_, err := register(graph.Options{}, func(*pulumi.Context) *irsa.RoleArgs { return args })
			require.ErrorContains(t, err, want)
		})
	}
}

func TestNewRoleChecksFirst(t *testing.T) {
	t.Parallel()
	got, err := register(graph.Options{}, func(*pulumi.Context) *irsa.RoleArgs {
		return &irsa.RoleArgs{
			Settings: iam.RoleSettings{Name: "a b"}, ServiceAccount: iam.ServiceAccount{Name: "*"}, Partition: iam.China,
			Policies: small(t), ProviderARN: pulumi.String(provider),
		}
	})
	require.ErrorContains(t, err, `checking irsa role "operator": name: "a b": is no name of a role; write letters, digits and +=,.@_-, 64 at most
account: "": policies[0] leaves it open; write the account of the secrets
serviceAccount: "*": is no name of a service account; write lower-case letters, digits, - and ., 253 at most
issuer: "": is empty; write the cluster's issuer, such as https://oidc.eks.eu-west-1.amazonaws.com/id/ABC
providerArn: "`+provider+`": is of partition aws, not of aws-cn; write the ARN of one there`)
	assert.Empty(t, got.Resources)
}

// TestNewRoleQuotas: policies that IAM would refuse are refused before.
func TestNewRoleQuotas(t *testing.T) {
	t.Parallel()
	document := iam.NewDocument(iam.Statement{Effect: iam.Allow, Action: []string{"kms:Decrypt"}, Resource: make([]string, 3000)})
	got, err := register(graph.Options{}, func(*pulumi.Context) *irsa.RoleArgs {
		return &irsa.RoleArgs{
			Partition: iam.AWS, ProviderARN: pulumi.String(provider), Issuer: pulumi.String("http://"), Account: pulumi.String("1"),
			Policies: append(make([]iam.Document, 10), document),
		}
	})
	require.ErrorContains(t, err, `checking irsa role "operator": account: "1": is no AWS account; write its 12 digits
policies: "11": are too many for a role; write 10 at most
policies[10]: "9095": are too many characters for a policy; write 6144 at most, or more policies
issuer: "http://": is no URL of an issuer; write the cluster's issuer, such as https://oidc.eks.eu-west-1.amazonaws.com/id/ABC`)
	assert.Empty(t, got.Resources)
}

// reading is a cloud in which the role has an ARN, and tells what is made of it.
type reading chan resource.PropertyMap

func (r reading) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	switch args.TypeToken {
	case "aws:iam/role:Role":
		return args.Name, resource.NewPropertyMapFromMap(map[string]any{"arn": "the role's", "name": "its name"}), nil
	case "t:t:Reader":
		r <- args.Inputs
	}
	return args.Name, args.Inputs, nil
}

func (reading) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func TestNewRoleARN(t *testing.T) {
	t.Parallel()
	cloud := make(reading, 1)
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		role, err := irsa.NewRole(ctx, "operator", &irsa.RoleArgs{
			Partition: iam.AWS, ProviderARN: pulumi.String(provider), Issuer: pulumi.String(issuer),
		})
		if err != nil {
			return err
		}
		var reader pulumi.CustomResourceState
		return ctx.RegisterResource("t:t:Reader", "reader", pulumi.Map{"arn": role.ARN}, &reader)
	}, pulumi.WithMocks("p", "s", cloud))
	require.NoError(t, err)
	assert.Equal(t, resource.NewPropertyMapFromMap(map[string]any{"arn": "the role's"}), <-cloud)
}
