package aws_test

import (
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"eso-aws/sandbox/aws"
)

func trust(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

func tags(pairs ...string) []ststypes.Tag {
	var all []ststypes.Tag
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, ststypes.Tag{Key: &pairs[i], Value: &pairs[i+1]})
	}
	return all
}

func TestAssumeRole(t *testing.T) {
	t.Parallel()
	const target = "arn:aws:iam::000000000000:role/target"
	denied := func(action string) refusal {
		return refusal{"AccessDenied", "User: arn:aws:iam::000000000000:user/test is not authorized to perform: " + action +
			" on resource: " + target}
	}
	for name, test := range map[string]struct {
		Trust  string
		Change func(*sts.AssumeRoleInput)
		Want   refusal
	}{
		"Account":    {rootTrust, nil, refusal{}},
		"User":       {trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:user/test"}}`), nil, refusal{}},
		"Stranger":   {trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111111111111"}}`), nil, denied("sts:AssumeRole")},
		"Web":        {irsaTrust, nil, denied("sts:AssumeRole")},
		"Denied":     {trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"},{"Effect":"Deny","Action":"sts:*","Principal":"*"}`), nil, denied("sts:AssumeRole")},
		"ExternalID": {trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"sts:ExternalId":"e-1"}}}`), func(in *sts.AssumeRoleInput) { in.ExternalId = sdk.String("e-1") }, refusal{}},
		"OtherID":    {trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"sts:ExternalId":"e-1"}}}`), func(in *sts.AssumeRoleInput) { in.ExternalId = sdk.String("e-2") }, denied("sts:AssumeRole")},
		"Tags":       {trust(`{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":"*","Condition":{"StringEquals":{"aws:RequestTag/a":"1"}}}`), func(in *sts.AssumeRoleInput) { in.Tags = tags("a", "1") }, refusal{}},
		"OtherTags":  {trust(`{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":"*","Condition":{"StringEquals":{"aws:RequestTag/a":"1"}}}`), func(in *sts.AssumeRoleInput) { in.Tags = tags("a", "2") }, denied("sts:AssumeRole")},
		"NoTagging":  {rootTrust, func(in *sts.AssumeRoleInput) { in.Tags = tags("a", "1") }, denied("sts:TagSession")},
		"NoSource":   {rootTrust, func(in *sts.AssumeRoleInput) { in.SourceIdentity = sdk.String("me") }, denied("sts:SetSourceIdentity")},
		"MFA": {rootTrust, func(in *sts.AssumeRoleInput) { in.TokenCode = sdk.String("123456") }, refusal{
			"ValidationError", "the in-memory AWS does not support multi-factor authentication; remove SerialNumber and TokenCode",
		}},
		"TransitiveNoTag": {rootTrust, func(in *sts.AssumeRoleInput) { in.TransitiveTagKeys = []string{"a"} }, refusal{
			"ValidationError", "The transitive tag key a is not among the session tags",
		}},
		"BadName": {rootTrust, func(in *sts.AssumeRoleInput) { in.RoleSessionName = sdk.String("a b") }, refusal{
			"ValidationError", "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy " +
				`constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		}},
		"BadPolicy": {rootTrust, func(in *sts.AssumeRoleInput) { in.Policy = sdk.String("{}") }, refusal{
			"MalformedPolicyDocument", "Syntax errors in policy.",
		}},
		"BadPolicyARN": {rootTrust, func(in *sts.AssumeRoleInput) {
			in.PolicyArns = []ststypes.PolicyDescriptorType{{Arn: sdk.String("arn:aws:iam::000000000000:policy/no")}}
		}, refusal{"MalformedPolicyDocument", "Policy arn:aws:iam::000000000000:policy/no was not found."}},
		"NoRole": {rootTrust, func(in *sts.AssumeRoleInput) { in.RoleArn = sdk.String(target + "x") }, refusal{
			"AccessDenied", denied("sts:AssumeRole").Message + "x",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, aws.Options{})
			f.role(t, "target", test.Trust, "")
			in := &sts.AssumeRoleInput{RoleArn: sdk.String(target), RoleSessionName: sdk.String("me")}
			if test.Change != nil {
				test.Change(in)
			}
			_, err := f.sts().AssumeRole(t.Context(), in)
			checkRefusal(t, err, test.Want)
		})
	}
}

// TestRoleChain has a session assume another role: by its own policies when the
// account is trusted, without them when the role is named.
func TestRoleChain(t *testing.T) {
	t.Parallel()
	const target = "arn:aws:iam::000000000000:role/target"
	const mayAssume = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + target + `"}`
	const namesRole = `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + roleARN + `"}}`
	const sessionARN = "arn:aws:sts::000000000000:assumed-role/eso/me"
	const noPolicy = "User: " + sessionARN + " is not authorized to perform: sts:AssumeRole on resource: " + target +
		" because no identity-based policy allows the sts:AssumeRole action"
	for name, test := range map[string]struct {
		Own, Trust string
		Seconds    int32
		Want       refusal
	}{
		"AccountAndPolicy":     {mayAssume, rootTrust, 900, refusal{}},
		"AccountWithoutPolicy": {"", rootTrust, 900, refusal{"AccessDenied", noPolicy}},
		"Named":                {"", trust(namesRole), 900, refusal{}},
		"NamedSession":         {"", trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + sessionARN + `"}}`), 900, refusal{}},
		"NamedAndDenied": {`{"Effect":"Deny","Action":"sts:*","Resource":"*"}`, trust(namesRole), 900, refusal{
			"AccessDenied", "User: " + sessionARN + " is not authorized to perform: sts:AssumeRole on resource: " + target +
				" with an explicit deny in an identity-based policy",
		}},
		"PrincipalARN": {"", trust(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"},
			"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/eso"}}}`), 900, refusal{}},
		"LongerThanAnHour": {mayAssume, rootTrust, 3601, refusal{
			"ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role " +
				"chaining",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, aws.Options{})
			f.role(t, "eso", rootTrust, test.Own)
			f.role(t, "target", test.Trust, "")
			got, err := f.stsAs(f.assume(t, roleARN)).AssumeRole(t.Context(), &sts.AssumeRoleInput{
				RoleArn: sdk.String(target), RoleSessionName: sdk.String("next"), DurationSeconds: &test.Seconds,
			})
			checkRefusal(t, err, test.Want)
			if err == nil {
				equal(t, *got.AssumedRoleUser.Arn, "arn:aws:sts::000000000000:assumed-role/target/next")
				equal(t, *got.Credentials.Expiration, start.Add(time.Duration(test.Seconds)*time.Second))
			}
		})
	}
}

// TestTransitiveTags go along the chain, and cannot be changed there.
func TestTransitiveTags(t *testing.T) {
	t.Parallel()
	const target = "arn:aws:iam::000000000000:role/target"
	everyone := trust(`{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":"*"}`)
	f := newFixture(t, aws.Options{})
	if err := f.PutSecret(region, "app/db", "made-up"); err != nil {
		t.Fatal(err)
	}
	f.role(t, "eso", everyone, "")
	f.role(t, "target", everyone, `{"Effect":"Allow","Action":"secretsmanager:*",
		"Resource":"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/*"}`)
	first := f.assume(t, roleARN, func(in *sts.AssumeRoleInput) {
		in.Tags, in.TransitiveTagKeys = tags("team", "app", "stays", "here"), []string{"team"}
	})
	next := &sts.AssumeRoleInput{RoleArn: sdk.String(target), RoleSessionName: sdk.String("next")}
	second := must[*sts.AssumeRoleOutput](t)(f.stsAs(first).AssumeRole(t.Context(), next))
	equal(t, get(t, f.as(second.Credentials), "app/db"), refusal{})
	next.Tags = tags("team", "web")
	_, err := f.stsAs(first).AssumeRole(t.Context(), next)
	equal(t, refusalOf(t, err), refusal{"ValidationError", "One of the specified transitive tag keys can't be set " +
		"because it conflicts with a transitive tag key from the calling session."})
}
