package stackfile

// Store says where secrets are, and how they are read.
type Store struct {
	Scope          string   `json:"scope" enum:"cluster namespace" doc:"one store of the cluster, or one in each namespace that uses it; cluster by default with target eks, namespace with local"`
	Namespaces     []string `json:"namespaces" pattern:"user" entryHint:"the name of a namespace" doc:"the namespaces that may use it besides those of the stack's secrets"`
	Service        string   `json:"service" enum:"SecretsManager ParameterStore" default:"SecretsManager" doc:"the service of AWS"`
	Region         string   `json:"region" pattern:"region" hint:"an AWS region, such as us-east-1" doc:"the region of the secrets; the stack's by default"`
	Role           string   `json:"role" pattern:"role" only:"eks" hint:"the ARN of a role" doc:"the ARN of a role to assume, such as one of another account"`
	ServiceAccount string   `json:"serviceAccount" pattern:"name" only:"eks" hint:"the name of a service account" doc:"the service account that reads in the operator's place, with scope namespace"`
}

// Hint is what to write for one.
func (Store) Hint() string { return "{region: <region>}" }

// DefaultStore is what a secret that names no store is read from.
type DefaultStore struct {
	Name string `json:"name" pattern:"name" hint:"the name of a store" doc:"its name in Kubernetes"`
	Store
}

// Hint is what to write for one.
func (DefaultStore) Hint() string { return "{role: <ARN of a role to assume>}" }
