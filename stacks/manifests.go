package stacks

import (
	"cmp"

	"eso-aws/internal/config"
	"eso-aws/secretsync"
)

// Manifests are the stores and then the ExternalSecrets of a configuration, as they are
// registered, but for what only a running program knows: the annotations of whose they
// are, and of what their stores sign in with.
func Manifests(c *config.Config) []map[string]any {
	manifests := make([]map[string]any, 0, len(c.Stores)+len(c.Secrets))
	for i := range c.Stores {
		manifests = append(manifests, storeArgs(c, &c.Stores[i]).Manifest())
	}
	for i := range c.Secrets {
		manifests = append(manifests, secretArgs(c, &c.Secrets[i]).Manifest())
	}
	return manifests
}

// storeArgs describe a store.
func storeArgs(c *config.Config, store *config.Store) *secretsync.StoreArgs {
	return &secretsync.StoreArgs{
		APIVersion: c.APIVersion,
		Name:       store.Name,
		Namespace:  store.Namespace,
		Namespaces: store.Namespaces,
		Service:    store.Service,
		Region:     store.Region,
		Role:       store.Role,
		Auth:       authOf(c, store),
	}
}

// authOf is how a store signs in. On EKS it is as the operator, by the token of the
// operator's service account where the store is the cluster's, and by the operator's own
// environment where it is of a namespace, from which no other's account can be named.
func authOf(c *config.Config, store *config.Store) secretsync.Auth {
	account := func(namespace, name string) secretsync.Auth {
		return secretsync.Auth{ServiceAccount: &secretsync.ServiceAccount{Namespace: namespace, Name: name}}
	}
	switch {
	case c.Target == config.Local:
		return secretsync.Auth{Credentials: &secretsync.Credentials{
			Namespace:          credentialsNamespace(c, store),
			SecretName:         credentialsName,
			AccessKeyIDKey:     accessKeyIDKey,
			SecretAccessKeyKey: secretAccessKeyKey,
		}}
	case store.ServiceAccount != "":
		return account(store.Namespace, store.ServiceAccount)
	case store.Namespace == "" && c.Cluster.Auth == config.IRSA:
		return account(operatorNamespace, operatorName)
	default:
		return secretsync.Auth{}
	}
}

// credentialsNamespace is that of the Secret that a store signs in with.
func credentialsNamespace(c *config.Config, store *config.Store) string {
	return cmp.Or(store.Namespace, c.Namespace)
}

// secretArgs describe an ExternalSecret.
func secretArgs(c *config.Config, secret *config.Secret) *secretsync.ExternalSecretArgs {
	return &secretsync.ExternalSecretArgs{
		APIVersion:        c.APIVersion,
		Name:              secret.Name,
		Target:            secret.Target,
		Namespace:         secret.Namespace,
		Labels:            secret.Labels,
		SecretAnnotations: secret.Annotations,
		Store:             storeArgs(c, c.StoreOf(secret)).Ref(),
		RefreshInterval:   secret.RefreshInterval,
		RefreshPolicy:     secret.RefreshPolicy,
		CreationPolicy:    secret.CreationPolicy,
		DeletionPolicy:    secret.DeletionPolicy,
		Source:            secretsync.Source{Data: secret.Data, Extract: secret.Extract, Find: secret.Find},
		Template:          secret.Template,
		Spec:              secret.Spec,
	}
}
