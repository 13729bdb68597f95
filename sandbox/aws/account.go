package aws

import (
	"net/http"

	"eso-aws/sandbox/aws/internal/eks"
	"eso-aws/sandbox/aws/internal/eksauth"
	"eso-aws/sandbox/aws/internal/iam"
	"eso-aws/sandbox/aws/internal/secretsmanager"
	"eso-aws/sandbox/aws/internal/ssm"
)

// account holds the services of one account, in all regions.
type account struct {
	secrets    *secretsmanager.Service
	parameters *ssm.Service
	iam        *iam.Service
	eks        *eks.Service
	eksAuth    *eksauth.Service
	// services are by the name that requests are signed for.
	services map[string]http.Handler
}

// addAccount returns the account with the number and creates it if necessary. The
// accounts do not change once the server exists.
func (s *Server) addAccount(number string) *account {
	if known := s.accounts[number]; known != nil {
		return known
	}
	a := &account{secrets: secretsmanager.New(), parameters: ssm.New(), iam: iam.New(s.keys.has)}
	a.eks = eks.New(a.iam)
	a.eksAuth = eksauth.New(a.eks, s.sts, s.issuers)
	a.services = map[string]http.Handler{
		"eks":            a.eks,
		"iam":            a.iam,
		"secretsmanager": a.secrets,
		"ssm":            a.parameters,
		"sts":            s.sts,
	}
	s.accounts[number] = a
	return a
}

// iamOf returns the IAM of the account with the number. An unknown account has no
// roles.
func (s *Server) iamOf(number string) *iam.Service {
	if a := s.accounts[number]; a != nil {
		return a.iam
	}
	return iam.New(s.keys.has)
}
