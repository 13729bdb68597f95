package secretsync

import (
	"cmp"
	"fmt"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

const (
	secretType = "eso-aws:secretsync:ExternalSecret" //nolint:gosec // a type token, not a credential
	// SecretKind is the kind of an ExternalSecret.
	SecretKind = "ExternalSecret"
)

// ExternalSecret is an ExternalSecret and the Secret that it fills.
type ExternalSecret struct {
	pulumi.ResourceState

	// Resource is the custom resource. Depend on it, not on the component.
	Resource *apiextensions.CustomResource
}

// Source says where the values of a Secret come from. For the same key, Data overrides
// Find, and Find overrides Extract.
type Source struct {
	// Data are single values, by key of the Secret.
	Data map[string]stackfile.Remote
	// Extract are JSON secrets. Each property becomes a key.
	Extract []stackfile.Extract
	// Find are searches. Each secret that is found becomes a key.
	Find []stackfile.Find
}

// ExternalSecretArgs are the arguments of [NewExternalSecret]. The operator has its own
// default for a policy that is "".
type ExternalSecretArgs struct {
	// APIVersion is external-secrets.io/v1, or external-secrets.io/v1beta1 for old charts.
	APIVersion string
	// Name is the name of the ExternalSecret. Target is the name of the Secret; "" is Name.
	Name, Target string
	// Namespace is the namespace of both. A SecretStore must be in it too.
	Namespace string
	// Labels are the labels of both; nil for none.
	Labels map[string]string
	// Annotations are added to the ExternalSecret, and SecretAnnotations to both; nil for
	// none.
	Annotations, SecretAnnotations map[string]string
	// Store is the store. It must be ready.
	Store StoreRef
	// RefreshInterval is the time between two syncs; 0 syncs once.
	RefreshInterval time.Duration
	// RefreshPolicy, CreationPolicy and DeletionPolicy are fields of the ExternalSecret.
	RefreshPolicy, CreationPolicy, DeletionPolicy string
	// Source says where the values come from.
	Source Source
	// Template builds the Secret from the fetched values; nil copies them.
	Template *stackfile.Template
	// Spec is merged over the spec: maps are merged, other values are replaced.
	Spec map[string]any
	// Credentials changes with the credentials of the store. The Secret is then synced
	// again. It is nil if the credentials never change.
	Credentials pulumi.StringInput
	// Timeout limits each operation, including the wait; 0 is the provider's default.
	Timeout kube.Timeout
	// Hooks are the resource hooks of the ExternalSecret; nil for none.
	Hooks *pulumi.ResourceHookBinding
}

// target returns the name of the Secret.
func (a *ExternalSecretArgs) target() string { return cmp.Or(a.Target, a.Name) }

// Manifest returns the object that [NewExternalSecret] registers, without the Credentials.
func (a *ExternalSecretArgs) Manifest() map[string]any { return a.object().manifest() }

func (a *ExternalSecretArgs) object() *object {
	return &object{
		apiVersion:  a.APIVersion,
		kind:        SecretKind,
		name:        a.Name,
		namespace:   a.Namespace,
		labels:      a.Labels,
		annotations: kube.MergeStrings(a.SecretAnnotations, a.Annotations),
		spec:        SecretSpec(a),
		credentials: a.Credentials,
		waitFor:     func(credentials string) string { return secretConditions(a.target(), credentials) },
	}
}

// NewExternalSecret registers an ExternalSecret and waits until the operator has written its
// Secret.
func NewExternalSecret(
	ctx *pulumi.Context, name string, args *ExternalSecretArgs, opts ...pulumi.ResourceOption,
) (*ExternalSecret, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("checking external secret %q: %w", name, err)
	}
	secret := &ExternalSecret{}
	if err := ctx.RegisterComponentResource(secretType, name, secret, opts...); err != nil {
		return nil, err
	}
	registered, err := args.object().register(ctx, name, secret, args.Timeout, args.Hooks)
	if err != nil {
		return nil, err
	}
	secret.Resource = registered
	return secret, ctx.RegisterResourceOutputs(secret, pulumi.Map{})
}

func (a *ExternalSecretArgs) validate() error {
	var problems problem.List
	problems.Require(map[string]string{
		"apiVersion": a.APIVersion, "name": a.Name, "namespace": a.Namespace,
		"store.kind": a.Store.Kind, "store.name": a.Store.Name,
	})
	if len(a.Source.Data)+len(a.Source.Extract)+len(a.Source.Find) == 0 && !a.readsRaw() {
		problems.Add(problem.Problem{
			Path: problem.Path{"source"}, Kind: problem.Required,
			Rule: "must not be empty", Fix: "set data, extract or find",
		})
	}
	if a.RefreshInterval < 0 {
		problems.Add(problem.Problem{
			Path: problem.Path{"refreshInterval"}, Value: a.RefreshInterval, Kind: problem.Invalid,
			Rule: "must not be negative", Fix: "set it to 0 to sync once",
		})
	}
	return problems.Err()
}
