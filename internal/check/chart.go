package check

import (
	"net/url"
	"slices"
	"strings"

	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/operator"
)

// chart checks the chart's repository and the version of the operator's API.
func (c *checker) chart() {
	if at := (problem.Path{stackfile.KeyChartRepository}); c.Chart.Repository != "" && !c.problems.Failed(at) {
		c.repository(at, c.Chart.Repository)
	}
	at := problem.Path{stackfile.KeyAPIVersion}
	if c.File.Valid(at) {
		c.problems.AddBelow(at, c.Chart.Release().CheckAPI(c.APIVersion, c.File.ChartValues)...)
	}
}

func (c *checker) repository(at problem.Path, value string) {
	u, err := url.Parse(value)
	switch {
	case err == nil && u.User != nil:
		c.refuse(at, problem.Withheld, problem.Secrecy, "must not contain a user or password", "write the URL alone")
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		c.refuse(at, value, problem.Syntax, "must be an http or https URL",
			"write one such as https://charts.external-secrets.io")
	}
}

// chartValues checks the values of the chart.
func (c *checker) chartValues() {
	at, values := problem.Path{stackfile.KeyChartValues}, c.File.ChartValues
	c.problems.AddBelow(at, operator.CheckValues(values, c.OnEKS())...)
	c.environment(at.Member("extraEnv"), values)
	c.knownValues(at, values)
	c.disablingValues(at, values)
}

// knownValues refuses values that the chart does not have, because Helm ignores them. For
// an unofficial chart, it only warns.
func (c *checker) knownValues(at problem.Path, values map[string]any) {
	official := !c.Chart.IsPath() && (c.Chart.Reference == plan.OperatorName ||
		strings.HasSuffix(c.Chart.Reference, "/"+plan.OperatorName))
	for _, p := range c.Chart.Release().CheckValues(values) {
		p.Warning = p.Warning || !official
		c.problems.AddBelow(at, p)
	}
}

// disablingValues refuses values that make the operator ignore objects of the stack, or
// move it to another namespace. pulumi up would wait for it until the timeout.
func (c *checker) disablingValues(at problem.Path, values map[string]any) {
	clusterWide := slices.ContainsFunc(c.Stores, func(s *plan.Store) bool { return s.Namespace == "" })
	namespaced := slices.ContainsFunc(c.Stores, func(s *plan.Store) bool { return s.Namespace != "" })
	tokens := slices.ContainsFunc(c.Stores, func(s *plan.Store) bool { return s.Source.ServiceAccount != "" })
	const (
		syncs        = ", which syncs the secrets"
		ignored, crd = ", and this stack has one", "removes the CRD of a store that this stack has"
	)
	namespace, _ := values["namespaceOverride"].(string)
	scope, _ := values["scopedNamespace"].(string)
	elsewhere := slices.ContainsFunc(c.Secrets, func(s *plan.Secret) bool { return s.Namespace != scope })
	for _, disabling := range []struct {
		path  string
		value any // the refused value; nil for every value but ""
		when  bool
		rule  string
		fix   string
	}{
		{"createOperator", false, true, "disables the operator" + syncs, "set it to true or remove it"},
		{"replicaCount", 0, true, "stops the operator" + syncs, "set it to 1 or more"},
		{
			"namespaceOverride", nil, namespace != plan.OperatorNamespace,
			"must be the operator's namespace, which this stack decides",
			"set it to " + plan.OperatorNamespace + " or remove it",
		},
		{
			"processClusterStore", false, clusterWide, "makes the operator ignore a ClusterSecretStore" + ignored,
			"set it to true, or set store.scope: namespace",
		},
		{
			"processSecretStore", false, namespaced, "makes the operator ignore a SecretStore" + ignored,
			"set it to true, or set store.scope: cluster",
		},
		{"crds.createClusterSecretStore", false, clusterWide, crd, "set it to true"},
		{"crds.createSecretStore", false, namespaced, crd, "set it to true"},
		{
			"rbac.serviceAccountTokenCreate", false, tokens,
			"forbids what a store with a serviceAccount needs" + ignored, "set it to true or remove the serviceAccount",
		},
		{
			"scopedRBAC", true, clusterWide, "makes the operator ignore a ClusterSecretStore" + ignored,
			"set it to false, or set store.scope: namespace",
		},
		{
			"scopedNamespace", nil, scope != "" && elsewhere,
			"makes the operator ignore other namespaces, and this stack has secrets there", "remove it",
		},
	} {
		path := strings.Split(disabling.path, ".")
		value, ok := operator.ValueAt(values, path...)
		if ok && disabling.when && (value == disabling.value || disabling.value == nil && value != "") {
			c.refuse(at.Member(path...), value, problem.Conflict, disabling.rule, disabling.fix)
		}
	}
}
