package policy_test

import (
	"testing"

	"eso-aws/sandbox/aws/internal/policy"
)

func TestTrust(t *testing.T) {
	t.Parallel()
	const provider = "arn:aws:iam::000000000000:oidc-provider/oidc.test/id"
	role := policy.Principal{Account: "000000000000", ARNs: []string{
		"arn:aws:sts::000000000000:assumed-role/r/s", "arn:aws:iam::000000000000:role/r",
	}}
	service := policy.Principal{Service: "pods.eks.amazonaws.com"}
	federated := policy.Principal{Federated: provider}
	for name, test := range map[string]struct {
		Statements string
		Principal  policy.Principal
		Want       policy.Trust
	}{
		"Service":        {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"pods.eks.amazonaws.com"}}`, service, policy.Trusted},
		"OtherService":   {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}`, service, policy.Untrusted},
		"OtherAction":    {`{"Effect":"Allow","Action":"sts:TagSession","Principal":{"Service":"pods.eks.amazonaws.com"}}`, service, policy.Untrusted},
		"Federated":      {`{"Effect":"Allow","Action":"sts:*","Principal":{"Federated":"` + provider + `"}}`, federated, policy.Trusted},
		"OtherProvider":  {`{"Effect":"Allow","Action":"sts:*","Principal":{"Federated":"` + provider + `2"}}`, federated, policy.Untrusted},
		"EveryAWS":       {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}`, role, policy.Trusted},
		"EveryAWSOnly":   {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}`, service, policy.Untrusted},
		"Root":           {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:root"}}`, role, policy.TrustedAccount},
		"Account":        {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"000000000000"}}`, role, policy.TrustedAccount},
		"OtherAccount":   {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111111111111"}}`, role, policy.Untrusted},
		"RoleARN":        {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["111111111111","arn:aws:iam::000000000000:role/r"]}}`, role, policy.Trusted},
		"SessionARN":     {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:sts::000000000000:assumed-role/r/s"}}`, role, policy.Trusted},
		"BestOfTwo":      {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:role/r"}},{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"000000000000"}}`, role, policy.Trusted},
		"Denied":         {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"},{"Effect":"Deny","Action":"sts:*","Principal":{"AWS":"000000000000"}}`, role, policy.Refused},
		"ConditionHolds": {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`, role, policy.Trusted},
		"ConditionFails": {`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Condition":{"StringEquals":{"sts:ExternalId":"y"}}}`, role, policy.Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := policy.ParseTrust(`{"Version":"2012-10-17","Statement":[`+test.Statements+`]}`, "aws", "000000000000",
				func(string) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Trust(test.Principal, policy.Request{
				Action: "sts:AssumeRole", Context: context(map[string][]string{"sts:ExternalId": {"x"}}),
			})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, got, test.Want)
		})
	}
}

func TestTrustUnsupported(t *testing.T) {
	t.Parallel()
	d, err := policy.ParseTrust(`{"Statement":{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"*"}}}`,
		"aws", "000000000000", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Trust(policy.Principal{}, policy.Request{Action: "sts:AssumeRole"})
	equal(t, err, error(policy.UnsupportedError("NotPrincipal")))
}

func TestTrusts(t *testing.T) {
	t.Parallel()
	d, err := policy.ParseTrust(`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":
		{"Service":"pods.eks.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}}`,
		"aws", "000000000000", nil)
	if err != nil {
		t.Fatal(err)
	}
	pods := policy.Principal{Service: "pods.eks.amazonaws.com"}
	equal(t, d.Trusts(pods, "sts:AssumeRole"), true)
	equal(t, d.Trusts(pods, "sts:TagSession"), false)
	equal(t, d.Trusts(policy.Principal{Service: "ec2.amazonaws.com"}, "sts:AssumeRole"), false)
}
