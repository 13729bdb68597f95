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
)

// Store is a SecretStore for AWS Secrets Manager.
type Store struct {
	pulumi.ResourceState

	// Kind and Name are what an ExternalSecret refers to.
	Kind, Name string
	// Resource is the object, to depend on.
	Resource pulumi.Resource
}

// Credentials say which Secret holds an access key, and under which keys.
type Credentials struct {
	SecretName         string
	AccessKeyIDKey     string
	SecretAccessKeyKey string
}

// StoreArgs describes a [Store].
type StoreArgs struct {
	// APIVersion is external-secrets.io/v1, or v1beta1 for older operators.
	APIVersion string
	// Name and Namespace say where the store is.
	Name, Namespace string
	// Annotations are the object's annotations; nil for none of the caller's.
	Annotations map[string]string
	// Region is the AWS region whose secrets are read.
	Region string
	// Credentials are in the store's namespace.
	Credentials Credentials
	// Timeout bounds each operation, the waiting included; 0 is the provider's.
	Timeout kube.Timeout
	// Hooks are the object's; nil for none.
	Hooks *pulumi.ResourceHookBinding
}

// NewStore registers a store and waits until it is ready.
func NewStore(
	ctx *pulumi.Context, name string, args *StoreArgs, opts ...pulumi.ResourceOption,
) (*Store, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("checking store %q: %w", name, err)
	}
	store := &Store{Kind: storeKind, Name: args.Name}
	if err := ctx.RegisterComponentResource(storeType, name, store, opts...); err != nil {
		return nil, err
	}
	object := object{
		apiVersion:  args.APIVersion,
		kind:        storeKind,
		name:        args.Name,
		namespace:   args.Namespace,
		annotations: args.Annotations,
		waitFor:     storeReady,
		spec:        StoreSpec(args.Region, args.Credentials),
	}
	registered, err := object.register(ctx, name, store, args.Timeout, args.Hooks)
	if err != nil {
		return nil, err
	}
	store.Resource = registered
	return store, ctx.RegisterResourceOutputs(store, pulumi.Map{})
}

func (a *StoreArgs) validate() error {
	return errors.Join(
		required("apiVersion", a.APIVersion),
		required("name", a.Name),
		required("namespace", a.Namespace),
		required("region", a.Region),
		required("credentials.secretName", a.Credentials.SecretName),
		required("credentials.accessKeyIDKey", a.Credentials.AccessKeyIDKey),
		required("credentials.secretAccessKeyKey", a.Credentials.SecretAccessKeyKey),
	)
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

	annotations map[string]string
	credentials pulumi.StringInput // the value of credentialsAnnotation; nil for none
	waitFor     string
	spec        map[string]any
}

func (o *object) register(
	ctx *pulumi.Context, name string, parent pulumi.Resource, timeout kube.Timeout, hooks *pulumi.ResourceHookBinding,
) (*apiextensions.CustomResource, error) {
	opts := append(timeout.Options(), pulumi.Parent(parent))
	if hooks != nil {
		opts = append(opts, pulumi.ResourceHooks(hooks))
	}
	annotations := pulumi.StringMap{waitFor: pulumi.String(o.waitFor)}
	for key, value := range o.annotations {
		annotations[key] = pulumi.String(value)
	}
	if o.credentials != nil {
		annotations[credentialsAnnotation] = o.credentials
	}
	return apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(o.apiVersion),
		Kind:       pulumi.String(o.kind),
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(o.name),
			Namespace:   pulumi.String(o.namespace),
			Annotations: annotations,
		},
		OtherFields: kubernetes.UntypedArgs{"spec": o.spec},
	}, opts...)
}
