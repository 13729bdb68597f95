package secretsync

import (
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
)

const (
	secretType = "eso-aws:secretsync:ExternalSecret" //nolint:gosec // a type token, not a credential
	secretKind = "ExternalSecret"
)

// ExternalSecret fills one Secret and keeps it up to date.
type ExternalSecret struct {
	pulumi.ResourceState

	// Resource is the object, to depend on.
	Resource *apiextensions.CustomResource
}

// ExternalSecretArgs describes an [ExternalSecret].
type ExternalSecretArgs struct {
	// APIVersion is external-secrets.io/v1, or v1beta1 for older operators.
	APIVersion string
	// Name is the name of the ExternalSecret and of the Secret it fills.
	Name string
	// Namespace is where both are: that of a SecretStore, any for a ClusterSecretStore.
	Namespace string
	// Annotations are the object's annotations; nil for none of the caller's.
	Annotations map[string]string
	// Store is the store, which must be ready.
	Store StoreRef
	// RefreshInterval is how often AWS is asked; 0 is once and never again.
	RefreshInterval time.Duration
	// Source is where the values come from.
	Source Source
	// Credentials changes with what the store signs in with, so that the secret
	// is synced anew then; nil where that does not change.
	Credentials pulumi.StringInput
	// Timeout bounds each operation, the waiting included; 0 is the provider's.
	Timeout kube.Timeout
	// Hooks are the object's; nil for none.
	Hooks *pulumi.ResourceHookBinding
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
	object := object{
		apiVersion:  args.APIVersion,
		kind:        secretKind,
		name:        args.Name,
		namespace:   args.Namespace,
		annotations: args.Annotations,
		credentials: args.Credentials,
		waitFor:     args.ready(),
		spec:        SecretSpec(args.Store, args.Name, args.RefreshInterval, args.Source),
	}
	registered, err := object.register(ctx, name, secret, args.Timeout, args.Hooks)
	if err != nil {
		return nil, err
	}
	secret.Resource = registered
	return secret, ctx.RegisterResourceOutputs(secret, pulumi.Map{})
}

// ready is what the object is waited for.
func (a *ExternalSecretArgs) ready() pulumi.StringInput {
	if a.Credentials == nil {
		return pulumi.String(secretReady(a.Name, ""))
	}
	return a.Credentials.ToStringOutput().ApplyT(func(credentials string) string {
		return secretReady(a.Name, credentials)
	}).(pulumi.StringOutput)
}

func (a *ExternalSecretArgs) validate() error {
	problems := []error{
		required("apiVersion", a.APIVersion),
		required("name", a.Name),
		required("namespace", a.Namespace),
		required("store.kind", a.Store.Kind),
		required("store.name", a.Store.Name),
	}
	if len(a.Source.Data) == 0 && a.Source.Extract == "" {
		problems = append(problems, errors.New("source: is empty; write data or extract"))
	}
	if a.RefreshInterval < 0 {
		problems = append(problems, fmt.Errorf(
			"refreshInterval: %q: is negative; write 0 for never or a duration", a.RefreshInterval))
	}
	return errors.Join(problems...)
}
