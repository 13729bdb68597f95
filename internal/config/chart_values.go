package config

import (
	"fmt"
	"slices"
	"strings"

	"eso-aws/internal/chart"
	"eso-aws/internal/words"
	"eso-aws/operator"
)

// chartValues are the user's values, of which none may be decided elsewhere.
func (l *loader) chartValues(target Target) map[string]any {
	object := l.object(KeyChartValues, "the chart's values")
	values, _ := l.plain(path{KeyChartValues}, object).(map[string]any)
	for _, found := range operator.CheckValues(values, target == EKS) {
		at, text := append(path{KeyChartValues}, found.Path...), found.Rule+"; "+found.Fix
		if found.Value != nil {
			text = l.shown(at, fmt.Sprint(found.Value)) + ": " + text
		}
		l.say(at, text)
	}
	return values
}

// knownValues refuses values that the chart does not take, as it would leave them out in
// silence. Where what it takes is not known for certain they are warned of.
func (l *loader) knownValues(c *Config) {
	if l.chartUnknown() || len(c.ChartValues) == 0 {
		return
	}
	values := chart.For(l.chart)
	official := !isPath(c.Chart.Reference) && (c.Chart.Reference == OperatorName ||
		strings.HasSuffix(c.Chart.Reference, "/"+OperatorName))
	for _, unknown := range values.Check(c.ChartValues) {
		at := append(path{KeyChartValues}, unknown.Path...)
		rule := fmt.Sprintf("is no value of chart %s; ", values.Held)
		if !values.Exact {
			rule = fmt.Sprintf("is no value of chart %s, the nearest to %s whose values are known here; ",
				values.Held, l.chart)
		}
		write := instead(unknown.Path[len(unknown.Path)-1], unknown.Known)
		if unknown.Map {
			rule, write = "must be a map; ", "write "+words.List(unknown.Known, "or")+" in it"
		}
		if values.Exact && official {
			l.say(at, rule+write)
		} else {
			l.warn(at, rule+write)
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
