package irsa

import (
	"errors"
	"regexp"
	"strings"

	"eso-aws/internal/iam"
)

// Audience is what tokens for AWS are made out to. It is a name and not an
// endpoint: the same in China, where the endpoint is another.
const Audience = "sts.amazonaws.com"

const writeIssuer = "the cluster's issuer, such as https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"

var issuerPath = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$`)

// Trust says whose tokens are trusted.
type Trust struct {
	// Partition is the cluster's.
	Partition iam.Partition
	// ProviderARN is that of the OIDC provider in IAM, and Issuer the URL that
	// it stands for.
	ProviderARN, Issuer string
	// ServiceAccount is whom the token must be for.
	ServiceAccount iam.ServiceAccount
}

// TrustPolicy lets one service account of one cluster assume a role.
func TrustPolicy(t Trust) (iam.Document, error) {
	if err := t.validate(); err != nil {
		return iam.Document{}, err
	}
	issuer := hostPath(t.Issuer)
	return iam.NewDocument(iam.Statement{
		Sid:       "ServiceAccount",
		Effect:    iam.Allow,
		Principal: map[string]string{"Federated": t.ProviderARN},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: iam.Condition{"StringEquals": {
			issuer + ":aud": {Audience},
			issuer + ":sub": {t.ServiceAccount.Subject()},
		}},
	}), nil
}

func (t Trust) validate() error {
	return errors.Join(
		t.ServiceAccount.Validate(), iam.CheckProvider("providerArn", t.ProviderARN, t.Partition),
		checkIssuer(t.Issuer), t.match())
}

func checkIssuer(issuer string) error {
	if !issuerPath.MatchString(hostPath(issuer)) {
		return iam.Problem("issuer", issuer, "is no URL of an issuer", writeIssuer)
	}
	return nil
}

// match refuses the provider of another cluster: its condition keys would be
// those of no token, and the role nobody's.
func (t Trust) match() error {
	arn, _ := iam.ParseARN(t.ProviderARN)
	if provider, ok := strings.CutPrefix(arn.Resource, "oidc-provider/"); ok && provider != hostPath(t.Issuer) {
		return iam.Problem("issuer", t.Issuer, "is not that of provider "+t.ProviderARN, "https://"+provider)
	}
	return nil
}

// hostPath is the issuer as IAM names it.
func hostPath(issuer string) string { return strings.TrimPrefix(issuer, "https://") }
