package irsa_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/iamtest"
	"eso-aws/internal/problem"
	"eso-aws/internal/role"
	"eso-aws/irsa"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	issuer   = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	provider = "arn:aws:iam::111122223333:oidc-provider/" + issuer
	subject  = "system:serviceaccount:external-secrets:external-secrets"
)

// args are those of a role for the operator's service account.
func args(partition iam.Partition, provider, issuer string) *irsa.RoleArgs {
	return &irsa.RoleArgs{
		Args: role.Args{
			Partition: partition, Account: "111122223333",
			ServiceAccount: iam.ServiceAccount{Namespace: "external-secrets", Name: "external-secrets"},
		},
		ProviderARN: provider, Issuer: issuer,
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./irsa -update")
	assert.Equal(t, string(want), string(got))
}

// TestTrustGolden: the exact document in each partition. The audience is the
// same in all of them, China included.
func TestTrustGolden(t *testing.T) {
	t.Parallel()
	for partition, issuer := range map[iam.Partition]string{
		iam.AWS:      issuer,
		iam.China:    "oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
		iam.GovCloud: "oidc.eks.us-gov-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
	} {
		t.Run(string(partition), func(t *testing.T) {
			t.Parallel()
			arn := iam.ARN{Partition: partition, Service: "iam", Account: "111122223333", Resource: "oidc-provider/" + issuer}
			document, problems := irsa.TrustPolicy(args(partition, arn.String(), "https://"+issuer))
			require.Empty(t, problems)
			assert.Less(t, document.Size(), 2048, "IAM's quota for trust policies")
			var got bytes.Buffer
			require.NoError(t, json.Indent(&got, []byte(document.JSON()), "", "  "))
			got.WriteString("\n")
			golden(t, "testdata/trust-"+string(partition)+".json", got.Bytes())
		})
	}
}

// TestTrustDecides: only the one service account may assume the role, with a token for AWS.
func TestTrustDecides(t *testing.T) {
	t.Parallel()
	document, problems := irsa.TrustPolicy(args(iam.AWS, provider, issuer))
	require.Empty(t, problems)
	token := func(issuer, audience, subject string) map[string]string {
		return map[string]string{issuer + ":aud": audience, issuer + ":sub": subject}
	}
	const (
		federated = "Federated " + provider
		assume    = "sts:AssumeRoleWithWebIdentity"
		audience  = "sts.amazonaws.com"
	)
	for name, test := range map[string]struct {
		request iamtest.Request
		want    bool
	}{
		"Operator": {iamtest.Request{Principal: federated, Action: assume, Context: token(issuer, audience, subject)}, true},
		"OtherNamespace": {iamtest.Request{
			Principal: federated, Action: assume, Context: token(issuer, audience, "system:serviceaccount:other:external-secrets"),
		}, false},
		"OtherAccount": {iamtest.Request{
			Principal: federated, Action: assume, Context: token(issuer, audience, "system:serviceaccount:external-secrets:default"),
		}, false},
		"LongerName":    {iamtest.Request{Principal: federated, Action: assume, Context: token(issuer, audience, subject+"2")}, false},
		"OtherAudience": {iamtest.Request{Principal: federated, Action: assume, Context: token(issuer, "vault", subject)}, false},
		"NoAudience":    {iamtest.Request{Principal: federated, Action: assume, Context: map[string]string{issuer + ":sub": subject}}, false},
		"OtherCluster": {iamtest.Request{
			Principal: federated + "2", Action: assume, Context: token(issuer+"2", audience, subject),
		}, false},
		"OtherAction": {iamtest.Request{Principal: federated, Action: "sts:AssumeRole", Context: token(issuer, audience, subject)}, false},
		"PodIdentity": {iamtest.Request{
			Principal: "Service pods.eks.amazonaws.com", Action: assume, Context: token(issuer, audience, subject),
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := iamtest.Allowed(test.request, document.JSON())
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestTrustRefuses(t *testing.T) {
	t.Parallel()
	const (
		arn = ": must be the ARN of an OIDC provider in IAM (arn:<partition>:iam::<account>:oidc-provider/<issuer>)"
		url = ": must be the URL of the cluster's issuer, such as https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"
		own = ": must be the issuer of provider " + provider + "; set it to https://" + issuer
	)
	for name, test := range map[string]struct{ provider, issuer, want string }{
		"Nothing":   {"", "", `issuer: ""` + url + "\n" + `providerArn: ""` + arn},
		"OtherKind": {"arn:aws:iam::111122223333:saml-provider/a", issuer, `providerArn: "arn:aws:iam::111122223333:saml-provider/a"` + arn},
		"OtherPartition": {
			"arn:aws-cn:iam::111122223333:oidc-provider/" + issuer, issuer,
			`providerArn: "arn:aws-cn:iam::111122223333:oidc-provider/` + issuer + `": must be in partition aws, not aws-cn`,
		},
		"OtherCluster": {provider, "https://" + issuer + "2", `issuer: "https://` + issuer + `2"` + own},
		"PlainHTTP":    {provider, "http://" + issuer, `issuer: "http://` + issuer + `"` + url + "\n" + `issuer: "http://` + issuer + `"` + own},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := irsa.TrustPolicy(args(iam.AWS, test.provider, test.issuer))
			var found problem.List
			found.Add(problems...)
			require.EqualError(t, found.Err(), test.want)
		})
	}
}
