package stacks

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
	"eso-aws/internal/plan"
	"eso-aws/operator"
	"eso-aws/secretsync"
)

const (
	operatorName      = plan.OperatorName
	operatorNamespace = plan.OperatorNamespace
	credentialsName   = plan.CredentialsName
)

// stack is what all steps share.
type stack struct {
	explainer
	hooks
	ctx   *pulumi.Context
	owner map[string]string // the annotation of the stack's objects
	// kubeconfig is a path or the content of a file; "" is kubectl's default. The context "" is the current one.
	kubeconfig, kubeContext string
	// generated is the kubeconfig if the program generated it.
	generated string
	// endpoint is the URL of the EKS cluster, and account its AWS account.
	endpoint, account string
	// retries has a func() error for each *plan.Store that was retried.
	retries sync.Map
	// before has the *cluster.Sync of each reference that this up changes.
	before sync.Map
	// requests limits the concurrent requests.
	requests chan struct{}
}

func newStack(ctx *pulumi.Context, loaded *plan.Plan) *stack {
	return &stack{
		explainer: explainer{plan: loaded}, ctx: ctx, owner: owner(ctx),
		kubeconfig: loaded.File.Kubeconfig, kubeContext: loaded.File.KubeContext,
		requests: make(chan struct{}, maxRequests),
	}
}

// cluster registers the provider of the cluster, and the namespaces to create, which it returns by name.
func (s *stack) cluster() (pulumi.ProviderResource, map[string]pulumi.Resource, error) {
	if err := s.registerHooks(); err != nil {
		return nil, nil, err
	}
	provider, err := s.provider()
	if err != nil {
		return nil, nil, err
	}
	namespaces := map[string]pulumi.Resource{}
	for _, name := range slices.Sorted(maps.Keys(s.plan.Namespaces)) {
		if !s.plan.Namespaces[name] {
			continue
		}
		namespaces[name], err = kube.NewNamespace(s.ctx, name, &kube.NamespaceArgs{
			Name:        name,
			Annotations: s.owner,
			Timeout:     s.plan.Timeout,
		}, pulumi.Provider(provider))
		if err != nil {
			return nil, nil, err
		}
	}
	return provider, namespaces, nil
}

// operator installs the operator. The identity is nil if the stores have credentials.
func (s *stack) operator(
	provider pulumi.ProviderResource, identity *operator.Identity, before ...pulumi.Resource,
) (pulumi.Resource, error) {
	hooks := s.bind(s.mend)
	if !s.plan.File.KeepCRDs {
		hooks.BeforeDelete = []*pulumi.ResourceHook{s.guard}
	}
	release, err := operator.NewRelease(s.ctx, operatorName, &operator.ReleaseArgs{
		Name:       operatorName,
		Namespace:  operatorNamespace,
		Chart:      s.plan.Chart.Reference,
		Repository: s.plan.Chart.Repository,
		Version:    s.plan.Chart.Version,
		KeepCRDs:   s.plan.File.KeepCRDs,
		Endpoint:   s.plan.Endpoint,
		ParameterStore: slices.ContainsFunc(s.plan.Stores, func(store *plan.Store) bool {
			return store.Service == plan.ParameterStore
		}),
		Identity:     identity,
		ChartValues:  s.plan.File.ChartValues,
		SecretValues: s.plan.SecretValues(),
		Timeout:      s.plan.Timeout,
		Hooks:        hooks,
	}, pulumi.Provider(provider), after(before...))
	if err != nil {
		return nil, err
	}
	return release.Resource, nil
}

// resourceName returns an object's name in the state. It has the namespace unless that is the stack's.
func (s *stack) resourceName(namespace, name string) string {
	if namespace == "" || namespace == s.plan.File.Namespace {
		return name
	}
	return namespace + "/" + name
}

// referenceOf returns the object that has this type and name in the state.
func (s *stack) referenceOf(token tokens.Type, resourceName string) reference {
	kind := string(token)[strings.LastIndex(string(token), ":")+1:]
	if namespace, name, ok := strings.Cut(resourceName, "/"); ok {
		return reference{kind, namespace, name}
	}
	if kind == secretsync.ClusterStoreKind {
		return reference{kind, "", resourceName}
	}
	return reference{kind, s.plan.File.Namespace, resourceName}
}

// stores registers the stores, each after the resources that before returns.
func (s *stack) stores(
	provider pulumi.ProviderResource, before func(*plan.Store) []pulumi.Resource,
) (map[*plan.Store]pulumi.Resource, error) {
	hooks := s.bind()
	hooks.BeforeUpdate = []*pulumi.ResourceHook{s.retry}
	stores := map[*plan.Store]pulumi.Resource{}
	for _, store := range s.plan.Stores {
		args, name := store.StoreArgs, s.resourceName(store.Namespace, store.Name)
		args.Annotations, args.Hooks = s.owner, hooks
		registered, err := secretsync.NewStore(s.ctx, name, &args, pulumi.Provider(provider), after(before(store)...))
		if err != nil {
			return nil, err
		}
		stores[store] = registered.Resource
	}
	return stores, nil
}

// secrets registers the ExternalSecrets, and exports the stack's outputs. An ExternalSecret is synced again when
// the credentials of its store change.
func (s *stack) secrets(
	provider pulumi.ProviderResource, stores map[*plan.Store]pulumi.Resource,
	credentials func(*plan.Store) pulumi.StringInput, namespaces map[string]pulumi.Resource,
) error {
	keys := pulumi.StringArrayMap{}
	for _, secret := range s.plan.Secrets {
		args, name := secret.ExternalSecretArgs, s.resourceName(secret.Namespace, secret.Name)
		args.Annotations, args.Credentials, args.Hooks = s.owner, credentials(secret.From), s.bind(s.note)
		external, err := secretsync.NewExternalSecret(s.ctx, name, &args,
			pulumi.Provider(provider), after(stores[secret.From], namespaces[secret.Namespace]))
		if err != nil {
			return err
		}
		keys[name] = s.keys(secret, external.Resource)
	}
	s.ctx.Export("namespace", pulumi.String(s.plan.File.Namespace))
	for _, store := range s.plan.Stores {
		if store.Source.Default {
			s.ctx.Export("storeKind", pulumi.String(store.Ref().Kind))
			s.ctx.Export("storeName", pulumi.String(store.Name))
		}
	}
	s.ctx.Export("secrets", keys)
	return nil
}

// provider registers the provider of the cluster that preflight checked.
func (s *stack) provider() (*kubernetes.Provider, error) {
	args := &kubernetes.ProviderArgs{
		// Empty is not unset: without a value, the SDK would treat a KUBECONFIG with several files as one path.
		// The provider itself reads it correctly.
		Kubeconfig:            pulumi.ToSecret(pulumi.String(s.kubeconfig)).(pulumi.StringOutput),
		Context:               pulumi.String(s.client.Context()),
		EnableServerSideApply: pulumi.Bool(true),
		// New credentials update the Secret instead of replacing it.
		EnableSecretMutable: pulumi.Bool(true),
	}
	if s.endpoint != "" {
		// The endpoint identifies the cluster. By default, any change of the kubeconfig, such as a proxy or a new
		// CA, would replace every resource.
		args.ClusterIdentifier = pulumi.String(s.endpoint)
	}
	return kubernetes.NewProvider(s.ctx, "kubernetes", args)
}

// roleHooks sets the hooks of the resources of a role component.
func (s *stack) roleHooks() pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			if _, ok := args.Resource.(pulumi.CustomResource); !ok {
				return nil
			}
			hooks := s.bind()
			if strings.HasSuffix(args.Type, ":PodIdentityAssociation") {
				hooks.AfterCreate = []*pulumi.ResourceHook{s.settle}
			}
			return &pulumi.ResourceTransformationResult{
				Props: args.Props, Opts: append(args.Opts, pulumi.ResourceHooks(hooks)),
			}
		},
	})
}

// after is DependsOn without nil, which stands for objects that the stack does not create. The resources must not
// be components: a dependency on a component covers only the children that the SDK has already registered.
func after(resources ...pulumi.Resource) pulumi.ResourceOption {
	return pulumi.DependsOn(slices.DeleteFunc(resources, func(r pulumi.Resource) bool { return r == nil }))
}
