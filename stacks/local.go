package stacks

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
	"eso-aws/internal/kube"
	"eso-aws/operator"
	"eso-aws/secretsync"
)

const (
	operatorName       = "external-secrets"
	operatorNamespace  = "external-secrets"
	storeName          = "localstack-secretsmanager"
	credentialsName    = "localstack-credentials"
	accessKeyIDKey     = "access-key"
	secretAccessKeyKey = "secret-key"
)

// local is a cluster on this machine and an AWS emulator: the operator signs in
// with an access key that is in the cluster.
func local(ctx *pulumi.Context, config *Config) error {
	stack := &stack{ctx: ctx, config: config, owner: owner(ctx)}
	client, err := stack.preflight()
	if err != nil {
		return err
	}
	if err := stack.registerCause(); err != nil {
		return err
	}
	provider, err := stack.provider(client)
	if err != nil {
		return err
	}
	namespaces, err := stack.namespaces(provider)
	if err != nil {
		return err
	}
	credentials, err := stack.credentials(provider, namespaces)
	if err != nil {
		return err
	}
	release, err := stack.operator(provider, namespaces)
	if err != nil {
		return err
	}
	store, err := stack.store(provider, credentials, release)
	if err != nil {
		return err
	}
	return stack.secrets(provider, store, credentials)
}

// stack is what the steps have in common.
type stack struct {
	ctx    *pulumi.Context
	config *Config
	owner  map[string]string // the annotation that says whose objects they are
	cause  *pulumi.ErrorHook // tells why an object is not well
}

// namespaces are those to create, by name.
func (s *stack) namespaces(provider pulumi.ProviderResource) (map[string]pulumi.Resource, error) {
	namespaces := map[string]pulumi.Resource{}
	for _, name := range slices.Sorted(maps.Keys(s.config.Namespaces)) {
		if !s.config.Namespaces[name] {
			continue
		}
		namespace, err := kube.NewNamespace(s.ctx, name, &kube.NamespaceArgs{
			Name:        name,
			Annotations: s.owner,
			Timeout:     s.config.Timeout,
		}, pulumi.Provider(provider))
		if err != nil {
			return nil, err
		}
		namespaces[name] = namespace
	}
	return namespaces, nil
}

func (s *stack) credentials(
	provider pulumi.ProviderResource, namespaces map[string]pulumi.Resource,
) (*kube.Secret, error) {
	return kube.NewSecret(s.ctx, credentialsName, &kube.SecretArgs{
		Name:        credentialsName,
		Namespace:   s.config.Namespace,
		Annotations: s.owner,
		Data: map[string]string{
			accessKeyIDKey:     s.config.AccessKeyID,
			secretAccessKeyKey: s.config.SecretAccessKey,
		},
		Timeout: s.config.Timeout,
	}, pulumi.Provider(provider), after(namespaces[s.config.Namespace]))
}

func (s *stack) operator(
	provider pulumi.ProviderResource, namespaces map[string]pulumi.Resource,
) (pulumi.Resource, error) {
	hooks, err := s.releaseHooks()
	if err != nil {
		return nil, err
	}
	release, err := operator.NewRelease(s.ctx, operatorName, &operator.ReleaseArgs{
		Name:         operatorName,
		Namespace:    operatorNamespace,
		Chart:        s.config.Chart.Reference,
		Repository:   s.config.Chart.Repository,
		Version:      s.config.Chart.Version,
		KeepCRDs:     s.config.KeepCRDs,
		Endpoint:     s.config.Endpoint,
		ChartValues:  s.config.ChartValues,
		SecretValues: s.config.SecretValues,
		Timeout:      s.config.Timeout,
		Hooks:        hooks,
	}, pulumi.Provider(provider), after(namespaces[operatorNamespace]))
	if err != nil {
		return nil, err
	}
	return release.Resource, nil
}

func (s *stack) store(
	provider pulumi.ProviderResource, credentials, release pulumi.Resource,
) (*secretsync.Store, error) {
	return secretsync.NewStore(s.ctx, storeName, &secretsync.StoreArgs{
		APIVersion:  s.config.APIVersion,
		Name:        storeName,
		Namespace:   s.config.Namespace,
		Annotations: s.owner,
		Region:      s.config.Region,
		Credentials: secretsync.Credentials{
			SecretName:         credentialsName,
			AccessKeyIDKey:     accessKeyIDKey,
			SecretAccessKeyKey: secretAccessKeyKey,
		},
		Timeout: s.config.Timeout,
		Hooks:   s.explainHooks(),
	}, pulumi.Provider(provider), after(credentials, release))
}

func (s *stack) secrets(
	provider pulumi.ProviderResource, store *secretsync.Store, credentials *kube.Secret,
) error {
	verifier := newVerifier(s)
	hooks, err := verifier.hooks()
	if err != nil {
		return err
	}
	keys := pulumi.StringArrayMap{}
	for _, secret := range s.config.Secrets {
		external, err := secretsync.NewExternalSecret(s.ctx, secret.Name, &secretsync.ExternalSecretArgs{
			APIVersion:      s.config.APIVersion,
			Name:            secret.Name,
			Namespace:       s.config.Namespace,
			Annotations:     s.owner,
			Store:           store.Name,
			RefreshInterval: secret.RefreshInterval,
			Data:            secret.Data,
			Credentials:     credentials.Version(),
			Timeout:         s.config.Timeout,
			Hooks:           hooks,
		}, pulumi.Provider(provider), after(store.Resource))
		if err != nil {
			return err
		}
		keys[secret.Name] = verifier.keys(secret, external.Resource)
	}
	s.ctx.Export("namespace", pulumi.String(s.config.Namespace))
	s.ctx.Export("storeKind", pulumi.String(store.Kind))
	s.ctx.Export("storeName", pulumi.String(store.Name))
	s.ctx.Export("secrets", keys)
	return nil
}

// provider is the cluster that was looked at, and no other.
func (s *stack) provider(client *cluster.Client) (*kubernetes.Provider, error) {
	return kubernetes.NewProvider(s.ctx, "kubernetes", &kubernetes.ProviderArgs{
		// Empty is not unset: the SDK would take a KUBECONFIG of several files
		// for one path. The provider itself reads it right.
		Kubeconfig:            pulumi.ToSecret(pulumi.String(s.config.Kubeconfig)).(pulumi.StringOutput),
		Context:               pulumi.String(client.Context()),
		EnableServerSideApply: pulumi.Bool(true),
		// Other credentials are an update of the Secret, not another Secret.
		EnableSecretMutable: pulumi.Bool(true),
	})
}

// after is DependsOn without the resources that are not the program's. They are
// objects and not components: what depends on a component depends on those of its
// children that the SDK has already registered, which may be none.
func after(resources ...pulumi.Resource) pulumi.ResourceOption {
	return pulumi.DependsOn(slices.DeleteFunc(resources, func(r pulumi.Resource) bool { return r == nil }))
}
