package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
	"eso-aws/internal/plan"
)

// local deploys to a cluster with an AWS emulator. The operator signs in with an access key, which is in a Secret.
func local(ctx *pulumi.Context, loaded *plan.Plan) error {
	stack := newStack(ctx, loaded)
	if err := stack.preflight(); err != nil {
		return err
	}
	provider, namespaces, err := stack.cluster()
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
	stores, err := stack.stores(provider, func(store *plan.Store) []pulumi.Resource {
		return []pulumi.Resource{credentials[store.Auth.Credentials.Namespace], release}
	})
	if err != nil {
		return err
	}
	return stack.secrets(provider, stores, func(store *plan.Store) pulumi.StringInput {
		return credentials[store.Auth.Credentials.Namespace].Version()
	}, namespaces)
}

// credentials registers the Secrets with the access key, and returns them by namespace.
func (s *stack) credentials(
	provider pulumi.ProviderResource, namespaces map[string]pulumi.Resource,
) (map[string]*kube.Secret, error) {
	credentials := map[string]*kube.Secret{}
	for _, store := range s.plan.Stores {
		namespace := store.Auth.Credentials.Namespace
		if credentials[namespace] != nil {
			continue
		}
		secret, err := kube.NewSecret(s.ctx, s.resourceName(namespace, credentialsName), &kube.SecretArgs{
			Name:        credentialsName,
			Namespace:   namespace,
			Annotations: s.owner,
			Data: map[string]string{
				plan.AccessKeyIDKey:     s.plan.File.AccessKeyID,
				plan.SecretAccessKeyKey: s.plan.File.SecretAccessKey,
			},
			Timeout: s.plan.Timeout,
		}, pulumi.Provider(provider), after(namespaces[namespace]))
		if err != nil {
			return nil, err
		}
		credentials[namespace] = secret
	}
	return credentials, nil
}
