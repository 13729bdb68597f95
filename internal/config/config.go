package config

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/blang/semver"

	"eso-aws/internal/kube"
	"eso-aws/internal/stackfile"
)

// Target is where a stack runs.
type Target string

// Local is a cluster on this machine with an emulator of AWS, EKS is AWS.
const (
	Local Target = "local"
	EKS   Target = "eks"
)

// Config is a stack's configuration, checked, with the defaults in place.
type Config struct {
	// Target says which of the rest there is.
	Target Target
	// Cluster is what target eks has besides.
	Cluster Cluster
	// Region is the AWS region whose secrets are read.
	Region string
	// Kubeconfig is a path or the content of one; "" is KUBECONFIG or the
	// default path. It is a secret.
	Kubeconfig string
	// KubeContext is the kubeconfig's context; "" is its current one.
	KubeContext string
	// Namespace is where secrets are that name no other.
	Namespace string
	// Namespaces are the namespaces the stack uses, and whether it makes them.
	Namespaces map[string]bool
	// Chart is the operator's chart.
	Chart Chart
	// KeepCRDs lets the operator's CRDs, and all that is of them, outlive it.
	KeepCRDs bool
	// APIVersion is that of the store and the secrets.
	APIVersion string
	// Endpoint is the URL of Secrets Manager and STS; "" on EKS.
	Endpoint string
	// AccessKeyID and SecretAccessKey are the operator's, and secrets; "" on EKS.
	AccessKeyID, SecretAccessKey string
	// Timeout bounds each operation.
	Timeout kube.Timeout
	// ChartValues are the user's, merged over the program's.
	ChartValues map[string]any
	// SecretValues says that the chart's values have a secret in them.
	SecretValues bool
	// Stores are the stores to make: one entry for each namespace where it is.
	Stores []Store
	// Secrets are the secrets to sync, by name: one entry for each namespace.
	Secrets []Secret
	// Warnings are what may not be meant; none where strict is true.
	Warnings []Warning
}

// Chart says where the operator's chart is.
type Chart struct {
	// Reference is a name in Repository, a path or an oci:// reference.
	Reference string
	// Repository is the URL of a chart repository; "" for a path and oci://.
	Repository string
	// Version is the chart's own where Reference is a path.
	Version semver.Version
}

// Warning is what is allowed and may not be meant.
type Warning struct {
	// Path leads to the value, as `pulumi config set --path` takes it.
	Path, Text string
}

// String is the warning as people read it.
func (w Warning) String() string { return w.Path + ": " + w.Text }

// StoreOf is the store that a secret is read from.
func (c *Config) StoreOf(secret *Secret) *Store {
	for i := range c.Stores {
		store := &c.Stores[i]
		if store.Name == secret.Store && (store.Namespace == "" || store.Namespace == secret.Namespace) {
			return store
		}
	}
	return nil
}

// Load reads the configuration of a stack of that project, whose keys are
// <project>:<name>. The values are what Pulumi hands to a program: text, and
// JSON for objects; encrypted are the keys whose values are secret. Keys of
// other namespaces are not looked at.
//
// The error has every problem, in the order of the keys, one a line. No secret
// is in it. With strict: true warnings are problems.
//
// What render makes is checked too, as the chart's API will; where it is nil it is not.
func Load(project string, values map[string]string, encrypted []string, render Render) (Config, error) {
	l := &loader{project: project, values: values, encrypted: encrypted, settings: settings(), form: newForm()}
	l.unknownKeys()
	l.plainKeys()
	target := l.targetOf()
	l.otherTargets(target)

	config := Config{
		Target:       target,
		Region:       l.region(target),
		Kubeconfig:   l.text(KeyKubeconfig),
		KubeContext:  l.text(KeyKubeContext),
		Namespace:    l.namespace(),
		KeepCRDs:     l.boolean(KeyKeepCRDs),
		Timeout:      l.timeout(),
		ChartValues:  l.chartValues(target),
		SecretValues: l.isEncrypted(KeyChartValues) || l.isEncrypted(KeyEndpoint),
	}
	if target == EKS {
		config.Cluster = l.cluster()
		l.environment(config.ChartValues)
		l.permitted = &stackfile.Permissions{}
		l.decode(KeyPermissions, l.permitted)
	} else {
		config.Endpoint = l.endpoint()
		config.AccessKeyID, config.SecretAccessKey = l.credential(KeyAccessKeyID), l.credential(KeySecretAccessKey)
	}
	config.Chart = l.readChart()
	l.chart = config.Chart.Version
	config.APIVersion = l.apiVersion(config.Chart.Version, config.ChartValues)
	l.api = config.APIVersion
	sources := l.sources(&config)
	config.Secrets = l.secrets(&config, sources)
	config.Stores = l.stores(sources)
	config.Namespaces = l.namespaces(&config)
	l.knownValues(&config)
	l.idleValues(&config)
	if target == EKS {
		l.permissions(&config, sources)
	}
	l.objects(&config, render)
	l.limit(&config)
	config.Warnings = l.warned(l.boolean(KeyStrict))
	if err := l.err(); err != nil {
		return Config{}, err
	}
	return config, nil
}

// warned are the warnings in the order of their paths; problems where it is strict.
func (l *loader) warned(strict bool) []Warning {
	l.warnings = slices.DeleteFunc(l.warnings, l.withheld)
	slices.SortStableFunc(l.warnings, func(a, b problem) int { return slices.Compare(a.path, b.path) })
	var warnings []Warning
	for _, w := range l.warnings {
		if strict {
			l.say(w.path, w.text)
			continue
		}
		warnings = append(warnings, Warning{l.name(w.path), oneLine(w.text)})
	}
	return warnings
}

// err joins the problems in the order of their paths.
func (l *loader) err() error {
	l.problems = slices.DeleteFunc(l.problems, l.withheld)
	slices.SortStableFunc(l.problems, func(a, b problem) int { return slices.Compare(a.path, b.path) })
	errs := make([]error, len(l.problems))
	for i, p := range l.problems {
		errs[i] = errors.New(oneLine(p.text))
	}
	return errors.Join(errs...)
}

// oneLine is a text without the line breaks of the names in it.
func oneLine(text string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text)
}

// sorted are a map's keys in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
