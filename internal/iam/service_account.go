package iam

import (
	"cmp"
	"errors"
	"regexp"
)

// operator is the name of the operator's namespace and service account, unless
// they are given others.
const operator = "external-secrets"

var (
	namespace      = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	serviceAccount = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
)

// ServiceAccount is whose pods get the role's credentials.
type ServiceAccount struct {
	Namespace, Name string
}

// WithDefaults has external-secrets for what is empty.
func (s ServiceAccount) WithDefaults() ServiceAccount {
	return ServiceAccount{cmp.Or(s.Namespace, operator), cmp.Or(s.Name, operator)}
}

// Subject is what Kubernetes calls it in a token.
func (s ServiceAccount) Subject() string {
	return "system:serviceaccount:" + s.Namespace + ":" + s.Name
}

// Validate refuses what Kubernetes would, and with it every wildcard.
func (s ServiceAccount) Validate() error {
	var problems []error
	if !namespace.MatchString(s.Namespace) {
		problems = append(problems, Problem("namespace", s.Namespace, "is no name of a namespace",
			"lower-case letters, digits and -, 63 at most"))
	}
	if len(s.Name) > 253 || !serviceAccount.MatchString(s.Name) {
		problems = append(problems, Problem("serviceAccount", s.Name, "is no name of a service account",
			"lower-case letters, digits, - and ., 253 at most"))
	}
	return errors.Join(problems...)
}
