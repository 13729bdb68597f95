// Package plan resolves a stack file: it fills in defaults and follows references. A
// [Plan] holds the arguments of the components that the stack registers. [New] reports
// only what it cannot resolve. Package check does the rest.
package plan

import (
	"cmp"
	"strings"
	"time"

	"github.com/blang/semver"

	"eso-aws/internal/chart"
	"eso-aws/internal/iam"
	"eso-aws/internal/kube"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/irsa"
	"eso-aws/podidentity"
)

// Names that are not settings.
const (
	// OperatorName is the name of the operator's release and service account.
	OperatorName = "external-secrets"
	// OperatorNamespace is the namespace of the operator.
	OperatorNamespace = "external-secrets"
	// CredentialsName is the name of the Secret with the emulator's access key, and the
	// others are its keys.
	CredentialsName    = "localstack-credentials"
	AccessKeyIDKey     = "access-key"
	SecretAccessKeyKey = "secret-key"
	// LocalStore and EKSStore are the default names of the default store.
	LocalStore = "localstack-secretsmanager"
	EKSStore   = "aws-secretsmanager"
)

// The ways in which the operator signs in to AWS on EKS.
const (
	IRSA        = "irsa"
	PodIdentity = "podIdentity"
)

// Plan is what a stack declares.
type Plan struct {
	// File is the decoded stack file.
	File *stackfile.Decoded
	// Cluster is for target eks only.
	Cluster Cluster
	// Region is the AWS region of the secrets.
	Region string
	// Namespaces are the namespaces of the stack. The value reports whether the stack
	// creates the namespace.
	Namespaces map[string]bool
	// Chart is the chart of the operator.
	Chart Chart
	// APIVersion is that of stores and ExternalSecrets.
	APIVersion string
	// Endpoint is the URL of the AWS emulator; "" on EKS.
	Endpoint string
	// Timeout limits each operation.
	Timeout kube.Timeout
	// Sources are the declared stores, the default store first.
	Sources []*Source
	// Stores are the stores in the cluster. A source has one for each namespace, or one for
	// the whole cluster.
	Stores []*Store
	// Entries are the declared secrets, by name.
	Entries []*Entry
	// Secrets are the ExternalSecrets. An entry has one for each of its namespaces.
	Secrets []*Secret
	// Warnings are set by package check.
	Warnings []problem.Problem
}

// Cluster is the EKS cluster, and how the operator signs in to AWS from it.
type Cluster struct {
	// Name and Region are the cluster's. The partition is "" if the region is unknown.
	Name, Region string
	Partition    iam.Partition
	// Profile is the AWS CLI profile; "" for none.
	Profile string
	// Role are the settings of the operator's role. The name is never empty.
	Role iam.RoleSettings
}

// Chart locates the chart of the operator.
type Chart struct {
	// Reference is a name in Repository, a path, or an oci:// reference.
	Reference string
	// Repository is the URL of a chart repository; "" for a path and oci://.
	Repository string
	// Version is the version of the chart. A path has that of its Chart.yaml.
	Version semver.Version
	// Known reports whether the version could be read.
	Known bool

	release *chart.Release
}

// New resolves a stack file.
func New(file *stackfile.Decoded, problems *problem.List) *Plan {
	p := &Plan{File: file, Region: file.Region}
	timeout, _ := time.ParseDuration(file.Timeout)
	p.Timeout = kube.Timeout(timeout)
	if p.OnEKS() {
		p.Region = cmp.Or(p.Region, file.AWSRegion)
		p.Cluster = newCluster(file)
	} else {
		p.Endpoint = strings.TrimRight(file.Endpoint, "/")
	}
	p.Chart = newChart(file, problems)
	p.APIVersion = cmp.Or(file.APIVersion, p.Chart.Release().API())
	p.Sources = newSources(p)
	p.addSecrets()
	p.addStores()
	p.Namespaces = p.namespaces()
	return p
}

func newCluster(file *stackfile.Decoded) Cluster {
	partition, _ := iam.PartitionOf(file.AWSRegion) // the check reports it
	session, _ := time.ParseDuration(file.Role.MaxSession)
	name := irsa.DefaultName
	if file.Auth == PodIdentity {
		name = podidentity.DefaultName
	}
	return Cluster{
		Name: file.Cluster, Region: file.AWSRegion, Partition: partition, Profile: file.AWSProfile,
		Role: iam.RoleSettings{
			Name: cmp.Or(file.Role.Name, name), Path: file.Role.Path,
			PermissionsBoundary: file.Role.PermissionsBoundary, MaxSession: session, Tags: file.Role.Tags,
		},
	}
}

// OnEKS reports whether the stack's target is eks.
func (p *Plan) OnEKS() bool { return p.File.Target == stackfile.EKS }

// Auth returns how the operator signs in to AWS: IRSA, PodIdentity, or "" for an access key.
func (p *Plan) Auth() string {
	if !p.OnEKS() {
		return ""
	}
	return p.File.Auth
}

// SecretValues reports whether the chart's values are secret.
func (p *Plan) SecretValues() bool {
	return p.File.Encrypted(stackfile.KeyChartValues) || p.File.Encrypted(stackfile.KeyEndpoint)
}

// namespaces returns the namespaces of the operator, the stores and the secrets, and those
// that the stack creates without using them. On EKS, those of the stores and secrets belong
// to applications and must exist.
func (p *Plan) namespaces() map[string]bool {
	used := map[string]bool{OperatorNamespace: true}
	use := func(name string) {
		if name != "" && name != OperatorNamespace {
			used[name] = !p.OnEKS()
		}
	}
	use(p.File.Namespace)
	for _, secret := range p.Secrets {
		use(secret.Namespace)
	}
	for _, store := range p.Stores {
		use(store.Namespace)
	}
	for name, declared := range p.File.Namespaces {
		_, ok := used[name]
		if declared.Create != nil && (ok || *declared.Create) {
			used[name] = *declared.Create
		}
	}
	return used
}
