package irsa

import (
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// Audience is the audience of tokens for AWS. It is the same in every partition, although the
// endpoint of STS in China has another name.
const Audience = "sts.amazonaws.com"

// TrustPolicy lets one service account of one cluster assume a role.
func TrustPolicy(args *RoleArgs) (iam.Document, []problem.Problem) {
	issuer := strings.TrimPrefix(args.Issuer, "https://") // as IAM names it
	return iam.NewDocument(iam.Statement{
		Sid:       "ServiceAccount",
		Effect:    iam.Allow,
		Principal: map[string]string{"Federated": args.ProviderARN},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: iam.Condition{"StringEquals": {
			issuer + ":aud": {Audience},
			issuer + ":sub": {args.ServiceAccount.Subject()},
		}},
	}), args.check(issuer)
}

func (a *RoleArgs) check(issuer string) []problem.Problem {
	var problems problem.List
	problems.AddBelow(problem.Path{"providerArn"}, iam.CheckARN(pattern.ProviderARN, a.ProviderARN, a.Partition)...)
	problems.AddBelow(problem.Path{"issuer"}, pattern.IssuerURL.Check(a.Issuer)...)
	// No token matches the condition keys of another cluster.
	arn, _ := iam.ParseARN(a.ProviderARN)
	if own, ok := strings.CutPrefix(arn.Resource, "oidc-provider/"); ok && own != issuer {
		problems.Add(problem.Problem{
			Path: problem.Path{"issuer"}, Value: a.Issuer, Kind: problem.Conflict,
			Rule: "must be the issuer of provider " + a.ProviderARN, Fix: "set it to https://" + own,
		})
	}
	return problems.Errors()
}
