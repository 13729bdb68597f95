package stacks

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/blang/semver"

	"eso-aws/internal/kube"
)

// Config is a stack's configuration, checked, with the defaults in place.
type Config struct {
	// Region is the AWS region whose secrets are read.
	Region string
	// Kubeconfig is a path or the content of one; "" is KUBECONFIG or the
	// default path. It is a secret.
	Kubeconfig string
	// KubeContext is the kubeconfig's context; "" is its current one.
	KubeContext string
	// Namespace is where the store and the secrets are.
	Namespace string
	// Namespaces are the namespaces the stack uses, and whether it makes them.
	Namespaces map[string]bool
	// Chart is the operator's chart.
	Chart Chart
	// KeepCRDs lets the operator's CRDs, and all that is of them, outlive it.
	KeepCRDs bool
	// APIVersion is that of the store and the secrets.
	APIVersion string
	// Endpoint is the URL of Secrets Manager and STS.
	Endpoint string
	// AccessKeyID and SecretAccessKey are the operator's, and secrets.
	AccessKeyID, SecretAccessKey string
	// Timeout bounds each operation.
	Timeout kube.Timeout
	// ChartValues are the user's, merged over the program's.
	ChartValues map[string]any
	// SecretValues says that the chart's values have a secret in them.
	SecretValues bool
	// Secrets are the secrets to sync, by name.
	Secrets []Secret
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

// Secret is a secret to sync.
type Secret struct {
	// Name is that of the ExternalSecret and of the Secret it fills.
	Name string
	// Data are names or ARNs in AWS by the Secret's key.
	Data map[string]string
	// RefreshInterval is how often AWS is asked; 0 is once.
	RefreshInterval time.Duration
}

// Load reads the configuration of a stack of that project, whose keys are
// <project>:<name>. The values are what Pulumi hands to a program: text, and
// JSON for objects; encrypted are the keys whose values are secret. Keys of
// other namespaces are not looked at.
//
// The error has every problem, in the order of the keys, one a line. No secret
// is in it.
func Load(project string, values map[string]string, encrypted []string) (Config, error) {
	l := &loader{project: project, values: values, encrypted: encrypted}
	l.unknownKeys()
	l.plainKeys()
	l.target()

	config := Config{
		Region:          l.region(),
		Kubeconfig:      l.text(keyKubeconfig),
		KubeContext:     l.text(keyKubeContext),
		Namespace:       l.namespace(),
		KeepCRDs:        l.boolean(keyKeepCRDs),
		Endpoint:        l.endpoint(),
		AccessKeyID:     l.credential(keyAccessKeyID),
		SecretAccessKey: l.credential(keySecretAccessKey),
		Timeout:         l.timeout(),
		ChartValues:     l.chartValues(),
		SecretValues:    l.isEncrypted(keyChartValues) || l.isEncrypted(keyEndpoint),
	}
	config.Namespaces = l.namespaces(config.Namespace)
	config.Chart = l.chart()
	config.APIVersion = l.apiVersion(config.Chart.Version, config.ChartValues)
	config.Secrets = l.secrets(config.Region)
	if err := l.err(); err != nil {
		return Config{}, err
	}
	return config, nil
}

// err joins the problems in the order of their paths.
func (l *loader) err() error {
	slices.SortStableFunc(l.problems, func(a, b problem) int { return slices.Compare(a.path, b.path) })
	errs := make([]error, len(l.problems))
	for i, p := range l.problems {
		errs[i] = errors.New(p.text)
	}
	return errors.Join(errs...)
}

// sorted are a map's keys in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
