package config

// The names that are not settings: of the operator's release, its namespace and
// its service account, and of the Secret with an emulator's access key. The default
// stores' are those where store has no other.
const (
	OperatorName      = "external-secrets"
	OperatorNamespace = "external-secrets"
	CredentialsName   = "localstack-credentials"
	LocalStore        = "localstack-secretsmanager"
	EKSStore          = "aws-secretsmanager"
)

// The keys of the configuration, as Pulumi.yaml declares them.
const (
	KeyTarget           = "target"
	KeyCluster          = "cluster"
	KeyAuth             = "auth"
	KeyOIDCProviderARN  = "oidcProviderArn"
	KeyPodIdentityAgent = "podIdentityAgent"
	KeyRole             = "role"
	KeyPermissions      = "permissions"
	KeyStore            = "store"
	KeyRegion           = "region"
	KeyKubeconfig       = "kubeconfig"
	KeyKubeContext      = "kubeContext"
	KeyNamespace        = "namespace"
	KeyNamespaces       = "namespaces"
	KeyChart            = "chart"
	KeyChartRepository  = "chartRepository"
	KeyChartVersion     = "chartVersion"
	KeyChartValues      = "chartValues"
	KeyKeepCRDs         = "keepCRDs"
	KeyAPIVersion       = "apiVersion"
	KeyEndpoint         = "endpoint"
	KeyAccessKeyID      = "accessKeyId"
	KeySecretAccessKey  = "secretAccessKey"
	KeyTimeout          = "timeout"
	KeyStores           = "stores"
	KeyStrict           = "strict"
	KeyCostLimit        = "costLimit"
	KeyRefreshInterval  = "refreshInterval"
	KeyRefreshPolicy    = "refreshPolicy"
	KeyCreationPolicy   = "creationPolicy"
	KeyDeletionPolicy   = "deletionPolicy"
	KeyLabels           = "labels"
	KeyAnnotations      = "annotations"
	KeySecrets          = "secrets"
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
	// only is the one target that has the key; "" is every one.
	only Target
}

// settings are all the keys there are.
func settings() map[string]setting {
	return map[string]setting{
		KeyTarget:           {},
		KeyCluster:          {only: EKS},
		KeyAuth:             {fallback: string(IRSA), only: EKS},
		KeyOIDCProviderARN:  {only: EKS},
		KeyPodIdentityAgent: {fallback: "false", only: EKS},
		KeyRole:             {object: true, only: EKS},
		KeyPermissions:      {object: true, only: EKS},
		KeyStore:            {object: true},
		KeyStores:           {object: true},
		KeyRegion:           {},
		KeyKubeconfig:       {secret: true, mayEncrypt: true},
		KeyKubeContext:      {},
		KeyNamespace:        {},
		KeyNamespaces:       {object: true},
		KeyChart:            {fallback: "external-secrets"},
		KeyChartRepository:  {fallback: "https://charts.external-secrets.io"},
		KeyChartVersion:     {fallback: "2.14.0"},
		KeyChartValues:      {object: true, mayEncrypt: true},
		KeyKeepCRDs:         {fallback: "true"},
		KeyAPIVersion:       {},
		KeyEndpoint:         {fallback: "http://host.k3d.internal:4566", mayEncrypt: true, only: Local},
		KeyAccessKeyID:      {fallback: "test", secret: true, mayEncrypt: true, only: Local},
		KeySecretAccessKey:  {fallback: "test", secret: true, mayEncrypt: true, only: Local},
		KeyTimeout:          {fallback: "5m"},
		KeyStrict:           {fallback: "false"},
		KeyCostLimit:        {fallback: "10"},
		KeyRefreshInterval:  {fallback: "1h"},
		KeyRefreshPolicy:    {},
		KeyCreationPolicy:   {},
		KeyDeletionPolicy:   {},
		KeyLabels:           {object: true},
		KeyAnnotations:      {object: true},
		KeySecrets:          {object: true},
	}
}
