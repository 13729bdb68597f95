package stacks

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
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

// stack is what the steps have in common.
type stack struct {
	ctx    *pulumi.Context
	plan   *plan.Plan
	owner  map[string]string    // the annotation that says whose objects they are
	cause  *pulumi.ErrorHook    // tells why an object is not well
	settle *pulumi.ResourceHook // waits until EKS knows what it was told
	// kubeconfig is a path or the content of one, "" is kubectl's own; the context
	// "" is the current one.
	kubeconfig, kubeContext string
	// endpoint is the API server's, and account AWS's, where they are known beforehand.
	endpoint, account string
	retries           *retries
	// generated is the kubeconfig where it was made for the cluster.
	generated string
}

// newStack is a stack whose cluster is the configured one.
func newStack(ctx *pulumi.Context, loaded *plan.Plan) *stack {
	return &stack{
		ctx: ctx, plan: loaded, owner: owner(ctx), kubeconfig: loaded.File.Kubeconfig, kubeContext: loaded.File.KubeContext,
		retries: &retries{plan: loaded},
	}
}

// cluster registers what leads to the cluster, and the namespaces to create.
func (s *stack) cluster(client *cluster.Client) (pulumi.ProviderResource, map[string]pulumi.Resource, error) {
	if err := s.registerCause(); err != nil {
		return nil, nil, err
	}
	provider, err := s.provider(client)
	if err != nil {
		return nil, nil, err
	}
	namespaces, err := s.namespaces(provider)
	return provider, namespaces, err
}

// namespaces are those to create, by name.
func (s *stack) namespaces(provider pulumi.ProviderResource) (map[string]pulumi.Resource, error) {
	namespaces := map[string]pulumi.Resource{}
	for _, name := range slices.Sorted(maps.Keys(s.plan.Namespaces)) {
		if !s.plan.Namespaces[name] {
			continue
		}
		namespace, err := kube.NewNamespace(s.ctx, name, &kube.NamespaceArgs{
			Name:        name,
			Annotations: s.owner,
			Timeout:     s.plan.Timeout,
		}, pulumi.Provider(provider))
		if err != nil {
			return nil, err
		}
		namespaces[name] = namespace
	}
	return namespaces, nil
}

// operator installs the operator; identity is nil where its stores say who it is.
func (s *stack) operator(
	provider pulumi.ProviderResource, identity *operator.Identity, before ...pulumi.Resource,
) (pulumi.Resource, error) {
	hooks, err := s.releaseHooks()
	if err != nil {
		return nil, err
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

// resourceName is an object's name in the state: that of the object where it is in the
// stack's namespace or in none.
func (s *stack) resourceName(namespace, name string) string {
	if namespace == "" || namespace == s.plan.File.Namespace {
		return name
	}
	return namespace + "/" + name
}

// located is which object has that type and name in the state.
func (s *stack) located(token tokens.Type, resource string) (kind, namespace, name string) {
	kind = string(token)[strings.LastIndex(string(token), ":")+1:]
	if namespace, name, ok := strings.Cut(resource, "/"); ok {
		return kind, namespace, name
	}
	if kind == secretsync.ClusterStoreKind {
		return kind, "", resource
	}
	return kind, s.plan.File.Namespace, resource
}

// stores registers the stores; before says after what each comes.
func (s *stack) stores(
	provider pulumi.ProviderResource, before func(*plan.Store) []pulumi.Resource,
) (map[*plan.Store]pulumi.Resource, error) {
	retry, err := s.ctx.RegisterResourceHook(retryHook, s.retryStore, nil)
	if err != nil {
		return nil, err
	}
	hooks := s.explainHooks()
	hooks.BeforeUpdate = []*pulumi.ResourceHook{retry}
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

// secrets are synced anew when the credentials of their store change.
func (s *stack) secrets(
	provider pulumi.ProviderResource, stores map[*plan.Store]pulumi.Resource,
	credentials func(*plan.Store) pulumi.StringInput, namespaces map[string]pulumi.Resource,
) error {
	verifier := newVerifier(s)
	hooks, err := verifier.hooks()
	if err != nil {
		return err
	}
	keys := pulumi.StringArrayMap{}
	for _, secret := range s.plan.Secrets {
		args, name := secret.ExternalSecretArgs, s.resourceName(secret.Namespace, secret.Name)
		args.Annotations, args.Credentials, args.Hooks = s.owner, credentials(secret.From), hooks
		external, err := secretsync.NewExternalSecret(s.ctx, name, &args,
			pulumi.Provider(provider), after(stores[secret.From], namespaces[secret.Namespace]))
		if err != nil {
			return err
		}
		keys[name] = verifier.keys(secret, external.Resource)
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

// provider is the cluster that was looked at, and no other.
func (s *stack) provider(client *cluster.Client) (*kubernetes.Provider, error) {
	args := &kubernetes.ProviderArgs{
		// Empty is not unset: the SDK would take a KUBECONFIG of several files
		// for one path. The provider itself reads it right.
		Kubeconfig:            pulumi.ToSecret(pulumi.String(s.kubeconfig)).(pulumi.StringOutput),
		Context:               pulumi.String(client.Context()),
		EnableServerSideApply: pulumi.Bool(true),
		// Other credentials are an update of the Secret, not another Secret.
		EnableSecretMutable: pulumi.Bool(true),
	}
	if s.endpoint != "" {
		// It is the same cluster whatever else a kubeconfig says, such as a proxy or a new
		// authority: by itself the provider would replace all that is there.
		args.ClusterIdentifier = pulumi.String(s.endpoint)
	}
	return kubernetes.NewProvider(s.ctx, "kubernetes", args)
}

// explained has the objects of a component explained when they fail.
func (s *stack) explained() pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			if _, ok := args.Resource.(pulumi.CustomResource); !ok {
				return nil
			}
			hooks := s.explainHooks()
			if strings.HasSuffix(args.Type, ":PodIdentityAssociation") {
				hooks.AfterCreate = []*pulumi.ResourceHook{s.settle}
			}
			return &pulumi.ResourceTransformationResult{
				Props: args.Props, Opts: append(args.Opts, pulumi.ResourceHooks(hooks)),
			}
		},
	})
}

// after is DependsOn without the resources that are not the program's. They are
// objects and not components: what depends on a component depends on those of its
// children that the SDK has already registered, which may be none.
func after(resources ...pulumi.Resource) pulumi.ResourceOption {
	return pulumi.DependsOn(slices.DeleteFunc(resources, func(r pulumi.Resource) bool { return r == nil }))
}
