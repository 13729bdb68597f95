package config

import (
	"fmt"
	"slices"
	"strings"

	"eso-aws/operator"
)

// chartValues are the user's values, of which none may be decided elsewhere.
func (l *loader) chartValues(target Target) map[string]any {
	object := l.object(KeyChartValues, "the chart's values")
	values, _ := l.plain(path{KeyChartValues}, object).(map[string]any)
	conflicts := operator.Conflicts(values)
	if target == EKS {
		conflicts = append(conflicts, operator.IdentityConflicts(values)...)
	}
	for _, conflict := range conflicts {
		p := path{KeyChartValues, conflict.Path}
		l.problems = append(l.problems, problem{p, fmt.Sprintf("%s.%s: %s", l.name(path{KeyChartValues}),
			conflict.Path, conflict.Rule)})
	}
	return values
}

// knownValues refuses values that the chart does not use, as it would ignore them. They are
// warnings where what it uses is not known for certain.
func (l *loader) knownValues(c *Config) {
	official := !isPath(c.Chart.Reference) && (c.Chart.Reference == OperatorName ||
		strings.HasSuffix(c.Chart.Reference, "/"+OperatorName))
	for _, found := range l.release().CheckValues(c.ChartValues) {
		at := append(path{KeyChartValues}, found.Path...)
		found.Path = nil
		if found.Warning || !official {
			l.warn(at, found.String())
		} else {
			l.say(at, found.String())
		}
	}
}

// idleValues refuses values with which the operator leaves objects of the stack alone, or
// is elsewhere than the stack says: an up would wait for nothing.
func (l *loader) idleValues(c *Config) {
	whole := slices.ContainsFunc(c.Stores, func(s Store) bool { return s.Namespace == "" })
	local := slices.ContainsFunc(c.Stores, func(s Store) bool { return s.Namespace != "" })
	token := slices.ContainsFunc(c.Stores, func(s Store) bool { return s.ServiceAccount != "" })
	const syncs = ", which syncs the secrets"
	const left, crd = " left alone, and this stack has one", "leaves out the CRD of a store that this stack has"
	namespace, _ := c.ChartValues["namespaceOverride"].(string)
	scope, _ := c.ChartValues["scopedNamespace"].(string)
	beyond := slices.IndexFunc(c.Secrets, func(s Secret) bool { return s.Namespace != scope })
	for _, idle := range []struct {
		at    path
		value any // that is refused; nil is each but ""
		when  bool
		rule  string
		write string
	}{
		{path{"createOperator"}, false, true, "leaves out the operator" + syncs, "true, or take it away"},
		{path{"replicaCount"}, 0, true, "runs no operator" + syncs, "1 or more"},
		{
			path{"namespaceOverride"},
			nil, namespace != OperatorNamespace,
			"is where the operator is, which this stack decides", OperatorNamespace + ", or take it away",
		},
		{
			path{"processClusterStore"},
			false, whole,
			"has stores of the cluster" + left, "true, or scope: namespace in store",
		},
		{
			path{"processSecretStore"},
			false, local,
			"has stores of namespaces" + left, "true, or scope: cluster in store",
		},
		{path{"crds", "createClusterSecretStore"}, false, whole, crd, "true"},
		{path{"crds", "createSecretStore"}, false, local, crd, "true"},
		{
			path{"rbac", "serviceAccountTokenCreate"},
			false, token,
			"forbids what a store with a serviceAccount needs, and this stack has one",
			"true, or take the serviceAccount away",
		},
		{path{"scopedRBAC"}, true, whole, "has stores of the cluster" + left, "false, or scope: namespace in store"},
		{
			path{"scopedNamespace"},
			nil, scope != "" && beyond >= 0,
			"has other namespaces left alone, and this stack has secrets there", `"", or take it away`,
		},
	} {
		value, ok := valueAt(c.ChartValues, idle.at)
		if ok && idle.when && (value == idle.value || idle.value == nil && value != "") {
			l.reject(append(path{KeyChartValues}, idle.at...), fmt.Sprint(value), idle.rule, idle.write)
		}
	}
}

// valueAt is a value below a map.
func valueAt(object map[string]any, at path) (any, bool) {
	for _, name := range at[:len(at)-1] {
		object, _ = object[name].(map[string]any)
	}
	value, ok := object[at[len(at)-1]]
	return value, ok
}
