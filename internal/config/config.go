package config

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/blang/semver"

	"eso-aws/internal/kube"
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
	// Extract is the name or ARN of a JSON secret whose keys are all taken.
	Extract string
	// Template are the values of the Secret's keys, made of the ones above; nil
	// where those are the Secret's own.
	Template map[string]string
	// RefreshInterval is how often AWS is asked; 0 is once.
	RefreshInterval time.Duration
}

// Keys are the keys that the Secret will have, in order; known is false where AWS
// decides.
func (s *Secret) Keys() (keys []string, known bool) {
	if s.Template != nil {
		return sorted(s.Template), true
	}
	return sorted(s.Data), s.Extract == ""
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
	} else {
		config.Endpoint = l.endpoint()
		config.AccessKeyID, config.SecretAccessKey = l.credential(KeyAccessKeyID), l.credential(KeySecretAccessKey)
	}
	config.Namespaces = l.namespaces(config.Namespace, target)
	config.Chart = l.chart()
	config.APIVersion = l.apiVersion(config.Chart.Version, config.ChartValues)
	config.Secrets = l.secrets(config.Region)
	if target == EKS {
		l.permissions(&config)
	}
	if err := l.err(); err != nil {
		return Config{}, err
	}
	return config, nil
}

// remotes are the names and ARNs of the secrets in AWS that are read.
func (c *Config) remotes() []string {
	var remotes []string
	for _, secret := range c.Secrets {
		for _, remote := range secret.Data {
			remotes = append(remotes, remote)
		}
		if secret.Extract != "" {
			remotes = append(remotes, secret.Extract)
		}
	}
	return remotes
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
