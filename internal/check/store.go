package check

import (
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// store checks a declared store.
func (c *checker) store(s *plan.Source) {
	if first := c.Sources[0]; !s.Default && s.Name == first.Name {
		c.refuse(s.At, s.Name, problem.Duplicate, "is the name of the default store",
			"move its settings to store or choose another name")
	}
	if at := s.At.Member("region"); c.File.Valid(at) {
		c.region(at, s.Region)
	}
	for i, name := range s.Namespaces {
		at := c.File.Entry(s.At.Member("namespaces"), i)
		if name == plan.EveryNamespace && s.Scope == plan.NamespaceScope && c.File.Valid(at) {
			c.refuse(at, name, problem.Conflict, "cannot be combined with scope namespace, "+
				"which would need a store in every namespace", "set scope: cluster or list the namespaces")
		}
	}
	if c.OnEKS() {
		c.storeRole(s)
		c.serviceAccount(s)
	}
	if !s.Default && !s.Used() && !c.problems.Failed(problem.Path{stackfile.KeySecrets}) {
		c.warn(s.At, nil, problem.Conflict, "is not used by any secret and is not created",
			"set store: "+s.Name+" in a secret, set namespaces that may use it, or remove it")
	}
}

// storeRole checks the role of a store.
func (c *checker) storeRole(s *plan.Source) {
	at := s.At.Member("role")
	if !c.File.Valid(at) || c.Cluster.Partition == "" {
		return
	}
	c.problems.AddBelow(at, iam.CheckARN(pattern.RoleARN, s.Role, c.Cluster.Partition)...)
	if strings.HasSuffix(s.Role, "/"+c.Cluster.Role.Name) {
		c.warn(at, s.Role, problem.Conflict, "has the name of the operator's own role, which cannot assume itself",
			"remove it if it is that role")
	}
}

// serviceAccount checks the service account of a store.
func (c *checker) serviceAccount(s *plan.Source) {
	at := s.At.Member("serviceAccount")
	if !c.File.Valid(at) {
		return
	}
	if s.Scope == plan.ClusterScope {
		c.refuse(at, s.ServiceAccount, problem.Conflict, "cannot be combined with scope cluster, "+
			"because a service account belongs to a namespace", "set scope: namespace or remove it")
	}
	if c.Auth() == plan.PodIdentity {
		c.warn(at, nil, problem.Access, "signs in by IRSA, which needs an OIDC provider of the cluster in IAM and "+
			"a role annotation on the service account", "")
	}
}
