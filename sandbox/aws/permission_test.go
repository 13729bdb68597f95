package aws_test

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"eso-aws/sandbox/aws"
)

const (
	readAll  = `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}`
	readApp  = `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:*:*:secret:app/*"}`
	denyRead = `{"Effect":"Deny","Action":"secretsmanager:Get*","Resource":"*"}`
	readVerb = "secretsmanager:GetSecretValue"
)

// TestPolicies reads web/db by sessions of a role with every kind of policy.
func TestPolicies(t *testing.T) {
	t.Parallel()
	const missing = " allows the secretsmanager:GetSecretValue action"
	sessionPolicy := func(statements string) func(*sts.AssumeRoleInput) {
		return func(in *sts.AssumeRoleInput) { in.Policy = policyOf(statements) }
	}
	for name, test := range map[string]struct {
		Inline, Attached, Boundary string
		Change                     func(*sts.AssumeRoleInput)
		Reason                     string
	}{
		"Nothing":        {Reason: "because no identity-based policy" + missing},
		"Inline":         {Inline: readAll},
		"Attached":       {Attached: readAll},
		"OtherSecret":    {Inline: readApp, Reason: "because no identity-based policy" + missing},
		"EitherAllows":   {Inline: readApp, Attached: readAll},
		"EitherDenies":   {Inline: denyRead, Attached: readAll, Reason: "with an explicit deny in an identity-based policy"},
		"Boundary":       {Inline: readAll, Boundary: readAll},
		"BoundaryLimits": {Inline: readAll, Boundary: readApp, Reason: "because no permissions boundary" + missing},
		"BoundaryDenies": {Inline: readAll, Boundary: denyRead, Reason: "with an explicit deny in a permissions boundary"},
		"Session":        {Inline: readAll, Change: sessionPolicy(readAll)},
		"SessionLimits":  {Inline: readAll, Change: sessionPolicy(readApp), Reason: "because no session policy" + missing},
		"SessionDenies":  {Inline: readAll, Change: sessionPolicy(denyRead), Reason: "with an explicit deny in a session policy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := clustered(t)
			f.role(t, "eso", rootTrust, test.Inline)
			eso := sdk.String("eso")
			if test.Attached != "" {
				arn := f.managed(t, "attached", test.Attached)
				must[*iam.AttachRolePolicyOutput](t)(f.iam().AttachRolePolicy(t.Context(),
					&iam.AttachRolePolicyInput{RoleName: eso, PolicyArn: &arn}))
			}
			if test.Boundary != "" {
				arn := f.managed(t, "boundary", test.Boundary)
				must[*iam.PutRolePermissionsBoundaryOutput](t)(f.iam().PutRolePermissionsBoundary(t.Context(),
					&iam.PutRolePermissionsBoundaryInput{RoleName: eso, PermissionsBoundary: &arn}))
			}
			change := func(*sts.AssumeRoleInput) {}
			if test.Change != nil {
				change = test.Change
			}
			got := get(t, f.as(f.assume(t, roleARN, change)), "web/db")
			want := refusal{}
			if test.Reason != "" {
				want = deniedTo("eso", "me", readVerb, f.secretARN(t, "web/db"), test.Reason)
			}
			equal(t, got, want)
		})
	}
}

// TestPoliciesAreOfTheMoment changes what a running session may do.
func TestPoliciesAreOfTheMoment(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", rootTrust, readAll)
	client, arn := f.as(f.assume(t, roleARN)), f.secretARN(t, "web/db")
	denied := deniedTo("eso", "me", readVerb, arn, "because no identity-based policy allows the "+readVerb+" action")
	equal(t, get(t, client, "web/db"), refusal{})
	f.permit(t, "eso", readApp)
	equal(t, get(t, client, "web/db"), denied)
	f.permit(t, "eso", readAll)
	equal(t, get(t, client, "web/db"), refusal{})

	// A role that is gone may do nothing, even when another has its name.
	eso := sdk.String("eso")
	must[*iam.DeleteRolePolicyOutput](t)(f.iam().DeleteRolePolicy(t.Context(),
		&iam.DeleteRolePolicyInput{RoleName: eso, PolicyName: sdk.String("inline")}))
	must[*iam.DeleteRoleOutput](t)(f.iam().DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: eso}))
	equal(t, get(t, client, "web/db"), denied)
	f.role(t, "eso", rootTrust, readAll)
	equal(t, get(t, client, "web/db"), denied)
}

func TestSessionPolicyARNs(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", rootTrust, readAll)
	arn := f.managed(t, "limit", readApp)
	client := f.as(f.assume(t, roleARN, func(in *sts.AssumeRoleInput) {
		in.PolicyArns = []ststypes.PolicyDescriptorType{{Arn: &arn}}
	}))
	equal(t, get(t, client, "app/db"), refusal{})
	equal(t, get(t, client, "web/db"), deniedTo("eso", "me", readVerb, f.secretARN(t, "web/db"),
		"because no session policy allows the "+readVerb+" action"))
}

// TestListingByPolicy covers what has no resource, and each secret of a batch.
func TestListingByPolicy(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", rootTrust, readApp)
	client := f.as(f.assume(t, roleARN))
	batch := &secretsmanager.BatchGetSecretValueInput{
		Filters: []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{"app", "web"}}},
	}
	denied := func(action, resource string) refusal {
		return deniedTo("eso", "me", action, resource, "because no identity-based policy allows the "+action+" action")
	}
	_, err := client.ListSecrets(t.Context(), nil)
	equal(t, refusalOf(t, err), denied("secretsmanager:ListSecrets", "*"))
	_, err = client.BatchGetSecretValue(t.Context(), batch)
	equal(t, refusalOf(t, err), denied("secretsmanager:BatchGetSecretValue", "*"))
	equal(t, get(t, client, "absent"), denied(readVerb, "absent"))

	f.permit(t, "eso", readApp+`,{"Effect":"Allow","Action":"secretsmanager:BatchGetSecretValue","Resource":"*"}`)
	_, err = client.BatchGetSecretValue(t.Context(), batch)
	equal(t, refusalOf(t, err), denied("secretsmanager:ListSecrets", "*"))

	f.permit(t, "eso", readApp+`,{"Effect":"Allow","Resource":"*",
		"Action":["secretsmanager:BatchGetSecretValue","secretsmanager:ListSecrets"]}`)
	got := must[*secretsmanager.BatchGetSecretValueOutput](t)(client.BatchGetSecretValue(t.Context(), batch))
	web := f.secretARN(t, "web/db")
	want := denied(readVerb, web)
	equal(t, got.Errors, []types.APIErrorType{{SecretId: &web, ErrorCode: &want.Code, Message: &want.Message}})
	equal(t, len(got.SecretValues), 1)
}

// TestKMS reads a secret of a customer's key, which takes more than the secret.
func TestKMS(t *testing.T) {
	t.Parallel()
	const key = "arn:aws:kms:eu-west-1:000000000000:key/1234"
	const via = `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"` + key + `",
		"Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"}}}`
	noKey := refusal{"AccessDeniedException", "Access to KMS is not allowed"}
	for name, test := range map[string]struct {
		KeyID, Statements string
		Want              refusal
	}{
		"Without":      {key, readAll, noKey},
		"ByARN":        {key, readAll + "," + via, refusal{}},
		"ByID":         {"1234", readAll + "," + via, refusal{}},
		"OtherKey":     {"5678", readAll + "," + via, noKey},
		"OtherService": {key, readAll + `,{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}`, noKey},
		"AWSKey":       {"alias/aws/secretsmanager", readAll, refusal{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, aws.Options{})
			must[*secretsmanager.CreateSecretOutput](t)(f.secrets().CreateSecret(t.Context(),
				&secretsmanager.CreateSecretInput{
					Name: sdk.String("locked"), SecretString: sdk.String("made-up"), KmsKeyId: sdk.String(test.KeyID),
				}))
			f.role(t, "eso", rootTrust, test.Statements+`,{"Effect":"Allow","Resource":"*",
				"Action":["secretsmanager:BatchGetSecretValue","secretsmanager:PutSecretValue"]}`)
			client := f.as(f.assume(t, roleARN))
			equal(t, get(t, client, "locked"), test.Want)
			batch := must[*secretsmanager.BatchGetSecretValueOutput](t)(client.BatchGetSecretValue(t.Context(),
				&secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"locked"}}))
			equal(t, len(batch.Errors) == 0, test.Want == refusal{})
			// The administrator needs no key, and Decrypt is not enough to write.
			equal(t, get(t, f.secrets(), "locked"), refusal{})
			_, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
				SecretId: sdk.String("locked"), SecretString: sdk.String("new"),
			})
			want := noKey
			if name == "AWSKey" {
				want = refusal{}
			}
			checkRefusal(t, err, want)
		})
	}
}

// TestTagsDecide covers conditions on the secret's tags and the session's.
func TestTagsDecide(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	must[*secretsmanager.TagResourceOutput](t)(f.secrets().TagResource(t.Context(), &secretsmanager.TagResourceInput{
		SecretId: sdk.String("app/db"), Tags: []types.Tag{{Key: sdk.String("team"), Value: sdk.String("blue")}},
	}))
	f.role(t, "eso", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],
		"Principal":{"AWS":"*"}}]}`, `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",
		"Condition":{"StringEquals":{"secretsmanager:ResourceTag/team":"${aws:PrincipalTag/team}"}}}`)
	for team, want := range map[string]bool{"blue": true, "red": false} {
		client := f.as(f.assume(t, roleARN, func(in *sts.AssumeRoleInput) {
			in.Tags = []ststypes.Tag{{Key: sdk.String("team"), Value: &team}}
		}))
		equal(t, get(t, client, "app/db") == refusal{}, want)
	}
}

// TestUnsupportedPolicy is told, and never taken for a decision.
func TestUnsupportedPolicy(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", rootTrust, readAll+`,{"Effect":"Deny","Action":"s3:*","Resource":"*",
		"Condition":{"BinaryEquals":{"k":"QQ=="}}}`)
	equal(t, get(t, f.as(f.assume(t, roleARN)), "app/db"), refusal{
		"UnsupportedPolicyException", "the in-memory AWS cannot evaluate the condition operator BinaryEquals in a " +
			"policy; see sandbox/aws/README.md",
	})
}

// TestSessionsAreLimitedEverywhere has IAM and EKS ask too.
func TestSessionsAreLimitedEverywhere(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.role(t, "eso", rootTrust, "")
	c := f.assume(t, roleARN)
	client := iam.New(f.iam().Options(), func(o *iam.Options) { o.Credentials = session(c) })
	_, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: sdk.String("eso")})
	want := deniedTo("eso", "me", "iam:GetRole", roleARN, "because no identity-based policy allows the iam:GetRole action")
	want.Code = "AccessDenied"
	equal(t, refusalOf(t, err), want)
}
