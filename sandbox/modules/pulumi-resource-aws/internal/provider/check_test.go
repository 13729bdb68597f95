package provider_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/provider"
)

func TestCheckFailures(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	for name, test := range map[string]struct {
		token  string
		inputs object
		want   []plugin.CheckFailure
	}{
		"Missing": {attachmentToken, nil, []plugin.CheckFailure{
			{Property: "policyArn", Reason: `Missing required argument. The argument "policyArn" is required, ` +
				`but no definition was found. Examine values at 'it.policyArn'.`},
			{Property: "role", Reason: `Missing required argument. The argument "role" is required, ` +
				`but no definition was found. Examine values at 'it.role'.`},
		}},
		"Unknown": {attachmentToken, object{"role": "a", "policyArn": policyARN, "user": "a"}, []plugin.CheckFailure{{
			Property: "user", Reason: "Invalid or unknown key. The sandbox's stand-in of the AWS provider serves " +
				"policyArn, role. Examine values at 'it.user'.",
		}}},
		"Types": {roleToken, object{
			"assumeRolePolicy": 1, "forceDetachPolicies": "yes", "maxSessionDuration": "1h", "tags": object{"a": 1},
		}, []plugin.CheckFailure{
			{Property: "assumeRolePolicy", Reason: "expected string type, got number type. Examine values at 'it.assumeRolePolicy'."},
			{Property: "forceDetachPolicies", Reason: "expected bool type, got string type. Examine values at 'it.forceDetachPolicies'."},
			{Property: "maxSessionDuration", Reason: "expected number type, got string type. Examine values at 'it.maxSessionDuration'."},
			{Property: "tags", Reason: "expected object of strings type, got object type. Examine values at 'it.tags'."},
		}},
		"JSON": {roleToken, object{"assumeRolePolicy": "{"}, []plugin.CheckFailure{{
			Property: "assumeRolePolicy",
			Reason:   `"assumeRolePolicy" contains an invalid JSON policy. Examine values at 'it.assumeRolePolicy'.`,
		}}},
		"ARN": {roleToken, with(role, object{"permissionsBoundary": "admin"}), []plugin.CheckFailure{{
			Property: "permissionsBoundary",
			Reason: `"permissionsBoundary" (admin) is an invalid ARN: arn: invalid prefix. ` +
				`Examine values at 'it.permissionsBoundary'.`,
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, f.tryCheck(t, test.token, nil, properties(test.inputs)).Failures, test.want)
		})
	}
}

func TestCheckDefaults(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	inputs := properties(object{"assumeRolePolicy": trust, "description": nil})
	first := f.check(t, roleToken, inputs)
	name := first["name"].StringValue()
	if len(name) != len("it-1234567") || name[:3] != "it-" {
		t.Errorf("got name %q, want it- and seven digits", name)
	}
	equal(t, first, properties(object{
		"assumeRolePolicy": trust, "name": name, "forceDetachPolicies": false, "maxSessionDuration": 3600, "path": "/",
		"__defaults": []any{"forceDetachPolicies", "maxSessionDuration", "name", "path"},
	}))
	kept := f.tryCheck(t, roleToken, properties(object{"name": "before", "__defaults": []any{"name"}}), inputs)
	equal(t, kept.Properties["name"], resource.NewProperty("before"))
	given := f.tryCheck(t, roleToken, properties(object{"name": "given"}), inputs)
	equal(t, given.Properties["name"], first["name"])
	equal(t, f.check(t, roleToken, properties(object{"assumeRolePolicy": object{"Version": "2012-10-17"}}))["assumeRolePolicy"],
		resource.NewProperty(`{"Version":"2012-10-17"}`))
}

func TestCheckAutonaming(t *testing.T) {
	t.Parallel()
	aws := provider.New(provider.Options{})
	check := func(mode plugin.AutonamingMode) plugin.CheckResponse {
		resp, err := aws.Check(t.Context(), plugin.CheckRequest{
			URN: urn(roleToken, "it"), Name: "it", Type: roleToken, News: properties(object{"assumeRolePolicy": trust}),
			Autonaming: &plugin.AutonamingOptions{ProposedName: "proposed", Mode: mode},
		})
		noError(t, err)
		return resp
	}
	equal(t, check(plugin.AutonamingModeEnforce).Properties["name"], resource.NewProperty("proposed"))
	equal(t, check(plugin.AutonamingModeDisabled).Failures, []plugin.CheckFailure{{
		Property: "name", Reason: `Missing required argument. The argument "name" is required, ` +
			`but no definition was found. Examine values at 'it.name'.`,
	}})
}

// TestSecrets: what was secret as an input is secret as an output, in the engine's hands.
func TestSecrets(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	inputs := properties(policy)
	inputs["policy"] = resource.MakeSecret(inputs["policy"])
	checked := f.check(t, policyToken, inputs)
	equal(t, checked["policy"].IsSecret(), true)
	resp, err := f.tryCreate(t, policyToken, inputs)
	noError(t, err)
	equal(t, resp.Properties["policy"], resource.MakeSecret(resource.NewProperty(document)))
	made := &made{resp.ID, checked, resp.Properties}
	equal(t, f.read(t, policyToken, made), made)
	equal(t, kinds(f.diff(t, policyToken, made, inputs)), map[string]plugin.DiffKind{})
}

func TestUnknownType(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	const token = "aws:s3/bucket:Bucket"
	const want = `the sandbox's stand-in of the AWS provider does not support the resource type "aws:s3/bucket:Bucket"; available: ` +
		`aws:eks/addon:Addon, aws:eks/podIdentityAssociation:PodIdentityAssociation, ` +
		`aws:iam/policy:Policy, aws:iam/role:Role, ` +
		`aws:iam/rolePolicyAttachment:RolePolicyAttachment`
	_, err := f.Check(t.Context(), plugin.CheckRequest{
		URN: urn(token, "it"), Type: tokens.Type(token), News: resource.PropertyMap{},
	})
	refused(t, err, want)
	_, err = f.Read(t.Context(), plugin.ReadRequest{URN: urn(token, "it"), ID: "a"})
	refused(t, err, want)
}
