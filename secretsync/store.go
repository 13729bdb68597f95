package secretsync

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
)

const (
	storeType = "eso-aws:secretsync:Store"
	storeKind = "SecretStore"
	// ClusterStoreKind is the kind of a store that is in no namespace.
	ClusterStoreKind = "ClusterSecretStore"
)

// Store is a SecretStore or a ClusterSecretStore for a service of AWS.
type Store struct {
	pulumi.ResourceState

	// Ref is what an ExternalSecret refers to.
	Ref StoreRef
	// Resource is the object, to depend on.
	Resource pulumi.Resource
}

// StoreRef names a store.
type StoreRef struct {
	Kind, Name string
}

// Auth is how a store signs in; at most one of its fields. With none it is the
// operator's own identity, such as that of EKS Pod Identity.
type Auth struct {
	// Credentials are an access key that is in the cluster; nil for none.
	Credentials *Credentials
	// ServiceAccount is whose token is exchanged, as IRSA does; nil for none.
	ServiceAccount *ServiceAccount
}

// ServiceAccount is one of the cluster. In a ClusterSecretStore the operator
// would look for one without a namespace beside each ExternalSecret.
type ServiceAccount struct {
	Namespace, Name string
}

// Credentials say which Secret holds an access key, and under which keys.
type Credentials struct {
	// Namespace is the Secret's, for a ClusterSecretStore; any other's is its own.
	Namespace          string
	SecretName         string
	AccessKeyIDKey     string
	SecretAccessKeyKey string
}

// StoreArgs describes a [Store].
type StoreArgs struct {
	// APIVersion is external-secrets.io/v1, or v1beta1 for older operators.
	APIVersion string
	// Name and Namespace say where the store is; without a namespace it is a
	// ClusterSecretStore, for every one.
	Name, Namespace string
	// Annotations are the object's annotations; nil for none of the caller's.
	Annotations map[string]string
	// Namespaces are those that may use a ClusterSecretStore; none is every one.
	Namespaces []string
	// Service is SecretsManager, which "" is too, or ParameterStore.
	Service string
	// Region is the AWS region whose secrets are read.
	Region string
	// Role is the ARN of a role to go on to; "" for none.
	Role string
	// Auth is how the store signs in.
	Auth Auth
	// Timeout bounds each operation, the waiting included; 0 is the provider's.
	Timeout kube.Timeout
	// Hooks are the object's; nil for none.
	Hooks *pulumi.ResourceHookBinding
}

// Ref is what an ExternalSecret refers to the store by.
func (a *StoreArgs) Ref() StoreRef {
	return StoreRef{Kind: StoreKind(a.Namespace), Name: a.Name}
}

// StoreKind is the kind of a store by its namespace.
func StoreKind(namespace string) string {
	if namespace == "" {
		return ClusterStoreKind
	}
	return storeKind
}

// Manifest is the object that [NewStore] registers.
func (a *StoreArgs) Manifest() map[string]any { return a.object().manifest() }

func (a *StoreArgs) object() *object {
	return &object{
		apiVersion:  a.APIVersion,
		kind:        a.Ref().Kind,
		name:        a.Name,
		namespace:   a.Namespace,
		annotations: a.Annotations,
		waitFor:     storeReady,
		spec:        StoreSpec(a),
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
	problems := []error{
		required("apiVersion", a.APIVersion), required("name", a.Name), required("region", a.Region),
	}
	if c := a.Auth.Credentials; c != nil {
		if a.Namespace == "" {
			problems = append(problems, required("auth.credentials.namespace", c.Namespace))
		}
		problems = append(problems,
			required("auth.credentials.secretName", c.SecretName),
			required("auth.credentials.accessKeyIDKey", c.AccessKeyIDKey),
			required("auth.credentials.secretAccessKeyKey", c.SecretAccessKeyKey))
	}
	if account := a.Auth.ServiceAccount; account != nil {
		problems = append(problems, required("auth.serviceAccount.name", account.Name),
			required("auth.serviceAccount.namespace", account.Namespace))
		if a.Namespace != "" && account.Namespace != a.Namespace {
			problems = append(problems, fmt.Errorf("auth.serviceAccount.namespace: %q: is not the store's; write %s, "+
				"or no namespace for the store", account.Namespace, a.Namespace))
		}
		if a.Auth.Credentials != nil {
			problems = append(problems, errors.New("auth: has two ways to sign in; write one"))
		}
	}
	return errors.Join(problems...)
}

func required(field, value string) error {
	if value == "" {
		return fmt.Errorf("%s: %q: is empty; write a value", field, value)
	}
	return nil
}

// object is a custom resource of the operator.
type object struct {
	apiVersion, kind, name, namespace string

	labels      map[string]string
	annotations map[string]string
	credentials pulumi.StringInput // the value of credentialsAnnotation; nil for none
	waitFor     string
	ready       func(credentials string) string // what is waited for where there are credentials
	spec        map[string]any
}

// metadata is the object's, but for what is known only when it is registered.
func (o *object) metadata() (labels, annotations map[string]string) {
	return o.labels, over(map[string]string{waitFor: o.waitFor}, o.annotations)
}

func (o *object) manifest() map[string]any {
	labels, annotations := o.metadata()
	metadata := map[string]any{"name": o.name, "annotations": annotations}
	put(metadata, "namespace", o.namespace)
	if len(labels) > 0 {
		metadata["labels"] = labels
	}
	return map[string]any{"apiVersion": o.apiVersion, "kind": o.kind, "metadata": metadata, "spec": o.spec}
}

func (o *object) register(
	ctx *pulumi.Context, name string, parent pulumi.Resource, timeout kube.Timeout, hooks *pulumi.ResourceHookBinding,
) (*apiextensions.CustomResource, error) {
	opts := append(timeout.Options(), pulumi.Parent(parent))
	if hooks != nil {
		opts = append(opts, pulumi.ResourceHooks(hooks))
	}
	labels, plain := o.metadata()
	annotations := pulumi.ToStringMap(plain)
	if o.credentials != nil {
		annotations[credentialsAnnotation] = o.credentials
		annotations[waitFor] = o.credentials.ToStringOutput().ApplyT(o.ready).(pulumi.StringOutput)
	}
	metadata := metav1.ObjectMetaArgs{Name: pulumi.String(o.name), Annotations: annotations}
	if len(labels) > 0 {
		metadata.Labels = pulumi.ToStringMap(labels)
	}
	if o.namespace != "" {
		metadata.Namespace = pulumi.String(o.namespace)
	}
	return apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(o.apiVersion),
		Kind:        pulumi.String(o.kind),
		Metadata:    metadata,
		OtherFields: kubernetes.UntypedArgs{"spec": o.spec},
	}, opts...)
}
