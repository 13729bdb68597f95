package stacks

// The keys of the configuration, as Pulumi.yaml declares them.
const (
	keyTarget          = "target"
	keyRegion          = "region"
	keyKubeconfig      = "kubeconfig"
	keyKubeContext     = "kubeContext"
	keyNamespace       = "namespace"
	keyNamespaces      = "namespaces"
	keyChart           = "chart"
	keyChartRepository = "chartRepository"
	keyChartVersion    = "chartVersion"
	keyChartValues     = "chartValues"
	keyKeepCRDs        = "keepCRDs"
	keyAPIVersion      = "apiVersion"
	keyEndpoint        = "endpoint"
	keyAccessKeyID     = "accessKeyId"
	keySecretAccessKey = "secretAccessKey"
	keyTimeout         = "timeout"
	keyRefreshInterval = "refreshInterval"
	keySecrets         = "secrets"
)

// A setting is what the program knows of a key before it reads it.
type setting struct {
	// fallback is the value when there is none or an empty one.
	fallback string
	// secret values are in no message, encrypted or not.
	secret bool
	// mayEncrypt says that the value is a secret wherever it goes. The others
	// name things, and names are plain in Pulumi's state.
	mayEncrypt bool
	// object values are JSON, not text.
	object bool
}

// settings are all the keys there are.
func settings() map[string]setting {
	return map[string]setting{
		keyTarget:          {},
		keyRegion:          {},
		keyKubeconfig:      {secret: true, mayEncrypt: true},
		keyKubeContext:     {},
		keyNamespace:       {},
		keyNamespaces:      {object: true},
		keyChart:           {fallback: "external-secrets"},
		keyChartRepository: {fallback: "https://charts.external-secrets.io"},
		keyChartVersion:    {fallback: "2.14.0"},
		keyChartValues:     {object: true, mayEncrypt: true},
		keyKeepCRDs:        {fallback: "true"},
		keyAPIVersion:      {},
		keyEndpoint:        {fallback: "http://host.k3d.internal:4566", mayEncrypt: true},
		keyAccessKeyID:     {fallback: "test", secret: true, mayEncrypt: true},
		keySecretAccessKey: {fallback: "test", secret: true, mayEncrypt: true},
		keyTimeout:         {fallback: "5m"},
		keyRefreshInterval: {fallback: "1h"},
		keySecrets:         {object: true},
	}
}
