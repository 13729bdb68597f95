package provider_test

import (
	"fmt"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

const policyARN = "arn:aws:iam::000000000000:policy/read"

var policy = object{"name": "read", "policy": document}

// documentFor allows reading one secret.
func documentFor(secret string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+
		`"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:eu-west-1:000000000000:secret:%s"}]}`,
		secret)
}

func (f *fixture) versions(t *testing.T) map[string]bool {
	t.Helper()
	out, err := f.iam.ListPolicyVersions(t.Context(), &iam.ListPolicyVersionsInput{PolicyArn: sdk.String(policyARN)})
	noError(t, err)
	versions := map[string]bool{}
	for _, v := range out.Versions {
		versions[*v.VersionId] = v.IsDefaultVersion
	}
	return versions
}

// TestPolicyLifecycle changes a policy more often than IAM keeps versions.
func TestPolicyLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, policyToken, policy)
	equal(t, made.id, resource.ID(policyARN))
	equal(t, steady(made.outputs, "policyId"), object{
		"arn": policyARN, "attachmentCount": 0.0, "name": "read", "path": "/", "policy": document, "policyId": "some",
	})
	for i := range 6 {
		inputs := with(policy, object{"policy": documentFor(fmt.Sprint(i)), "tags": object{"i": fmt.Sprint(i)}})
		want := map[string]plugin.DiffKind{"policy": plugin.DiffUpdate, "tags": plugin.DiffUpdate}
		if i == 0 {
			want["tags"] = plugin.DiffAdd
		}
		equal(t, kinds(f.diff(t, policyToken, made, properties(inputs))), want)
		made = f.update(t, policyToken, made, inputs)
		equal(t, made.outputs["policy"], resource.NewProperty(documentFor(fmt.Sprint(i))))
	}
	equal(t, f.versions(t), map[string]bool{"v3": false, "v4": false, "v5": false, "v6": false, "v7": true})
	same := f.update(t, policyToken, made, with(policy, object{"policy": documentFor("5")}))
	equal(t, f.versions(t), map[string]bool{"v3": false, "v4": false, "v5": false, "v6": false, "v7": true})
	equal(t, same.outputs.HasValue("tags"), false)
	f.gone(t, policyToken, same)
}

// TestPolicyOldDefault: the version in force is never the one that goes.
func TestPolicyOldDefault(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, policyToken, policy)
	for i := range 4 {
		made = f.update(t, policyToken, made, with(policy, object{"policy": documentFor(fmt.Sprint(i))}))
	}
	_, err := f.iam.SetDefaultPolicyVersion(t.Context(), &iam.SetDefaultPolicyVersionInput{
		PolicyArn: sdk.String(policyARN), VersionId: sdk.String("v1"),
	})
	noError(t, err)
	refreshed := f.read(t, policyToken, made)
	equal(t, refreshed.inputs["policy"], resource.NewProperty(document))
	f.update(t, policyToken, refreshed, with(policy, object{"policy": documentFor("last")}))
	equal(t, f.versions(t), map[string]bool{"v1": false, "v3": false, "v4": false, "v5": false, "v6": true})
}

func TestPolicyReplaces(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, policyToken, policy)
	for key, value := range map[string]string{"name": "other", "path": "/team/", "description": "reads"} {
		diff := f.diff(t, policyToken, made, properties(with(policy, object{key: value})))
		want := plugin.DiffUpdateReplace
		if key == "description" {
			want = plugin.DiffAddReplace
		}
		equal(t, kinds(diff), map[string]plugin.DiffKind{key: want})
		equal(t, diff.DeleteBeforeReplace, key != "name")
	}
	described := f.create(t, policyToken, with(policy, object{"name": "described", "description": "reads"}))
	diff := f.diff(t, policyToken, described, properties(with(policy, object{"name": "described"})))
	equal(t, kinds(diff), map[string]plugin.DiffKind{"description": plugin.DiffDeleteReplace})
}

// TestPolicyUpdatePreview: what stays is known, so that nothing that uses it seems to change.
func TestPolicyUpdatePreview(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, policyToken, with(policy, object{"tags": object{"a": "1"}}))
	inputs := f.check(t, policyToken, properties(policy))
	inputs["policy"] = unknown()
	resp, err := f.Update(t.Context(), plugin.UpdateRequest{
		URN: urn(policyToken, "it"), Name: "it", Type: policyToken, ID: made.id, Preview: true,
		OldInputs: made.inputs, OldOutputs: made.outputs, NewInputs: inputs,
	})
	noError(t, err)
	want := made.outputs.Copy()
	want["policy"] = unknown()
	delete(want, "tags")
	delete(want, "tagsAll")
	equal(t, resp.Properties, want)
}

func TestPolicyImport(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	made := f.create(t, policyToken, with(policy, object{"description": "reads"}))
	imported := f.imported(t, policyToken, policyARN)
	equal(t, imported.outputs, made.outputs)
	equal(t, imported.inputs, properties(with(policy, object{"description": "reads"})))
}

func TestPolicyRefusals(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	_, err := f.tryCreate(t, policyToken, properties(with(policy, object{"policy": `{"Version":"2012-10-17"}`})))
	refused(t, err, `creating IAM policy "read": MalformedPolicyDocument: Syntax errors in policy.`)
	made := f.create(t, policyToken, policy)
	f.create(t, roleToken, role)
	f.create(t, attachmentToken, object{"role": "eso", "policyArn": policyARN})
	refused(t, f.tryDelete(t, policyToken, made), `deleting IAM policy "read": DeleteConflict: `+
		`Cannot delete a policy attached to entities.`)
}

func TestAttachmentLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.create(t, roleToken, role)
	f.create(t, policyToken, policy)
	attachment := object{"role": "eso", "policyArn": policyARN}
	made := f.create(t, attachmentToken, attachment)
	equal(t, made.id, resource.ID("eso-"+policyARN))
	equal(t, made.outputs, properties(attachment))
	equal(t, f.read(t, attachmentToken, made), made)
	equal(t, f.imported(t, attachmentToken, "eso/"+policyARN), made)
	equal(t, kinds(f.diff(t, attachmentToken, made, properties(attachment))), map[string]plugin.DiffKind{})

	inputs := properties(attachment)
	inputs["policyArn"], inputs["role"] = unknown(), resource.NewProperty("other")
	equal(t, kinds(f.diff(t, attachmentToken, made, inputs)), map[string]plugin.DiffKind{
		"policyArn": plugin.DiffUpdateReplace, "role": plugin.DiffUpdateReplace,
	})
	f.gone(t, attachmentToken, made)
}

// TestAttachmentOfNothing: the role went first.
func TestAttachmentOfNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	forced := f.create(t, roleToken, with(role, object{"forceDetachPolicies": true}))
	f.create(t, policyToken, policy)
	made := f.create(t, attachmentToken, object{"role": "eso", "policyArn": policyARN})
	noError(t, f.tryDelete(t, roleToken, forced))
	f.gone(t, attachmentToken, made)
	_, err := f.tryCreate(t, attachmentToken, made.inputs)
	refused(t, err, `creating attachment of policy "`+policyARN+`" to IAM role "eso": NoSuchEntity: `+
		`The role with name eso cannot be found.`)
}
