package aws_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"eso-aws/sandbox/aws"
)

func TestRole(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{Partition: "aws-us-gov"})
	c, ctx, name := f.iam(), t.Context(), sdk.String("eso")
	document := strings.ReplaceAll(rootTrust, "arn:aws:", "arn:aws-us-gov:")
	boundary := *must[*iam.CreatePolicyOutput](t)(c.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: sdk.String("limit"), PolicyDocument: policyOf(readAll),
	})).Policy.Arn
	made := must[*iam.CreateRoleOutput](t)(c.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: name, Path: sdk.String("/apps/"), AssumeRolePolicyDocument: &document, Description: sdk.String("reads"),
		MaxSessionDuration: sdk.Int32(7200), PermissionsBoundary: &boundary,
		Tags: []types.Tag{{Key: sdk.String("a"), Value: sdk.String("1")}},
	})).Role
	encoded := strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
	want := &types.Role{
		RoleName: name, RoleId: made.RoleId, Path: sdk.String("/apps/"), CreateDate: &start,
		Arn:                      sdk.String("arn:aws-us-gov:iam::000000000000:role/apps/eso"),
		AssumeRolePolicyDocument: &encoded, Description: sdk.String("reads"), MaxSessionDuration: sdk.Int32(7200),
		PermissionsBoundary: &types.AttachedPermissionsBoundary{
			PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: &boundary,
		},
		Tags: []types.Tag{{Key: sdk.String("a"), Value: sdk.String("1")}},
	}
	equal(t, made, want)

	must[*iam.UpdateRoleOutput](t)(c.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: sdk.String("more")}))
	must[*iam.TagRoleOutput](t)(c.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: []types.Tag{
		{Key: sdk.String("A"), Value: sdk.String("2")}, {Key: sdk.String("b"), Value: sdk.String("3")},
	}}))
	must[*iam.UntagRoleOutput](t)(c.UntagRole(ctx, &iam.UntagRoleInput{RoleName: name, TagKeys: []string{"b"}}))
	must[*iam.DeleteRolePermissionsBoundaryOutput](t)(c.DeleteRolePermissionsBoundary(ctx,
		&iam.DeleteRolePermissionsBoundaryInput{RoleName: name}))
	want.Description, want.MaxSessionDuration, want.PermissionsBoundary = sdk.String("more"), sdk.Int32(3600), nil
	want.Tags = []types.Tag{{Key: sdk.String("A"), Value: sdk.String("2")}}
	equal(t, must[*iam.GetRoleOutput](t)(c.GetRole(ctx, &iam.GetRoleInput{RoleName: name})).Role, want)
	want.Tags = []types.Tag{}
	equal(t, must[*iam.ListRolesOutput](t)(c.ListRoles(ctx, &iam.ListRolesInput{PathPrefix: sdk.String("/apps/")})).Roles,
		[]types.Role{*want})
	equal(t, len(must[*iam.ListRolesOutput](t)(c.ListRoles(ctx, &iam.ListRolesInput{PathPrefix: sdk.String("/x/")})).Roles), 0)
	must[*iam.DeleteRoleOutput](t)(c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}))
	_, err := c.GetRole(ctx, &iam.GetRoleInput{RoleName: name})
	equal(t, refusalOf(t, err), refusal{"NoSuchEntity", "The role with name eso cannot be found."})
}

func TestRolePolicies(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	c, ctx, name := f.iam(), t.Context(), sdk.String("eso")
	f.role(t, "eso", rootTrust, readAll)
	arn := f.managed(t, "read", readAll)
	attach := &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: &arn}
	for range 2 { // twice is once
		must[*iam.AttachRolePolicyOutput](t)(c.AttachRolePolicy(ctx, attach))
	}
	attached := must[*iam.ListAttachedRolePoliciesOutput](t)(c.ListAttachedRolePolicies(ctx,
		&iam.ListAttachedRolePoliciesInput{RoleName: name}))
	equal(t, attached.AttachedPolicies, []types.AttachedPolicy{{PolicyName: sdk.String("read"), PolicyArn: &arn}})
	inline := must[*iam.GetRolePolicyOutput](t)(c.GetRolePolicy(ctx,
		&iam.GetRolePolicyInput{RoleName: name, PolicyName: sdk.String("inline")}))
	equal(t, must[string](t)(url.PathUnescape(*inline.PolicyDocument)), *policyOf(readAll))
	names := must[*iam.ListRolePoliciesOutput](t)(c.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: name}))
	equal(t, names.PolicyNames, []string{"inline"})

	remove := &iam.DeleteRoleInput{RoleName: name}
	_, err := c.DeleteRole(ctx, remove)
	equal(t, refusalOf(t, err), refusal{"DeleteConflict", "Cannot delete entity, must detach all policies first."})
	_, err = c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &arn})
	equal(t, refusalOf(t, err), refusal{"DeleteConflict", "Cannot delete a policy attached to entities."})
	detach := &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: &arn}
	must[*iam.DetachRolePolicyOutput](t)(c.DetachRolePolicy(ctx, detach))
	_, err = c.DetachRolePolicy(ctx, detach)
	equal(t, refusalOf(t, err), refusal{"NoSuchEntity", "Policy " + arn + " was not found."})
	_, err = c.DeleteRole(ctx, remove)
	equal(t, refusalOf(t, err), refusal{"DeleteConflict", "Cannot delete entity, must delete policies first."})

	for i := range 10 {
		attach.PolicyArn = sdk.String(f.managed(t, fmt.Sprintf("p%d", i), readAll))
		must[*iam.AttachRolePolicyOutput](t)(c.AttachRolePolicy(ctx, attach))
	}
	attach.PolicyArn = &arn
	_, err = c.AttachRolePolicy(ctx, attach)
	equal(t, refusalOf(t, err), refusal{"LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10"})
}

func TestPolicyVersions(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	c, ctx := f.iam(), t.Context()
	arn := sdk.String(f.managed(t, "read", readAll))
	create := &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: policyOf(readApp), SetAsDefault: true}
	for range 4 {
		must[*iam.CreatePolicyVersionOutput](t)(c.CreatePolicyVersion(ctx, create))
	}
	_, err := c.CreatePolicyVersion(ctx, create)
	equal(t, refusalOf(t, err), refusal{"LimitExceeded", "A managed policy can have up to 5 versions. Before you create a " +
		"new version, you must delete an existing version."})
	got := must[*iam.GetPolicyOutput](t)(c.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})).Policy
	equal(t, got, &types.Policy{
		PolicyName: sdk.String("read"), PolicyId: got.PolicyId, Arn: arn, Path: sdk.String("/"), IsAttachable: true,
		DefaultVersionId: sdk.String("v5"), AttachmentCount: sdk.Int32(0), PermissionsBoundaryUsageCount: sdk.Int32(0),
		CreateDate: &start, UpdateDate: &start, Tags: []types.Tag{},
	})
	_, err = c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	equal(t, refusalOf(t, err).Code, "DeleteConflict")
	_, err = c.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: sdk.String("v5")})
	equal(t, refusalOf(t, err), refusal{"DeleteConflict", "Cannot delete the default version of a policy."})
	must[*iam.SetDefaultPolicyVersionOutput](t)(c.SetDefaultPolicyVersion(ctx,
		&iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: sdk.String("v1")}))
	must[*iam.DeletePolicyVersionOutput](t)(c.DeletePolicyVersion(ctx,
		&iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: sdk.String("v5")}))
	list := must[*iam.ListPolicyVersionsOutput](t)(c.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: arn}))
	var ids []string
	for _, v := range list.Versions {
		ids = append(ids, fmt.Sprintf("%s %t", *v.VersionId, v.IsDefaultVersion))
	}
	equal(t, ids, []string{"v4 false", "v3 false", "v2 false", "v1 true"})
	one := must[*iam.GetPolicyVersionOutput](t)(c.GetPolicyVersion(ctx,
		&iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: sdk.String("v1")}))
	equal(t, must[string](t)(url.PathUnescape(*one.PolicyVersion.Document)), *policyOf(readAll))
}

// What the sandbox puts is what a client makes, and it takes the place of nothing.
func TestPutOIDCProvider(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	for _, clientID := range []string{"sts.amazonaws.com", "other"} {
		if err := f.PutOIDCProvider(issuer, clientID); err != nil {
			t.Fatal(err)
		}
	}
	got := must[*iam.GetOpenIDConnectProviderOutput](t)(f.iam().GetOpenIDConnectProvider(t.Context(),
		&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: sdk.String(provider)}))
	equal(t, got, &iam.GetOpenIDConnectProviderOutput{
		Url: sdk.String(strings.TrimPrefix(issuer, "https://")), CreateDate: &start,
		ClientIDList: []string{"sts.amazonaws.com"}, ThumbprintList: []string{},
		Tags: []types.Tag{},
	})
	err := f.PutOIDCProvider("http://oidc.test")
	want := `putting the OIDC provider "http://oidc.test": ValidationException: Invalid Open ID Connect Provider URL`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOpenIDConnectProvider(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	c, ctx, arn := f.iam(), t.Context(), sdk.String(provider)
	must[*iam.AddClientIDToOpenIDConnectProviderOutput](t)(c.AddClientIDToOpenIDConnectProvider(ctx,
		&iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: sdk.String("x")}))
	must[*iam.RemoveClientIDFromOpenIDConnectProviderOutput](t)(c.RemoveClientIDFromOpenIDConnectProvider(ctx,
		&iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: sdk.String("sts.amazonaws.com")}))
	get := &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}
	equal(t, must[*iam.GetOpenIDConnectProviderOutput](t)(c.GetOpenIDConnectProvider(ctx, get)),
		&iam.GetOpenIDConnectProviderOutput{
			Url: sdk.String("oidc.test/id/ABC"), ClientIDList: []string{"x"}, ThumbprintList: []string{},
			CreateDate: &start, Tags: []types.Tag{},
		})
	equal(t, must[*iam.ListOpenIDConnectProvidersOutput](t)(c.ListOpenIDConnectProviders(ctx, nil)).OpenIDConnectProviderList,
		[]types.OpenIDConnectProviderListEntry{{Arn: arn}})
	_, err := c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: sdk.String(issuer)})
	equal(t, refusalOf(t, err), refusal{"EntityAlreadyExists", "Provider with url " + issuer + " already exists."})
	must[*iam.DeleteOpenIDConnectProviderOutput](t)(c.DeleteOpenIDConnectProvider(ctx,
		&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))
	_, err = c.GetOpenIDConnectProvider(ctx, get)
	equal(t, refusalOf(t, err), refusal{"NoSuchEntity", "OpenIDConnect Provider not found for arn " + provider})
}

func TestIAMRefusals(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	f.role(t, "eso", rootTrust, "")
	f.managed(t, "read", readAll)
	role := func(name, trust string) func(context.Context, *iam.Client) error {
		return func(ctx context.Context, c *iam.Client) error {
			_, err := c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
			return err
		}
	}
	managed := func(name, document string) func(context.Context, *iam.Client) error {
		return func(ctx context.Context, c *iam.Client) error {
			_, err := c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document})
			return err
		}
	}
	beyond := strings.Replace(*policyOf(readAll), `"2012-10-17",`, `"2012-10-17","Id":"é、",`, 1)
	long := `{"Effect":"Allow","Action":"s3:Get","Resource":"arn:aws:s3:::` + strings.Repeat("x", 6100) + `"}`
	for name, test := range map[string]struct {
		Call func(context.Context, *iam.Client) error
		Want refusal
	}{
		"RoleExists": {role("ESO", rootTrust), refusal{"EntityAlreadyExists", "Role with name ESO already exists."}},
		"RoleName": {role("a b", rootTrust), refusal{
			"ValidationError", "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: " +
				`Member must satisfy regular expression pattern: [\w+=,.@-]+`,
		}},
		"LongRoleName": {role(strings.Repeat("r", 65), rootTrust), refusal{
			"ValidationError", "1 validation error detected: Value '" + strings.Repeat("r", 65) + "' at 'roleName' failed to " +
				"satisfy constraint: Member must have length less than or equal to 64",
		}},
		"Trust": {role("r", "{}"), refusal{"MalformedPolicyDocument", "Syntax errors in policy."}},
		"TrustsItself": {role("r", strings.Replace(rootTrust, ":root", ":role/r", 1)), refusal{
			"MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:role/r"`,
		}},
		"TrustsRole":  {role("trusting-role", strings.Replace(rootTrust, ":root", ":role/eso", 1)), refusal{}},
		"LongTrust":   {role("r", strings.Replace(rootTrust, "2012-10-17\",", `2012-10-17","Id":"`+strings.Repeat("x", 2048)+`",`, 1)), refusal{"LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"}},
		"SpacesCount": {role("spacious", rootTrust+strings.Repeat(" ", 2048)), refusal{}},
		"PolicyExists": {managed("READ", *policyOf(readAll)), refusal{
			"EntityAlreadyExists", "A policy called READ already exists. Duplicate names are not allowed.",
		}},
		"PolicyBeyondLatin1": {managed("p", beyond), refusal{
			"ValidationError", "1 validation error detected: Value '" + beyond + "' at 'policyDocument' failed to satisfy " +
				`constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`,
		}},
		"LongPolicy": {managed("p", *policyOf(long)), refusal{"LimitExceeded", "Cannot exceed quota for PolicySize: 6144"}},
		"Attach": {func(ctx context.Context, c *iam.Client) error {
			_, err := c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{
				RoleName: sdk.String("eso"), PolicyArn: sdk.String("arn:aws:iam::aws:policy/ReadOnlyAccess"),
			})
			return err
		}, refusal{"NoSuchEntity", "Policy arn:aws:iam::aws:policy/ReadOnlyAccess does not exist or is not attachable."}},
		"Provider": {func(ctx context.Context, c *iam.Client) error {
			_, err := c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: sdk.String("http://x.test")})
			return err
		}, refusal{"ValidationError", "Invalid Open ID Connect Provider URL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkRefusal(t, test.Call(t.Context(), f.iam()), test.Want)
		})
	}
}
