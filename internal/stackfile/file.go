package stackfile

// File is every setting of a stack file: those that are one text, and the stack's.
type File struct {
	Target           string         `json:"target" enum:"local eks" required:"true"`
	Region           string         `json:"region" pattern:"region"`
	Cluster          string         `json:"cluster" pattern:"cluster" only:"eks"`
	Auth             string         `json:"auth" enum:"irsa podIdentity" default:"irsa" only:"eks"`
	OIDCProviderARN  string         `json:"oidcProviderArn" pattern:"provider" only:"eks"`
	PodIdentityAgent bool           `json:"podIdentityAgent" default:"false" only:"eks"`
	Kubeconfig       string         `json:"kubeconfig" encrypt:"true" secret:"true"`
	KubeContext      string         `json:"kubeContext"`
	Namespace        string         `json:"namespace" pattern:"namespace" required:"true" hint:"the namespace of the secrets"`
	Chart            string         `json:"chart" default:"external-secrets"`
	ChartRepository  string         `json:"chartRepository" default:"https://charts.external-secrets.io"`
	ChartVersion     string         `json:"chartVersion" default:"2.14.0"`
	ChartValues      map[string]any `json:"chartValues" encrypt:"true"`
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

// Docs are what the settings are, in the order in which people read of them. Pulumi.yaml has
// the same.
func (File) Docs() []Doc {
	return []Doc{
		{"target", "Where the stack runs. Required. `local`, a cluster on this machine with an AWS emulator; or " +
			"`eks`, a cluster of EKS that is there, in the region aws:region, which is then required too."},
		{"region", "The AWS region whose secrets are read, such as us-east-1. Required with target local; with " +
			"eks by default that of the cluster, aws:region."},
		{"cluster", "The name of the EKS cluster. Target eks, required there."},
		{"auth", "How the operator signs in to AWS, `irsa` or `podIdentity`. Target eks, by default irsa."},
		{"oidcProviderArn", "The ARN of the cluster's OIDC provider in IAM. Auth irsa; by default the one that " +
			"has the cluster's issuer."},
		{"podIdentityAgent", "Whether the stack installs the EKS Pod Identity agent, as an add-on of the " +
			"cluster. Auth podIdentity."},
		{"role", "The operator's IAM role, as {name, path, permissionsBoundary, maxSession, tags}, all optional. " +
			"The name is by default external-secrets-irsa or external-secrets-pod-identity; stacks that share an " +
			"account need one each. Target eks."},
		{"permissions", "What the role may do beyond reading the declared secrets, as {kmsKeys: [<ARN>], " +
			"prefixes: [<beginning of names>], listSecrets: <bool>, batchGetSecretValue: <bool>}. Target eks."},
		{"store", "The store of the secrets that name none, as {name, scope, namespaces, service, region, role, " +
			"serviceAccount}, all optional. Scope `cluster`, the default of target eks, is one ClusterSecretStore, " +
			"for the namespaces of the stack's secrets and those in namespaces, or [\"*\"]; `namespace`, that of local, " +
			"is a SecretStore in each. Service is SecretsManager or ParameterStore; role is the ARN of a role to " +
			"assume, and serviceAccount who reads in the operator's place, with scope namespace: these two with " +
			"target eks."},
		{"stores", "More stores, as {<name>: {what store has, but the name}}: another region or account, or " +
			"Parameter Store. A secret names the one it is read from."},
		{"kubeconfig", "The path or the content of a kubeconfig. By default that of kubectl, and with target eks " +
			"one for the cluster, which signs in with `aws eks get-token`. Set it with --secret."},
		{"kubeContext", "The context in the kubeconfig. By default the current one."},
		{"namespace", "The namespace of the secrets, and with target local of the store. Required."},
		{"namespaces", "Which of the stack's namespaces it creates, as {<name>: {create: true}}. One with create " +
			"false must exist, and is used and left alone. By default all are created, but with target eks the " +
			"operator's only."},
		{"chart", "The operator's Helm chart: a name in chartRepository, the path of a folder or .tgz file, or " +
			"an oci:// reference."},
		{"chartRepository", "The Helm repository of the chart."},
		{"chartVersion", "The exact version of the chart, in quotes. A chart that is a path has its own."},
		{"chartValues", "Values of the chart, merged over the program's own; lists are replaced, extraEnv is " +
			"added to."},
		{"keepCRDs", "Whether a destroy leaves the operator's CRDs, and every secret and store of whomever, in " +
			"the cluster. Where it is false, destroy with --run-program."},
		{"apiVersion", "The version of the operator's API, external-secrets.io/v1 or " +
			"external-secrets.io/v1beta1. By default the newest that the chart serves."},
		{"endpoint", "The URL of the AWS emulator, as the operator's pods reach it. Target local, by default " +
			"http://host.k3d.internal:4566."},
		{"accessKeyId", "The access key the operator signs in with. Target local, by default test."},
		{"secretAccessKey", "The access key's secret. Target local, by default test. Set a real one with " +
			"--secret."},
		{"timeout", "How long each operation may take, such as 5m."},
		{"costLimit", "How many US dollars a month the calls of Secrets Manager may cost, by the forecast of a " +
			"preview; more is a warning."},
		{"strict", "Whether warnings of the configuration are errors."},
		{"refreshInterval", "How often AWS is asked for each secret, such as 1h. 0s is once and never again."},
		{"refreshPolicy", "When AWS is asked, `Periodic`, `OnChange` or `CreatedOnce`. By default the " +
			"operator's, Periodic."},
		{"creationPolicy", "Whose the Secrets are, `Owner`, `Orphan`, `Merge` or `CreateOrMerge`. By default " +
			"Owner: they go with their ExternalSecrets."},
		{"deletionPolicy", "What becomes of a Secret whose values go in AWS, `Retain`, `Delete` or `Merge`. By " +
			"default Retain: it stays. On EKS, what is read by name needs permissions.prefixes for the others."},
		{"labels", "Labels of every ExternalSecret and its Secret, as {<key>: <value>}. Those of a secret are " +
			"merged over them."},
		{"annotations", "Annotations of every ExternalSecret and its Secret, as {<key>: <value>}. Those of a " +
			"secret are merged over them."},
		{"secrets", "The secrets to sync, as {<name>: {data: {<key>: <name or ARN in AWS>}}}, the name being " +
			"that of the Secret. Of data, extract (JSON secrets, for all their keys) and find ({path, name, tags}) at " +
			"least one; besides template, namespace or namespaces, target, store, refreshInterval, refreshPolicy, " +
			"creationPolicy, deletionPolicy, labels, annotations, and spec, which is merged over the " +
			"ExternalSecret's. In the place of a name in AWS there may be {key, property, version, decode}. Required."},
	}
}
