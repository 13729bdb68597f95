package stackfile

// The names of settings, as Pulumi.yaml declares them, and two of the AWS provider's.
const (
	KeyTarget           = "target"
	KeyRegion           = "region"
	KeyCluster          = "cluster"
	KeyAuth             = "auth"
	KeyOIDCProviderARN  = "oidcProviderArn"
	KeyPodIdentityAgent = "podIdentityAgent"
	KeyRole             = "role"
	KeyPermissions      = "permissions"
	KeyStore            = "store"
	KeyStores           = "stores"
	KeyKubeconfig       = "kubeconfig"
	KeyNamespace        = "namespace"
	KeyNamespaces       = "namespaces"
	KeyChart            = "chart"
	KeyChartRepository  = "chartRepository"
	KeyChartVersion     = "chartVersion"
	KeyChartValues      = "chartValues"
	KeyKeepCRDs         = "keepCRDs"
	KeyAPIVersion       = "apiVersion"
	KeyEndpoint         = "endpoint"
	KeyTimeout          = "timeout"
	KeyCostLimit        = "costLimit"
	KeyRefreshInterval  = "refreshInterval"
	KeyRefreshPolicy    = "refreshPolicy"
	KeyCreationPolicy   = "creationPolicy"
	KeyDeletionPolicy   = "deletionPolicy"
	KeyLabels           = "labels"
	KeyAnnotations      = "annotations"
	KeySecrets          = "secrets"

	KeyAWSRegion  = "aws:region"
	KeyAWSProfile = "aws:profile"
)

// The targets.
const (
	Local = "local"
	EKS   = "eks"
)
