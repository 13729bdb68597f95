package iam

import (
	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// ServiceAccount is the service account of the pods that use a role.
type ServiceAccount struct {
	Namespace, Name string
}

// Subject returns the service account as a token names it.
func (s ServiceAccount) Subject() string {
	return "system:serviceaccount:" + s.Namespace + ":" + s.Name
}

// Validate refuses the names that Kubernetes refuses, and with them every wildcard.
func (s ServiceAccount) Validate() []problem.Problem {
	var problems problem.List
	problems.AddBelow(problem.Path{"namespace"}, pattern.Namespace.Check(s.Namespace)...)
	problems.AddBelow(problem.Path{"name"}, pattern.ObjectName.Check(s.Name)...)
	return problems.Errors()
}
