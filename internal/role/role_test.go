package role_test

import (
	"maps"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/role"
)

// cloud gives every resource an ARN, and records the inputs.
type cloud struct {
	mu        sync.Mutex
	resources map[string]resource.PropertyMap
}

func (c *cloud) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resources[args.TypeToken+" "+args.Name] = args.Inputs
	outputs := maps.Clone(args.Inputs)
	if outputs != nil {
		outputs["arn"] = resource.NewProperty("arn of " + args.TypeToken + " " + args.Name)
	}
	return args.Name, outputs, nil
}

func (*cloud) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// TestRegisterARNs: the attachments join the role and its policies, and the role has its ARN.
func TestRegisterARNs(t *testing.T) {
	t.Parallel()
	cloud := &cloud{resources: map[string]resource.PropertyMap{}}
	document := iam.NewDocument(iam.Statement{
		Effect: iam.Allow, Action: []string{"secretsmanager:ListSecrets"}, Resource: []string{"*"},
	})
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		var parent pulumi.ResourceState
		var reader pulumi.CustomResourceState
		if err := ctx.RegisterComponentResource("t:t:Parent", "parent", &parent); err != nil {
			return err
		}
		registered, err := role.Register(ctx, "a", &parent, iam.RoleSettings{Name: "mine"}, iam.NewDocument(),
			[]iam.Document{document, document})
		if err != nil {
			return err
		}
		return ctx.RegisterResource("t:t:Reader", "reader",
			pulumi.Map{"arn": registered.ARN, "attachments": pulumi.Int(len(registered.Attachments))},
			&reader)
	}, pulumi.WithMocks("p", "s", cloud))
	require.NoError(t, err)
	text := func(m map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }
	attached := func(policy string) resource.PropertyMap {
		return text(map[string]any{"role": "mine", "policyArn": "arn of aws:iam/policy:Policy " + policy})
	}
	policy := func(name string) resource.PropertyMap {
		return text(map[string]any{"name": name, "policy": document.JSON()})
	}
	assert.Equal(t, map[string]resource.PropertyMap{
		"t:t:Parent parent":                                     {},
		"aws:iam/role:Role a":                                   text(map[string]any{"name": "mine", "assumeRolePolicy": iam.NewDocument().JSON()}),
		"aws:iam/policy:Policy a-1":                             policy("mine-1"),
		"aws:iam/policy:Policy a-2":                             policy("mine-2"),
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment a-1": attached("a-1"),
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment a-2": attached("a-2"),
		"t:t:Reader reader": text(map[string]any{
			"arn": "arn of aws:iam/role:Role a", "attachments": 2,
		}),
	}, cloud.resources)
}
