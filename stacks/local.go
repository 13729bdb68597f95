package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/config"
	"eso-aws/internal/kube"
	"eso-aws/secretsync"
)

const (
	localStore         = "localstack-secretsmanager"
	accessKeyIDKey     = "access-key"
	secretAccessKeyKey = "secret-key"
)

// local is a cluster on this machine and an AWS emulator: the operator signs in
// with an access key that is in the cluster.
func local(ctx *pulumi.Context, config *config.Config) error {
	stack := newStack(ctx, config)
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
	store, err := stack.store(provider, &secretsync.StoreArgs{
		Name:      localStore,
		Namespace: config.Namespace,
		Auth: secretsync.Auth{Credentials: &secretsync.Credentials{
			SecretName:         credentialsName,
			AccessKeyIDKey:     accessKeyIDKey,
			SecretAccessKeyKey: secretAccessKeyKey,
		}},
	}, credentials, release)
	if err != nil {
		return err
	}
	return stack.secrets(provider, store, credentials.Version(), namespaces)
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
