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

func secretReady(target, credentials string) string {
	ready := fmt.Sprintf(`"condition=Ready","jsonpath={.status.binding.name}=%s"`, target)
	if credentials != "" {
		// The provider tells an object from what it was before by its generation,
		// which annotations do not change, and would keep what it was in the state.
		ready += fmt.Sprintf(`,"jsonpath={.metadata.annotations['%s']}=%s"`, credentialsAnnotation, credentials)
	}
	return "[" + ready + "]"
}

// StoreSpec is the spec of a store for AWS Secrets Manager; a role of "" is none to
// go on to. There is no endpoint in it: the operator knows none per store.
func StoreSpec(region, role string, auth Auth) map[string]any {
	aws := map[string]any{"service": "SecretsManager", "region": region}
	if role != "" {
		aws["role"] = role
	}
	switch {
	case auth.Credentials != nil:
		ref := func(key string) map[string]any {
			return map[string]any{"name": auth.Credentials.SecretName, "key": key}
		}
		aws["auth"] = map[string]any{"secretRef": map[string]any{
			"accessKeyIDSecretRef":     ref(auth.Credentials.AccessKeyIDKey),
			"secretAccessKeySecretRef": ref(auth.Credentials.SecretAccessKeyKey),
		}}
	case auth.ServiceAccount != nil:
		aws["auth"] = map[string]any{"jwt": map[string]any{"serviceAccountRef": map[string]any{
			"name": auth.ServiceAccount.Name, "namespace": auth.ServiceAccount.Namespace,
		}}}
	}
	return map[string]any{"provider": map[string]any{"aws": aws}}
}

// Source is where the values of a Secret come from.
type Source struct {
	// Data are the names or ARNs of secrets in AWS by the Secret's key.
	Data map[string]string
	// Extract is the name or ARN of a JSON secret whose keys are all taken; ""
	// for none.
	Extract string
	// Template are the Secret's values by key, made of those above; nil where
	// those are the Secret's.
	Template map[string]string
}

// SecretSpec is the spec of an ExternalSecret that fills the Secret of name
// target, its keys in order. The interval is written the way the operator writes
// it (1h0m0s, not 1h): it would else rewrite the field and own it, and the next
// server-side apply would be a conflict.
func SecretSpec(store StoreRef, target string, refresh time.Duration, source Source) map[string]any {
	into := map[string]any{"name": target, "creationPolicy": "Owner"}
	spec := map[string]any{
		"refreshInterval": refresh.String(),
		"secretStoreRef":  map[string]any{"kind": store.Kind, "name": store.Name},
		"target":          into,
	}
	var data []any
	for _, key := range slices.Sorted(maps.Keys(source.Data)) {
		data = append(data, map[string]any{
			"secretKey": key,
			"remoteRef": map[string]any{"key": source.Data[key]},
		})
	}
	if data != nil {
		spec["data"] = data
	}
	if source.Extract != "" {
		spec["dataFrom"] = []any{map[string]any{"extract": map[string]any{"key": source.Extract}}}
	}
	if source.Template != nil {
		into["template"] = map[string]any{"data": source.Template}
	}
	return spec
}
