package secretsync

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
	"eso-aws/internal/stackfile"
)

const (
	secretType = "eso-aws:secretsync:ExternalSecret" //nolint:gosec // a type token, not a credential
	// SecretKind is the kind of what fills a Secret.
	SecretKind = "ExternalSecret"
)

// ExternalSecret fills one Secret and keeps it up to date.
type ExternalSecret struct {
	pulumi.ResourceState

	// Resource is the object, to depend on.
	Resource *apiextensions.CustomResource
}

// Source is where the values of a Secret come from. Where two have a key, data stand
// over what is found, and that over what is extracted.
type Source struct {
	// Data are the values in AWS by the Secret's key.
	Data map[string]stackfile.Remote
	// Extract are JSON secrets whose keys are all taken.
	Extract []stackfile.Extract
	// Find are searches.
	Find []stackfile.Find
}

// ExternalSecretArgs describes an [ExternalSecret]. A policy of "" is the operator's own
// default.
type ExternalSecretArgs struct {
	// APIVersion is external-secrets.io/v1, or v1beta1 for older operators.
	APIVersion string
	// Name is the name of the ExternalSecret, and Target of the Secret it fills; "" is
	// the same.
	Name, Target string
	// Namespace is where both are: that of a SecretStore, any for a ClusterSecretStore.
	Namespace string
	// Labels are the object's and the Secret's; nil for none.
	Labels map[string]string
	// Annotations are the object's annotations, and SecretAnnotations the object's and
	// the Secret's; nil for none of the caller's.
	Annotations, SecretAnnotations map[string]string
	// Store is the store, which must be ready.
	Store StoreRef
	// RefreshInterval is how often AWS is asked; 0 is once and never again.
	RefreshInterval time.Duration
	// RefreshPolicy, CreationPolicy and DeletionPolicy are the operator's.
	RefreshPolicy, CreationPolicy, DeletionPolicy string
	// Source is where the values come from.
	Source Source
	// Template is the Secret's form; nil where the values are the Secret's.
	Template *stackfile.Template
	// Spec is merged over the rest of the spec: maps are merged, all else is replaced.
	Spec map[string]any
	// Credentials changes with what the store signs in with, so that the secret
	// is synced anew then; nil where that does not change.
	Credentials pulumi.StringInput
	// Timeout bounds each operation, the waiting included; 0 is the provider's.
	Timeout kube.Timeout
	// Hooks are the object's; nil for none.
	Hooks *pulumi.ResourceHookBinding
}

// target is the name of the Secret.
func (a *ExternalSecretArgs) target() string { return cmp.Or(a.Target, a.Name) }

// Manifest is the object that [NewExternalSecret] registers, but for the annotation that
// tells of its credentials.
func (a *ExternalSecretArgs) Manifest() map[string]any { return a.object().manifest() }

func (a *ExternalSecretArgs) object() *object {
	return &object{
		apiVersion:  a.APIVersion,
		kind:        SecretKind,
		name:        a.Name,
		namespace:   a.Namespace,
		labels:      a.Labels,
		annotations: over(a.SecretAnnotations, a.Annotations),
		credentials: a.Credentials,
		waitFor:     secretReady(a.target(), ""),
		ready:       func(credentials string) string { return secretReady(a.target(), credentials) },
		spec:        SecretSpec(a),
	}
}

// NewExternalSecret registers an ExternalSecret and waits for its Secret.
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
	problems := []error{
		required("apiVersion", a.APIVersion),
		required("name", a.Name),
		required("namespace", a.Namespace),
		required("store.kind", a.Store.Kind),
		required("store.name", a.Store.Name),
	}
	_, data := a.Spec["data"]
	_, from := a.Spec["dataFrom"]
	if len(a.Source.Data)+len(a.Source.Extract)+len(a.Source.Find) == 0 && !data && !from {
		problems = append(problems, errors.New("source: is empty; write data or extract"))
	}
	if a.RefreshInterval < 0 {
		problems = append(problems, fmt.Errorf(
			"refreshInterval: %q: is negative; write 0 for never or a duration", a.RefreshInterval))
	}
	return errors.Join(problems...)
}
