package provider_test

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

const (
	roleARN = "arn:aws:iam::000000000000:role/eso"
	// sameTrust is trust in other words.
	sameTrust = `{ "Statement": { "Principal": {"Service": ["pods.eks.amazonaws.com"]}, "Effect": "Allow",
		"Action": ["sts:TagSession", "sts:AssumeRole"]}, "Version": "2012-10-17" }`
	otherTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"pods.eks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

var role = object{"name": "eso", "assumeRolePolicy": trust}

func TestRolePreview(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	inputs := properties(role)
	inputs["assumeRolePolicy"] = unknown()
	equal(t, f.preview(t, roleToken, inputs), resource.PropertyMap{
		"arn": unknown(), "assumeRolePolicy": unknown(), "createDate": unknown(), "managedPolicyArns": unknown(),
		"uniqueId": unknown(), "name": resource.NewProperty("eso"),
		"forceDetachPolicies": resource.NewProperty(false), "maxSessionDuration": resource.NewProperty(3600.0),
		"path": resource.NewProperty("/"),
	})
	_, err := f.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: sdk.String("eso")})
	if err == nil {
		t.Error("the preview has made the role")
	}
}

func TestRoleLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, roleToken, role)
	equal(t, made.id, resource.ID("eso"))
	equal(t, steady(made.outputs, "createDate", "uniqueId"), object{
		"arn": roleARN, "assumeRolePolicy": trust, "createDate": "some", "forceDetachPolicies": false,
		"managedPolicyArns": []any{}, "maxSessionDuration": 3600.0, "name": "eso", "path": "/", "uniqueId": "some",
	})
	equal(t, kinds(f.diff(t, roleToken, made, properties(role))), map[string]plugin.DiffKind{})
	equal(t, kinds(f.diff(t, roleToken, made, properties(with(role, object{"assumeRolePolicy": sameTrust})))),
		map[string]plugin.DiffKind{})

	boundary := f.create(t, policyToken, object{"name": "boundary", "policy": document})
	full := with(role, object{
		"assumeRolePolicy": otherTrust, "description": "reads", "maxSessionDuration": 7200, "forceDetachPolicies": true,
		"permissionsBoundary": boundary.outputs["arn"].StringValue(), "tags": object{"a": "1", "b": "2"},
	})
	equal(t, kinds(f.diff(t, roleToken, made, properties(full))), map[string]plugin.DiffKind{
		"assumeRolePolicy": plugin.DiffUpdate, "description": plugin.DiffAdd, "forceDetachPolicies": plugin.DiffAdd,
		"maxSessionDuration": plugin.DiffUpdate, "permissionsBoundary": plugin.DiffAdd, "tags": plugin.DiffAdd,
	})
	changed := f.update(t, roleToken, made, full)
	want := with(with(made.outputs.Mappable(), full), object{
		"maxSessionDuration": 7200.0, "tagsAll": object{"a": "1", "b": "2"},
	})
	equal(t, changed.outputs.Mappable(), want)
	equal(t, f.read(t, roleToken, changed), changed)

	back := f.update(t, roleToken, changed, with(role, object{"tags": object{"b": "3"}}))
	equal(t, back.outputs.Mappable(), with(made.outputs.Mappable(), object{
		"tags": object{"b": "3"}, "tagsAll": object{"b": "3"},
	}))
	f.gone(t, roleToken, back)
}

func TestRoleReplaces(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, roleToken, role)
	renamed := f.diff(t, roleToken, made, properties(with(role, object{"name": "other"})))
	equal(t, kinds(renamed), map[string]plugin.DiffKind{"name": plugin.DiffUpdateReplace})
	equal(t, renamed.DeleteBeforeReplace, false)
	moved := f.diff(t, roleToken, made, properties(with(role, object{"path": "/team/"})))
	equal(t, kinds(moved), map[string]plugin.DiffKind{"path": plugin.DiffUpdateReplace})
	equal(t, moved.DeleteBeforeReplace, true)
}

// TestRoleDrift: somebody else has changed the role. A refresh sees it, and the next update mends it.
func TestRoleDrift(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	ctx, name := t.Context(), sdk.String("eso")
	inputs := with(role, object{"tags": object{"a": "1"}})
	made := f.create(t, roleToken, inputs)
	_, err := f.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: name, PolicyDocument: sdk.String(otherTrust),
	})
	noError(t, err)
	_, err = f.iam.TagRole(ctx, &iam.TagRoleInput{
		RoleName: name, Tags: []types.Tag{{Key: sdk.String("b"), Value: sdk.String("2")}},
	})
	noError(t, err)
	_, err = f.iam.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: sdk.String("theirs")})
	noError(t, err)

	refreshed := f.read(t, roleToken, made)
	want := made.inputs.Mappable()
	want["assumeRolePolicy"], want["tags"] = otherTrust, object{"a": "1", "b": "2"}
	equal(t, refreshed.inputs.Mappable(), want)
	equal(t, kinds(f.diff(t, roleToken, refreshed, properties(inputs))), map[string]plugin.DiffKind{
		"assumeRolePolicy": plugin.DiffUpdate, "description": plugin.DiffDelete, "tags": plugin.DiffUpdate,
	})
	mended := f.update(t, roleToken, refreshed, inputs)
	equal(t, mended.outputs, made.outputs)
}

func TestRoleDeletion(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, roleToken, role)
	policy := f.create(t, policyToken, object{"name": "read", "policy": document})
	f.create(t, attachmentToken, object{"role": "eso", "policyArn": policy.outputs["arn"].StringValue()})
	_, err := f.iam.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: sdk.String("eso"), PolicyName: sdk.String("inline"), PolicyDocument: sdk.String(document),
	})
	noError(t, err)
	refused(t, f.tryDelete(t, roleToken, made), `deleting IAM role "eso": DeleteConflict: `+
		`Cannot delete entity, must detach all policies first.`)
	forced := f.update(t, roleToken, made, with(role, object{"forceDetachPolicies": true}))
	f.gone(t, roleToken, forced)
}

func TestRoleImport(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, roleToken, with(role, object{"path": "/team/", "tags": object{"a": "1"}}))
	imported := f.imported(t, roleToken, "eso")
	equal(t, imported.outputs, made.outputs)
	equal(t, imported.inputs, properties(object{
		"assumeRolePolicy": trust, "name": "eso", "path": "/team/", "tags": object{"a": "1"},
	}))
	equal(t, f.imported(t, roleToken, "absent").id, resource.ID(""))
}

func TestRoleExists(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.create(t, roleToken, role)
	_, err := f.tryCreate(t, roleToken, properties(role))
	refused(t, err, `creating IAM role "eso": EntityAlreadyExists: Role with name eso already exists.`)
}
