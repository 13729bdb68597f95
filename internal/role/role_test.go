package role_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
	"eso-aws/internal/iam"
	"eso-aws/internal/role"
)

// TestRegisterARNs: the attachments join the role and its policies, and the role has its ARN.
func TestRegisterARNs(t *testing.T) {
	t.Parallel()
	document := iam.NewDocument(iam.Statement{
		Effect: iam.Allow, Action: []string{"secretsmanager:ListSecrets"}, Resource: []string{"*"},
	})
	arn := func(inputs resource.PropertyMap) resource.PropertyMap {
		return resource.PropertyMap{"arn": resource.NewProperty("arn of " + inputs["name"].StringValue())}
	}
	got, err := graph.Run(graph.Options{Project: "p", Stack: "s", Outputs: map[string]graph.Outputs{
		"aws:iam/role:Role": arn, "aws:iam/policy:Policy": arn,
	}}, func(ctx *pulumi.Context) error {
		var parent pulumi.ResourceState
		if err := ctx.RegisterComponentResource("t:t:Parent", "parent", &parent); err != nil {
			return err
		}
		registered, err := role.Register(ctx, "a", &parent, iam.RoleSettings{Name: "mine"}, iam.NewDocument(),
			[]iam.Document{document, document})
		if err != nil {
			return err
		}
		ctx.Export("arn", registered.ARN)
		ctx.Export("attachments", pulumi.Int(len(registered.Attachments)))
		return nil
	})
	require.NoError(t, err)
	inputs := map[string]resource.PropertyMap{}
	for _, r := range got.Resources {
		inputs[string(r.URN.Type())+" "+r.URN.Name()] = r.Inputs
	}
	text := func(m map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }
	attached := func(policy string) resource.PropertyMap {
		return text(map[string]any{"role": "mine", "policyArn": "arn of mine-" + policy})
	}
	policy := func(name string) resource.PropertyMap {
		return text(map[string]any{"name": name, "policy": document.JSON()})
	}
	assert.Equal(t, map[string]resource.PropertyMap{
		"t:t:Parent parent":                                     {},
		"aws:iam/role:Role a":                                   text(map[string]any{"name": "mine", "assumeRolePolicy": iam.NewDocument().JSON()}),
		"aws:iam/policy:Policy a-1":                             policy("mine-1"),
		"aws:iam/policy:Policy a-2":                             policy("mine-2"),
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment a-1": attached("1"),
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment a-2": attached("2"),
	}, inputs)
	assert.Equal(t, text(map[string]any{"arn": "arn of mine", "attachments": 2}), got.Outputs)
}
