package policy_test

import (
	"fmt"
	"testing"

	"eso-aws/sandbox/aws/internal/policy"
)

const syntax = "Syntax errors in policy."

// reason returns why a document was refused, empty when it was not.
func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestParseIdentity(t *testing.T) {
	t.Parallel()
	const rest = `"Effect":"Allow","Action":"s3:Get","Resource":"*"`
	one := func(statement string) string { return `{"Version":"2012-10-17","Statement":{` + statement + `}}` }
	resource := func(arn string) string {
		return one(fmt.Sprintf(`"Effect":"Allow","Action":"s3:Get","Resource":%q`, arn))
	}
	for name, test := range map[string]struct{ Document, Want string }{
		"One":                  {one(rest), ""},
		"List":                 {`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A",` + rest + `},{` + rest + `}]}`, ""},
		"NotJSON":              {`{"Version"`, syntax},
		"Trailing":             {one(rest) + "x", syntax},
		"NotObject":            {`[]`, syntax},
		"UnknownElement":       {`{"Version":"2012-10-17","Statements":[],"Statement":{` + rest + `}}`, syntax},
		"ElementCase":          {`{"version":"2012-10-17","Statement":{` + rest + `}}`, syntax},
		"Twice":                {one(rest + `,"Effect":"Deny"`), syntax},
		"BadVersion":           {`{"Version":"2013-10-17","Statement":{` + rest + `}}`, syntax},
		"NullVersion":          {`{"Version":null,"Statement":{` + rest + `}}`, syntax},
		"NoStatement":          {`{"Version":"2012-10-17"}`, syntax},
		"NoStatements":         {`{"Version":"2012-10-17","Statement":[]}`, syntax},
		"TextStatement":        {`{"Version":"2012-10-17","Statement":["x"]}`, syntax},
		"UnknownInStatement":   {one(rest + `,"Resources":"*"`), syntax},
		"NoEffect":             {one(`"Action":"s3:Get","Resource":"*"`), syntax},
		"BadEffect":            {one(`"Effect":"Permit","Action":"s3:Get","Resource":"*"`), syntax},
		"ActionAndNotAction":   {one(rest + `,"NotAction":"s3:Put"`), syntax},
		"NumberAsAction":       {one(`"Effect":"Allow","Action":1,"Resource":"*"`), syntax},
		"NullInActions":        {one(`"Effect":"Allow","Action":[null],"Resource":"*"`), syntax},
		"ObjectAsResource":     {one(`"Effect":"Allow","Action":"s3:Get","Resource":{"Ref":"x"}`), syntax},
		"UnknownOperator":      {one(rest + `,"Condition":{"StringIs":{"k:a":"b"}}`), syntax},
		"NullIfExists":         {one(rest + `,"Condition":{"NullIfExists":{"k:a":"b"}}`), syntax},
		"OperatorCase":         {one(rest + `,"Condition":{"stringEquals":{"k:a":"b"}}`), syntax},
		"ConditionOfText":      {one(rest + `,"Condition":{"StringEquals":"k:a"}`), syntax},
		"ConditionOfObject":    {one(rest + `,"Condition":{"StringEquals":{"k:a":{"b":"c"}}}`), syntax},
		"ConditionOfNull":      {one(rest + `,"Condition":{"StringEquals":{"k:a":[null]}}`), syntax},
		"UnknownPrincipalKind": {one(rest + `,"Principal":{"Aws":"*"}`), syntax},
		"OldVersion": {
			`{"Version":"2008-10-17","Statement":{` + rest + `}}`,
			"Policy document must be version 2012-10-17 or greater.",
		},
		"NoVersion":  {`{"Statement":{` + rest + `}}`, "Policy document must be version 2012-10-17 or greater."},
		"EffectCase": {one(`"Effect":"allow","Action":"s3:Get","Resource":"*"`), "The policy failed legacy parsing"},
		"SameSid": {
			`{"Version":"2012-10-17","Statement":[{"Sid":"A",` + rest + `},{"Sid":"A",` + rest + `}]}`,
			"Statement IDs (SID) in a single policy must be unique.",
		},
		"BadSid": {
			one(rest + `,"Sid":"a b"`), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies " +
				"the regular expression [0-9A-Za-z]*",
		},
		"NoAction":  {one(`"Effect":"Allow","Resource":"*"`), "Policy statement must contain actions."},
		"NoActions": {one(`"Effect":"Allow","Action":[],"Resource":"*"`), "Policy statement must contain actions."},
		"ActionWithoutVendor": {
			one(`"Effect":"Allow","Action":"Get","Resource":"*"`),
			"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
		},
		"ActionWithTwoColons": {
			one(`"Effect":"Allow","Action":"s3:Get:x","Resource":"*"`), "Actions/Condition can contain only one colon.",
		},
		"BadVendor":   {one(`"Effect":"Allow","Action":"s_3:Get","Resource":"*"`), "Vendor s_3 is not valid"},
		"NoResource":  {one(`"Effect":"Allow","Action":"s3:Get"`), "Policy statement must contain resources."},
		"NoResources": {one(`"Effect":"Allow","Action":"s3:Get","Resource":[]`), "Policy statement must contain resources."},
		"Principal":   {one(rest + `,"Principal":"*"`), "Policy document should not specify a principal."},
		"NoARN":       {resource("bucket"), `Resource bucket must be in ARN format or "*".`},
		"OtherPartition": {
			resource("arn:aws-cn:s3:::b"), `Partition "aws-cn" is not valid for resource "arn:aws-cn:s3:::b".`,
		},
		"AnyPartition": {resource("arn:*:s3:::b"), ""},
		"WildVendor": {
			resource("arn:aws:s?:::b"), "Resource vendor must be fully qualified and cannot contain regexes.",
		},
		"RegionOfIAM": {
			resource("arn:aws:iam:eu-west-1:000000000000:role/r"),
			"IAM resource arn:aws:iam:eu-west-1:000000000000:role/r cannot contain region information.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.ParseIdentity(test.Document, "aws")
			equal(t, reason(err), test.Want)
		})
	}
}

func TestParseTrust(t *testing.T) {
	t.Parallel()
	exists := func(arn string) bool { return arn == "arn:aws:iam::000000000000:role/there" }
	for name, test := range map[string]struct{ Rest, Want string }{
		"Service":           {`"Action":"sts:AssumeRole","Principal":{"Service":"pods.eks.amazonaws.com"}`, ""},
		"ChinaService":      {`"Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com.cn"}`, ""},
		"Actions":           {`"Action":["sts:AssumeRole","STS:TagSession"],"Principal":"*"`, ""},
		"Account":           {`"Action":"sts:AssumeRole","Principal":{"AWS":"111111111111"}`, ""},
		"Root":              {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:root"}`, ""},
		"ExistingRole":      {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:role/there"}`, ""},
		"RoleElsewhere":     {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111111111111:role/any"}`, ""},
		"Session":           {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:sts::000000000000:assumed-role/r/s"}`, ""},
		"OIDCProvider":      {`"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::000000000000:oidc-provider/a.b/c"}`, ""},
		"KnownProvider":     {`"Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"accounts.google.com"}`, ""},
		"Resource":          {`"Action":"sts:AssumeRole","Principal":"*","Resource":"*"`, "Has prohibited field Resource"},
		"NoPrincipal":       {`"Action":"sts:AssumeRole"`, "Missing required field Principal"},
		"NoPrincipals":      {`"Action":"sts:AssumeRole","Principal":{"AWS":[]}`, "Missing required field Principal"},
		"EmptyPrincipal":    {`"Action":"sts:AssumeRole","Principal":{}`, syntax},
		"TextPrincipal":     {`"Action":"sts:AssumeRole","Principal":"me"`, syntax},
		"NoAction":          {`"Principal":"*"`, "Policy statement must contain actions."},
		"OtherAction":       {`"Action":"s3:Get","Principal":"*"`, "AssumeRole policy may only specify STS AssumeRole actions."},
		"EveryAction":       {`"Action":"*","Principal":"*"`, "AssumeRole policy may only specify STS AssumeRole actions."},
		"AbsentRole":        {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:role/gone"}`, `Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:role/gone"`},
		"WildRole":          {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111111111111:role/*"}`, `Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/*"`},
		"RoleOfPartition":   {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws-cn:iam::111111111111:role/r"}`, `Invalid principal in policy: "AWS":"arn:aws-cn:iam::111111111111:role/r"`},
		"NoRole":            {`"Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111111111111:role/"}`, `Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/"`},
		"BadAccount":        {`"Action":"sts:AssumeRole","Principal":{"AWS":"1234"}`, `Invalid principal in policy: "AWS":"1234"`},
		"BadService":        {`"Action":"sts:AssumeRole","Principal":{"Service":"pods.eks"}`, `Invalid principal in policy: "SERVICE":"pods.eks"`},
		"CanonicalUser":     {`"Action":"sts:AssumeRole","Principal":{"CanonicalUser":"x"}`, `Invalid principal in policy: "CANONICALUSER":"x"`},
		"BadFederated":      {`"Action":"sts:AssumeRole","Principal":{"Federated":"https://a.b"}`, "Federated principals must be valid domain names or SAML metadata ARNs"},
		"ProviderElsewhere": {`"Action":"sts:AssumeRole","Principal":{"Federated":"arn:aws:iam::x:oidc-provider/a.b"}`, "Federated principals must be valid domain names or SAML metadata ARNs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.ParseTrust(`{"Statement":[{"Effect":"Allow",`+test.Rest+`}]}`, "aws", "000000000000", exists)
			equal(t, reason(err), test.Want)
		})
	}
}
