package stackfile

// File is all settings of a stack file.
type File struct {
	Target           string         `json:"target" enum:"local eks" required:"true" hint:"local or eks"`
	Region           string         `json:"region" pattern:"region" requiredFor:"local" hint:"an AWS region, such as us-east-1"`
	Cluster          string         `json:"cluster" pattern:"cluster" only:"eks" requiredFor:"eks" hint:"the name of an EKS cluster"`
	Auth             string         `json:"auth" enum:"irsa podIdentity" default:"irsa" only:"eks"`
	OIDCProviderARN  string         `json:"oidcProviderArn" pattern:"provider" only:"eks"`
	PodIdentityAgent bool           `json:"podIdentityAgent" default:"false" only:"eks"`
	Kubeconfig       string         `json:"kubeconfig" encrypt:"true" secret:"true"`
	KubeContext      string         `json:"kubeContext"`
	Namespace        string         `json:"namespace" pattern:"namespace" required:"true" hint:"the namespace of the secrets, such as payments"`
	Chart            string         `json:"chart" default:"external-secrets"`
	ChartRepository  string         `json:"chartRepository" default:"https://charts.external-secrets.io"`
	ChartVersion     string         `json:"chartVersion" default:"2.14.0"`
	ChartValues      map[string]any `json:"chartValues" encrypt:"true" hint:"a map of the chart's values"`
	KeepCRDs         bool           `json:"keepCRDs" default:"true"`
	APIVersion       string         `json:"apiVersion" enum:"external-secrets.io/v1 external-secrets.io/v1beta1"`
	Endpoint         string         `json:"endpoint" pattern:"url" default:"http://host.k3d.internal:4566" encrypt:"true" only:"local"`
	AccessKeyID      string         `json:"accessKeyId" pattern:"credential" default:"test" encrypt:"true" secret:"true" only:"local"`
	SecretAccessKey  string         `json:"secretAccessKey" pattern:"credential" default:"test" encrypt:"true" secret:"true" only:"local"`
	Timeout          string         `json:"timeout" pattern:"duration" default:"5m"`
	CostLimit        string         `json:"costLimit" pattern:"amount" default:"10"`
	Strict           bool           `json:"strict" default:"false"`
	RefreshInterval  string         `json:"refreshInterval" pattern:"duration" default:"1h"`
	Stack
}

// Docs returns the documentation of the settings, in the order in which to read it. What the
// tags say is added to it.
func (File) Docs() []Doc {
	return []Doc{
		{"target", "Where the stack runs: on an EKS cluster (eks), or on a local cluster with an AWS emulator (local)."},
		{"region", "AWS region of the secrets, such as us-east-1. Defaults to aws:region if target is eks."},
		{"cluster", "Name of an existing EKS cluster in aws:region."},
		{"auth", "How the operator authenticates to AWS: with an IAM role for its service account (irsa), or with " +
			"EKS Pod Identity (podIdentity)."},
		{"oidcProviderArn", "ARN of the cluster's OIDC provider in IAM. Requires auth irsa. Defaults to the provider " +
			"for the cluster's issuer."},
		{"podIdentityAgent", "Whether to install the EKS Pod Identity agent as an add-on of the cluster. Requires " +
			"auth podIdentity."},
		{"role", "IAM role of the operator. Each stack in an AWS account needs a different name."},
		{"permissions", "Permissions of the role in addition to reading the declared secrets."},
		{"store", "Default store, for secrets that do not name one."},
		{"stores", "Further stores, by name: for another region or account, or for Parameter Store. Secrets select " +
			"them with their field store."},
		{"kubeconfig", "Path or content of a kubeconfig. Defaults to that of kubectl if target is local, and to one " +
			"for the cluster, with `aws eks get-token`, if target is eks. Set it with --secret."},
		{"kubeContext", "Context in the kubeconfig. Defaults to the current one."},
		{"namespace", "Namespace of the secrets that do not name one. If target is local, the default store is " +
			"there too."},
		{"namespaces", "Which of its namespaces the stack creates. With create: false, the namespace must exist and is " +
			"left alone. By default, the stack creates all of them if target is local, and only the operator's if " +
			"target is eks."},
		{"chart", "Helm chart of the operator: a name in chartRepository, the path of a directory or .tgz file, or " +
			"an oci:// reference."},
		{"chartRepository", "Helm repository of the chart."},
		{"chartVersion", "Exact version of the chart, in quotes. A chart that is a path has its own."},
		{"chartValues", "Values of the chart, merged over those that the program sets. Lists are replaced, but " +
			"extraEnv is appended to."},
		{"keepCRDs", "Whether `pulumi destroy` keeps the operator's CRDs and all their objects, including " +
			"ExternalSecrets and stores that others own. If it is false, run `pulumi destroy --run-program`."},
		{"apiVersion", "Version of the operator's API. Defaults to the newest that the chart serves."},
		{"endpoint", "URL of the AWS emulator, as the operator's pods reach it."},
		{"accessKeyId", "Access key ID for the AWS emulator."},
		{"secretAccessKey", "Secret access key for the AWS emulator. Set a real one with --secret."},
		{"timeout", "Timeout of each operation, such as 5m."},
		{"costLimit", "Maximum cost of Secrets Manager API calls, in US dollars per month. A preview warns if its " +
			"forecast is higher."},
		{"strict", "Whether warnings about the configuration are errors."},
		{"refreshInterval", "How often the operator reads each secret from AWS, such as 1h. With 0s, it reads each " +
			"secret once."},
		{"refreshPolicy", "When the operator reads each secret from AWS: every refreshInterval (Periodic), when the " +
			"ExternalSecret changes (OnChange), or once (CreatedOnce). Defaults to Periodic."},
		{"creationPolicy", "Who owns the Secrets. Owner: their ExternalSecrets, with which they are deleted. Orphan: " +
			"nobody; they are kept. Merge: others, who must create them; the operator only adds keys. CreateOrMerge: " +
			"others, but the operator creates them if necessary. Defaults to Owner."},
		{"deletionPolicy", "What happens to a Secret if its values are deleted in AWS. Retain: it is kept. Delete: it " +
			"is deleted. Merge: their keys are removed. On EKS, Delete and Merge need permissions.prefixes for values " +
			"that are read by name. Defaults to Retain."},
		{"labels", "Labels of every ExternalSecret and its Secret. Labels of a secret are merged over them."},
		{"annotations", "Annotations of every ExternalSecret and its Secret. Annotations of a secret are merged over " +
			"them."},
		{"secrets", "Secrets to sync, by the name of the Secret in Kubernetes. Each needs data, extract or find."},
	}
}
