package stackfile

// Store is a service and region of AWS, and how the operator reads from it.
type Store struct {
	Scope          string   `json:"scope" enum:"cluster namespace" doc:"Whether the store is one ClusterSecretStore (cluster), or a SecretStore in each namespace that uses it (namespace). Defaults to cluster if target is eks, and to namespace if it is local."`
	Namespaces     []string `json:"namespaces" pattern:"user" entryHint:"the name of a namespace" doc:"Further namespaces that may use the store; those of its secrets always may. With scope cluster, * stands for all."`
	Service        string   `json:"service" enum:"SecretsManager ParameterStore" default:"SecretsManager" doc:"AWS service to read from."`
	Region         string   `json:"region" pattern:"region" hint:"an AWS region, such as us-east-1" doc:"AWS region of the secrets. Defaults to region of the stack."`
	Role           string   `json:"role" pattern:"role" only:"eks" hint:"the ARN of a role" doc:"ARN of an IAM role to assume, such as one of another account."`
	ServiceAccount string   `json:"serviceAccount" pattern:"name" only:"eks" hint:"the name of a service account" doc:"Service account that reads the secrets instead of the operator. Requires scope namespace."`
}

// DefaultStore is the store for secrets that do not name one.
type DefaultStore struct {
	Name string `json:"name" pattern:"name" hint:"the name of a store" doc:"Name of the store in Kubernetes. Defaults to aws-secretsmanager if target is eks, and to localstack-secretsmanager if it is local."`
	Store
}
