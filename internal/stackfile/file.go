package stackfile

// File is all settings of a stack file, in the order in which to read and to decode them:
// the others depend on the target. \x60 is a backtick.
type File struct {
	Target           string               `json:"target" enum:"local eks" required:"true" hint:"local or eks" doc:"Where the stack runs: on an EKS cluster (eks), or on a local cluster with an AWS emulator (local)."`
	Region           string               `json:"region" pattern:"region" requiredFor:"local" hint:"an AWS region, such as us-east-1" doc:"AWS region of the secrets, such as us-east-1. Defaults to aws:region if target is eks."`
	Cluster          string               `json:"cluster" pattern:"cluster" only:"eks" requiredFor:"eks" hint:"the name of an EKS cluster" doc:"Name of an existing EKS cluster in aws:region."`
	Auth             string               `json:"auth" enum:"irsa podIdentity" default:"irsa" only:"eks" doc:"How the operator authenticates to AWS: with an IAM role for its service account (irsa), or with EKS Pod Identity (podIdentity)."`
	OIDCProviderARN  string               `json:"oidcProviderArn" pattern:"provider" only:"eks" doc:"ARN of the cluster's OIDC provider in IAM. Requires auth irsa. Defaults to the provider for the cluster's issuer."`
	PodIdentityAgent bool                 `json:"podIdentityAgent" default:"false" only:"eks" doc:"Whether to install the EKS Pod Identity agent as an add-on of the cluster. Requires auth podIdentity."`
	Role             Role                 `json:"role" only:"eks" hint:"{name: <name>}" doc:"IAM role of the operator. Each stack in an AWS account needs a different name."`
	Permissions      Permissions          `json:"permissions" only:"eks" hint:"{kmsKeys: [<ARN>]}, or set listSecrets, batchGetSecretValue or prefixes" doc:"Permissions of the role in addition to reading the declared secrets."`
	Store            DefaultStore         `json:"store" hint:"{role: <ARN of a role to assume>}" doc:"Default store, for secrets that do not name one."`
	Stores           map[string]Store     `json:"stores" keys:"name" hint:"<name>: {region: <region>}" entryHint:"{region: <region>}" doc:"Further stores, by name: for another region or account, or for Parameter Store. Secrets select them with their field store."`
	Kubeconfig       string               `json:"kubeconfig" encrypt:"true" secret:"true" doc:"Path or content of a kubeconfig. Defaults to that of kubectl if target is local, and to one for the cluster, with \x60aws eks get-token\x60, if target is eks. Set it with --secret."`
	KubeContext      string               `json:"kubeContext" doc:"Context in the kubeconfig. Defaults to the current one."`
	Namespace        string               `json:"namespace" pattern:"namespace" required:"true" hint:"the namespace of the secrets, such as payments" doc:"Namespace of the secrets that do not name one. If target is local, the default store is there too."`
	Namespaces       map[string]Namespace `json:"namespaces" keys:"namespace" hint:"<name>: {create: true} or {create: false}" entryHint:"{create: true} or {create: false}" doc:"Which of its namespaces the stack creates. With create: false, the namespace must exist and is left alone. By default, the stack creates all of them if target is local, and only the operator's if target is eks."`
	Chart            string               `json:"chart" default:"external-secrets" doc:"Helm chart of the operator: a name in chartRepository, the path of a directory or .tgz file, or an oci:// reference."`
	ChartRepository  string               `json:"chartRepository" default:"https://charts.external-secrets.io" doc:"Helm repository of the chart."`
	ChartVersion     string               `json:"chartVersion" default:"2.14.0" doc:"Exact version of the chart, in quotes. A chart that is a path has its own."`
	ChartValues      map[string]any       `json:"chartValues" encrypt:"true" hint:"a map of the chart's values" doc:"Values of the chart, merged over those that the program sets. Lists are replaced, but extraEnv is appended to."`
	KeepCRDs         bool                 `json:"keepCRDs" default:"true" doc:"Whether \x60pulumi destroy\x60 keeps the operator's CRDs and all their objects, including ExternalSecrets and stores that others own. If it is false, run \x60pulumi destroy --run-program\x60."`
	APIVersion       string               `json:"apiVersion" enum:"external-secrets.io/v1 external-secrets.io/v1beta1" doc:"Version of the operator's API. Defaults to the newest that the chart serves."`
	Endpoint         string               `json:"endpoint" pattern:"url" default:"http://host.k3d.internal:4566" encrypt:"true" only:"local" doc:"URL of the AWS emulator, as the operator's pods reach it."`
	AccessKeyID      string               `json:"accessKeyId" pattern:"credential" default:"test" encrypt:"true" secret:"true" only:"local" doc:"Access key ID for the AWS emulator."`
	SecretAccessKey  string               `json:"secretAccessKey" pattern:"credential" default:"test" encrypt:"true" secret:"true" only:"local" doc:"Secret access key for the AWS emulator. Set a real one with --secret."`
	Timeout          string               `json:"timeout" pattern:"duration" default:"5m" doc:"Timeout of each operation, such as 5m."`
	CostLimit        string               `json:"costLimit" pattern:"amount" default:"10" doc:"Maximum cost of Secrets Manager API calls, in US dollars per month. A preview warns if its forecast is higher."`
	Strict           bool                 `json:"strict" default:"false" doc:"Whether warnings about the configuration are errors."`
	RefreshInterval  string               `json:"refreshInterval" pattern:"duration" default:"1h" doc:"How often the operator reads each secret from AWS, such as 1h. With 0s, it reads each secret once."`
	RefreshPolicy    string               `json:"refreshPolicy" enum:"Periodic OnChange CreatedOnce" doc:"When the operator reads each secret from AWS: every refreshInterval (Periodic), when the ExternalSecret changes (OnChange), or once (CreatedOnce). Defaults to Periodic."`
	CreationPolicy   string               `json:"creationPolicy" enum:"Owner Orphan Merge CreateOrMerge" doc:"Who owns the Secrets. Owner: their ExternalSecrets, with which they are deleted. Orphan: nobody; they are kept. Merge: others, who must create them; the operator only adds keys. CreateOrMerge: others, but the operator creates them if necessary. Defaults to Owner."`
	DeletionPolicy   string               `json:"deletionPolicy" enum:"Retain Delete Merge" doc:"What happens to a Secret if its values are deleted in AWS. Retain: it is kept. Delete: it is deleted. Merge: their keys are removed. On EKS, Delete and Merge need permissions.prefixes for values that are read by name. Defaults to Retain."`
	Labels           map[string]string    `json:"labels" keys:"metadata" pattern:"label" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Labels of every ExternalSecret and its Secret. Labels of a secret are merged over them."`
	Annotations      map[string]string    `json:"annotations" keys:"metadata" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Annotations of every ExternalSecret and its Secret. Annotations of a secret are merged over them."`
	Secrets          map[string]Secret    `json:"secrets" keys:"name" hint:"<name>: {data: {<key>: <name in AWS>}}" entryHint:"{data: {<key>: <name in AWS>}}" doc:"Secrets to sync, by the name of the Secret in Kubernetes. Each needs data, extract or find."`
}
