package secretsync

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
	"eso-aws/internal/problem"
)

const (
	storeType = "eso-aws:secretsync:Store"
	storeKind = "SecretStore"
	// ClusterStoreKind is the kind of a store without a namespace.
	ClusterStoreKind = "ClusterSecretStore"
)

// Store is a SecretStore or ClusterSecretStore.
type Store struct {
	pulumi.ResourceState

	// Ref is the reference to the store for an ExternalSecret.
	Ref StoreRef
	// Resource is the custom resource. Depend on it, not on the component.
	Resource pulumi.Resource
}

// StoreRef is a reference to a store.
type StoreRef struct {
	Kind, Name string
}

// Auth says how a store signs in to AWS. Set at most one field. Without any, the store uses
// the operator's own identity, such as that of EKS Pod Identity.
type Auth struct {
	// Credentials is an access key in a Secret; nil for none.
	Credentials *Credentials
	// ServiceAccount is a service account that assumes a role by IRSA; nil for none.
	ServiceAccount *ServiceAccount
}

// ServiceAccount is a Kubernetes service account. A SecretStore must be in its namespace.
type ServiceAccount struct {
	Namespace, Name string
}

// Credentials is a reference to a Secret with an access key.
type Credentials struct {
	// Namespace is the namespace of the Secret. A SecretStore ignores it and uses its own.
	Namespace          string
	SecretName         string
	AccessKeyIDKey     string
	SecretAccessKeyKey string
}

// StoreArgs are the arguments of [NewStore].
type StoreArgs struct {
	// APIVersion is external-secrets.io/v1, or external-secrets.io/v1beta1 for old charts.
	APIVersion string
	// Name and Namespace identify the store. Without a namespace it is a ClusterSecretStore.
	Name, Namespace string
	// Annotations are added to the store; nil for none.
	Annotations map[string]string
	// Namespaces are the namespaces that may use a ClusterSecretStore; nil for all.
	Namespaces []string
	// Service is SecretsManager or ParameterStore; "" is SecretsManager.
	Service string
	// Region is the AWS region of the secrets.
	Region string
	// Role is the ARN of a role that the operator assumes after it has signed in; "" for none.
	Role string
	// Auth says how the store signs in to AWS.
	Auth Auth
	// Timeout limits each operation, including the wait; 0 is the provider's default.
	Timeout kube.Timeout
	// Hooks are the resource hooks of the store; nil for none.
	Hooks *pulumi.ResourceHookBinding
}

// Ref returns the reference to the store for an ExternalSecret.
func (a *StoreArgs) Ref() StoreRef {
	return StoreRef{Kind: StoreKind(a.Namespace), Name: a.Name}
}

// StoreKind returns the kind of a store in that namespace; "" is no namespace.
func StoreKind(namespace string) string {
	if namespace == "" {
		return ClusterStoreKind
	}
	return storeKind
}

// Manifest returns the object that [NewStore] registers.
func (a *StoreArgs) Manifest() map[string]any { return a.object().manifest() }

func (a *StoreArgs) object() *object {
	return &object{
		apiVersion:  a.APIVersion,
		kind:        a.Ref().Kind,
		name:        a.Name,
		namespace:   a.Namespace,
		annotations: a.Annotations,
		spec:        StoreSpec(a),
		waitFor:     func(string) string { return readyCondition },
	}
}

// NewStore registers a store and waits until it is ready.
func NewStore(
	ctx *pulumi.Context, name string, args *StoreArgs, opts ...pulumi.ResourceOption,
) (*Store, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("checking store %q: %w", name, err)
	}
	store := &Store{Ref: args.Ref()}
	if err := ctx.RegisterComponentResource(storeType, name, store, opts...); err != nil {
		return nil, err
	}
	registered, err := args.object().register(ctx, name, store, args.Timeout, args.Hooks)
	if err != nil {
		return nil, err
	}
	store.Resource = registered
	return store, ctx.RegisterResourceOutputs(store, pulumi.Map{})
}

func (a *StoreArgs) validate() error {
	var problems problem.List
	problems.Require(map[string]string{"apiVersion": a.APIVersion, "name": a.Name, "region": a.Region})
	if c := a.Auth.Credentials; c != nil {
		problems.Require(map[string]string{
			"auth.credentials.secretName":         c.SecretName,
			"auth.credentials.accessKeyIDKey":     c.AccessKeyIDKey,
			"auth.credentials.secretAccessKeyKey": c.SecretAccessKeyKey,
		})
		if a.Namespace == "" {
			problems.Require(map[string]string{"auth.credentials.namespace": c.Namespace})
		}
	}
	if account := a.Auth.ServiceAccount; account != nil {
		problems.Require(map[string]string{
			"auth.serviceAccount.name": account.Name, "auth.serviceAccount.namespace": account.Namespace,
		})
		if a.Namespace != "" && account.Namespace != a.Namespace {
			problems.Add(problem.Problem{
				Path: problem.Path{"auth", "serviceAccount", "namespace"}, Value: account.Namespace,
				Kind: problem.Conflict,
				Rule: "must be the namespace of the store", Fix: "set it to " + a.Namespace,
			})
		}
		if a.Auth.Credentials != nil {
			problems.Add(problem.Problem{
				Path: problem.Path{"auth"}, Kind: problem.Conflict,
				Rule: "credentials cannot be combined with serviceAccount", Fix: "set only one of them",
			})
		}
	}
	return problems.Err()
}
