package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/config"
	"eso-aws/internal/kube"
)

const (
	accessKeyIDKey     = "access-key"
	secretAccessKeyKey = "secret-key"
)

// local is a cluster on this machine and an AWS emulator: the operator signs in
// with an access key that is in the cluster.
func local(ctx *pulumi.Context, loaded *config.Config) error {
	stack := newStack(ctx, loaded)
	client, err := stack.preflight()
	if err != nil {
		return err
	}
	provider, namespaces, err := stack.cluster(client)
	if err != nil {
		return err
	}
	credentials, err := stack.credentials(provider, namespaces)
	if err != nil {
		return err
	}
	release, err := stack.operator(provider, nil, namespaces[operatorNamespace])
	if err != nil {
		return err
	}
	stores, err := stack.stores(provider, func(store *config.Store) []pulumi.Resource {
		return []pulumi.Resource{credentials[credentialsNamespace(loaded, store)], release}
	})
	if err != nil {
		return err
	}
	return stack.secrets(provider, stores, func(store *config.Store) pulumi.StringInput {
		return credentials[credentialsNamespace(loaded, store)].Version()
	}, namespaces)
}

// credentials are the Secrets with the access key, by namespace.
func (s *stack) credentials(
	provider pulumi.ProviderResource, namespaces map[string]pulumi.Resource,
) (map[string]*kube.Secret, error) {
	credentials := map[string]*kube.Secret{}
	for i := range s.config.Stores {
		namespace := credentialsNamespace(s.config, &s.config.Stores[i])
		if credentials[namespace] != nil {
			continue
		}
		secret, err := kube.NewSecret(s.ctx, s.resourceName(namespace, credentialsName), &kube.SecretArgs{
			Name:        credentialsName,
			Namespace:   namespace,
			Annotations: s.owner,
			Data: map[string]string{
				accessKeyIDKey:     s.config.AccessKeyID,
				secretAccessKeyKey: s.config.SecretAccessKey,
			},
			Timeout: s.config.Timeout,
		}, pulumi.Provider(provider), after(namespaces[namespace]))
		if err != nil {
			return nil, err
		}
		credentials[namespace] = secret
	}
	return credentials, nil
}
