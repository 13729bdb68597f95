package secretsync

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// credentialsAnnotation changes with the credentials: the operator syncs anew
// what has another annotation.
const credentialsAnnotation = "eso-aws/credentials" //nolint:gosec // an annotation's name, not a credential

// waitFor is the provider's annotation: one condition, or several as JSON.
const waitFor = "pulumi.com/waitFor"

// The conditions that stores and ExternalSecrets are waited for.
const storeReady = "condition=Ready"

func secretReady(target string) string {
	return fmt.Sprintf(`["condition=Ready","jsonpath={.status.binding.name}=%s"]`, target)
}

// StoreSpec is the spec of a SecretStore for AWS Secrets Manager, with an access
// key that is in a Secret of the store's namespace. There is no endpoint in it:
// the operator knows none per store.
func StoreSpec(region string, credentials Credentials) map[string]any {
	ref := func(key string) map[string]any {
		return map[string]any{"name": credentials.SecretName, "key": key}
	}
	return map[string]any{
		"provider": map[string]any{
			"aws": map[string]any{
				"service": "SecretsManager",
				"region":  region,
				"auth": map[string]any{
					"secretRef": map[string]any{
						"accessKeyIDSecretRef":     ref(credentials.AccessKeyIDKey),
						"secretAccessKeySecretRef": ref(credentials.SecretAccessKeyKey),
					},
				},
			},
		},
	}
}

// SecretSpec is the spec of an ExternalSecret that fills the Secret of name
// target, its keys in order. The interval is written the way the operator writes
// it (1h0m0s, not 1h): it would else rewrite the field and own it, and the next
// server-side apply would be a conflict.
func SecretSpec(store, target string, refresh time.Duration, data map[string]string) map[string]any {
	entries := make([]any, 0, len(data))
	for _, key := range slices.Sorted(maps.Keys(data)) {
		entries = append(entries, map[string]any{
			"secretKey": key,
			"remoteRef": map[string]any{"key": data[key]},
		})
	}
	return map[string]any{
		"refreshInterval": refresh.String(),
		"secretStoreRef":  map[string]any{"kind": storeKind, "name": store},
		"target":          map[string]any{"name": target, "creationPolicy": "Owner"},
		"data":            entries,
	}
}
