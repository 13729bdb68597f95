package language

// Store says where secrets are, and how they are read.
type Store struct {
	Scope          string   `json:"scope" enum:"cluster namespace" doc:"one of the cluster, or one in each namespace"`
	Namespaces     []string `json:"namespaces" each:"the name of a namespace" doc:"who may use it besides the stack's secrets"`
	Service        string   `json:"service" enum:"SecretsManager ParameterStore" default:"SecretsManager" doc:"AWS's service"`
	Region         string   `json:"region" write:"an AWS region, such as us-east-1" doc:"AWS's region; that of the stack by default"`
	Role           string   `json:"role" write:"the ARN of a role" doc:"a role to go on to, such as one of another account"`
	ServiceAccount string   `json:"serviceAccount" write:"the name of a service account" doc:"who reads, of the store's namespace"`
}

// Write is what to write for one.
func (Store) Write() string { return "{region: <region>}" }

// DefaultStore is what a secret that names no store is read from.
type DefaultStore struct {
	Name string `json:"name" write:"the name of a store" doc:"its name in Kubernetes"`
	Store
}

// Write is what to write for one.
func (DefaultStore) Write() string { return "{role: <ARN of a role to assume>}" }
