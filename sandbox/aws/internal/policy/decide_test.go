package policy_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/aws/internal/policy"
)

const (
	read   = "secretsmanager:GetSecretValue"
	secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:app/db-AbCdEf"
)

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unexpected result (-want +got):\n%s", diff)
	}
}

// identity returns a permissions policy of statements.
func identity(t *testing.T, statements string) *policy.Document {
	t.Helper()
	d, err := policy.ParseIdentity(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, "aws")
	if err != nil {
		t.Fatalf("parsing %s: %v", statements, err)
	}
	return d
}

// context returns a request's condition keys.
func context(keys map[string][]string) policy.Context {
	c := policy.Context{}
	for key, values := range keys {
		c.Set(key, values...)
	}
	return c
}

func decide(t *testing.T, p policy.Policies, r policy.Request) policy.Verdict {
	t.Helper()
	v, err := p.Decide(r)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var (
	allowed    = policy.Verdict{Allowed: true}
	notAllowed = policy.Verdict{
		Reason: "because no identity-based policy allows the secretsmanager:GetSecretValue action",
	}
	denied = policy.Verdict{Reason: "with an explicit deny in an identity-based policy"}
)

// TestPrecedence has the whole order of AWS's decision: a deny anywhere, then who
// did not allow.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	allow := identity(t, `{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}`)
	deny := identity(t, `{"Effect":"Deny","Action":"secretsmanager:*","Resource":"*"}`)
	other := identity(t, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	documents := func(d ...*policy.Document) []*policy.Document { return d }
	noBoundary := policy.Verdict{
		Reason: "because no permissions boundary allows the secretsmanager:GetSecretValue action",
	}
	noSession := policy.Verdict{Reason: "because no session policy allows the secretsmanager:GetSecretValue action"}
	for name, test := range map[string]struct {
		Policies policy.Policies
		Want     policy.Verdict
	}{
		"NoPolicies":        {policy.Policies{}, notAllowed},
		"Allowed":           {policy.Policies{Identity: documents(allow)}, allowed},
		"AnyPolicyAllows":   {policy.Policies{Identity: documents(other, allow)}, allowed},
		"OtherAction":       {policy.Policies{Identity: documents(other)}, notAllowed},
		"DenyWins":          {policy.Policies{Identity: documents(allow, deny)}, denied},
		"DenyWinsInOrder":   {policy.Policies{Identity: documents(deny, allow)}, denied},
		"BoundaryAllows":    {policy.Policies{Identity: documents(allow), Boundary: allow}, allowed},
		"BoundaryIsNoGrant": {policy.Policies{Boundary: allow}, notAllowed},
		"BoundaryLimits":    {policy.Policies{Identity: documents(allow), Boundary: other}, noBoundary},
		"BoundaryDenies": {
			policy.Policies{Identity: documents(allow), Boundary: deny},
			policy.Verdict{Reason: "with an explicit deny in a permissions boundary"},
		},
		"SessionAllows":    {policy.Policies{Identity: documents(allow), Session: documents(allow)}, allowed},
		"AnySessionAllows": {policy.Policies{Identity: documents(allow), Session: documents(other, allow)}, allowed},
		"SessionIsNoGrant": {policy.Policies{Session: documents(allow)}, notAllowed},
		"SessionLimits":    {policy.Policies{Identity: documents(allow), Session: documents(other)}, noSession},
		"SessionDenies": {
			policy.Policies{Identity: documents(allow), Session: documents(deny)},
			policy.Verdict{Reason: "with an explicit deny in a session policy"},
		},
		"DenyBeforeMissingAllow": {
			policy.Policies{Session: documents(deny)},
			policy.Verdict{Reason: "with an explicit deny in a session policy"},
		},
		"GuardsNeedNoIdentity": {policy.Policies{Boundary: allow}.Guards(), allowed},
		"GuardsLimit":          {policy.Policies{Session: documents(other)}.Guards(), noSession},
		"GuardsDeny":           {policy.Policies{Identity: documents(deny)}.Guards(), denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, decide(t, test.Policies, policy.Request{Action: read, Resource: secret}), test.Want)
		})
	}
}

func TestActionsAndResources(t *testing.T) {
	t.Parallel()
	const arn = `"arn:aws:secretsmanager:eu-west-1:000000000000:secret:`
	for name, test := range map[string]struct {
		Statement string
		Want      bool
	}{
		"Exact":                   {`"Action":"secretsmanager:GetSecretValue","Resource":` + arn + `app/db-AbCdEf"`, true},
		"ActionCase":              {`"Action":"SecretsManager:getsecretvalue","Resource":"*"`, true},
		"ActionStar":              {`"Action":"secretsmanager:Get*","Resource":"*"`, true},
		"ActionQuestionMark":      {`"Action":"secretsmanager:GetSecretValu?","Resource":"*"`, true},
		"EveryAction":             {`"Action":"*","Resource":"*"`, true},
		"ActionPrefixIsNotEnough": {`"Action":"secretsmanager:GetSecret","Resource":"*"`, false},
		"ActionList":              {`"Action":["s3:*","secretsmanager:GetSecretValue"],"Resource":"*"`, true},
		"NotAction":               {`"NotAction":"s3:*","Resource":"*"`, true},
		"NotActionNames":          {`"NotAction":["s3:*","secretsmanager:Get*"],"Resource":"*"`, false},
		"SixAnyCharacters":        {`"Action":"*","Resource":` + arn + `app/db-??????"`, true},
		"FiveAreTooFew":           {`"Action":"*","Resource":` + arn + `app/db-?????"`, false},
		"WithoutSuffix":           {`"Action":"*","Resource":` + arn + `app/db"`, false},
		"Prefix":                  {`"Action":"*","Resource":` + arn + `app/*"`, true},
		"OtherPrefix":             {`"Action":"*","Resource":` + arn + `web/*"`, false},
		"ResourceCase":            {`"Action":"*","Resource":` + arn + `App/*"`, false},
		"StarInRegion":            {`"Action":"*","Resource":"arn:aws:secretsmanager:*:000000000000:secret:app/*"`, true},
		"StarStaysInItsPart":      {`"Action":"*","Resource":"arn:aws:secretsmanager:*:secret:app/*"`, false},
		"OtherRegion":             {`"Action":"*","Resource":"arn:aws:secretsmanager:us-east-1:000000000000:secret:*"`, false},
		"OtherAccount":            {`"Action":"*","Resource":"arn:aws:secretsmanager:eu-west-1:111111111111:secret:*"`, false},
		"IncompleteARN":           {`"Action":"*","Resource":"arn:aws:secretsmanager"`, true},
		"NotResource":             {`"Action":"*","NotResource":` + arn + `web/*"`, true},
		"NotResourceNames":        {`"Action":"*","NotResource":` + arn + `app/*"`, false},
		"Variable":                {`"Action":"*","Resource":` + arn + `${aws:PrincipalTag/team}/*"`, true},
		"VariableKeyCase":         {`"Action":"*","Resource":` + arn + `${AWS:principaltag/TEAM}/*"`, true},
		"VariableWithoutValue":    {`"Action":"*","Resource":` + arn + `${aws:PrincipalTag/absent}*"`, false},
		"VariableDefault":         {`"Action":"*","Resource":` + arn + `${aws:PrincipalTag/absent, 'app'}/*"`, true},
		"VariableDefaultUnneeded": {`"Action":"*","Resource":` + arn + `${aws:PrincipalTag/team, 'web'}/*"`, true},
		"VariableIsLiteral":       {`"Action":"*","Resource":` + arn + `${aws:PrincipalTag/star}"`, false},
		"VariableOfSeveralValues": {`"Action":"*","Resource":` + arn + `${aws:TagKeys}/*"`, false},
		"EscapedStar":             {`"Action":"*","Resource":` + arn + `app/${*}"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := policy.Policies{Identity: []*policy.Document{identity(t, `{"Effect":"Allow",`+test.Statement+`}`)}}
			want := notAllowed
			if test.Want {
				want = allowed
			}
			equal(t, decide(t, p, policy.Request{Action: read, Resource: secret, Context: context(map[string][]string{
				"aws:PrincipalTag/team": {"app"}, "aws:PrincipalTag/star": {"*"}, "aws:TagKeys": {"app", "app"},
			})}), want)
		})
	}
}

// TestWildcardsOnly covers what has no ARN: only the pattern * is about it.
func TestWildcardsOnly(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{"*": true, "arn:aws:secretsmanager:*:*:*": false} {
		p := policy.Policies{Identity: []*policy.Document{
			identity(t, fmt.Sprintf(`{"Effect":"Allow","Action":"*","Resource":%q}`, pattern)),
		}}
		for _, resource := range []string{"*", "absent"} {
			got := decide(t, p, policy.Request{Action: "secretsmanager:ListSecrets", Resource: resource})
			equal(t, got.Allowed, want)
		}
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	d := identity(t, `{"Effect":"Allow","Action":"*","Resource":"*",
		"Condition":{"ForAnyValue:BinaryEquals":{"k":"QUJD"}}}`)
	_, err := policy.Policies{Identity: []*policy.Document{d}}.Decide(policy.Request{Action: read, Resource: secret})
	equal(t, err, error(policy.UnsupportedError("the condition operator ForAnyValue:BinaryEquals")))
	equal(t, err.Error(), "the in-memory AWS cannot evaluate the condition operator ForAnyValue:BinaryEquals "+
		"in a policy; see sandbox/aws/README.md")
}
