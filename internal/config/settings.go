package config

import (
	"reflect"

	"eso-aws/internal/stackfile"
)

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

// settings are all the keys there are, as the language has them.
func settings() map[string]setting {
	all := map[string]setting{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[stackfile.File]()) {
		if field.Anonymous {
			continue
		}
		tag, kind := field.Tag, field.Type.Kind()
		all[tag.Get("json")] = setting{
			fallback: tag.Get("default"), secret: tag.Get("secret") != "", mayEncrypt: tag.Get("encrypt") != "",
			object: kind == reflect.Map || kind == reflect.Struct, only: Target(tag.Get("only")),
		}
	}
	return all
}
