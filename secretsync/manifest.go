package secretsync

import (
	"fmt"
	"maps"
	"slices"

	"eso-aws/internal/stackfile"
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

const (
	secretsManager = "SecretsManager"
	owner          = "Owner"
)

// StoreSpec is the spec of a store. There is no endpoint in it: the operator knows
// none per store.
func StoreSpec(args *StoreArgs) map[string]any {
	service := args.Service
	if service == "" {
		service = secretsManager
	}
	aws := map[string]any{"service": service, "region": args.Region}
	put(aws, "role", args.Role)
	switch auth := args.Auth; {
	case auth.Credentials != nil:
		ref := func(key string) map[string]any {
			ref := map[string]any{"name": auth.Credentials.SecretName, "key": key}
			if args.Namespace == "" {
				ref["namespace"] = auth.Credentials.Namespace
			}
			return ref
		}
		aws["auth"] = map[string]any{"secretRef": map[string]any{
			"accessKeyIDSecretRef":     ref(auth.Credentials.AccessKeyIDKey),
			"secretAccessKeySecretRef": ref(auth.Credentials.SecretAccessKeyKey),
		}}
	case auth.ServiceAccount != nil:
		ref := map[string]any{"name": auth.ServiceAccount.Name}
		if args.Namespace == "" {
			ref["namespace"] = auth.ServiceAccount.Namespace
		}
		aws["auth"] = map[string]any{"jwt": map[string]any{"serviceAccountRef": ref}}
	}
	spec := map[string]any{"provider": map[string]any{"aws": aws}}
	if len(args.Namespaces) > 0 {
		spec["conditions"] = []any{map[string]any{"namespaces": args.Namespaces}}
	}
	return spec
}

// SecretSpec is the spec of an ExternalSecret, its keys in order and without what is
// left to the operator. The interval is written the way the operator writes it
// (1h0m0s, not 1h): it would else rewrite the field and own it, and the next
// server-side apply would be a conflict.
func SecretSpec(args *ExternalSecretArgs) map[string]any {
	into := map[string]any{"name": args.target(), "creationPolicy": owner}
	put(into, "creationPolicy", args.CreationPolicy)
	put(into, "deletionPolicy", args.DeletionPolicy)
	if target, _ := args.Spec["target"].(map[string]any); args.Template != nil || target["template"] != nil {
		into["template"] = template(args)
	}
	spec := map[string]any{
		"refreshInterval": args.RefreshInterval.String(),
		"secretStoreRef":  map[string]any{"kind": args.Store.Kind, "name": args.Store.Name},
		"target":          into,
	}
	put(spec, "refreshPolicy", args.RefreshPolicy)
	var data, from []any
	for _, key := range slices.Sorted(maps.Keys(args.Source.Data)) {
		data = append(data, map[string]any{"secretKey": key, "remoteRef": remoteRef(args.Source.Data[key])})
	}
	for _, extract := range args.Source.Extract {
		from = append(from, rewritten(map[string]any{"extract": remoteRef(extract.Remote)}, extract.Rewrite))
	}
	for _, found := range args.Source.Find {
		from = append(from, rewritten(map[string]any{"find": find(found)}, found.Rewrite))
	}
	putList(spec, "data", data)
	putList(spec, "dataFrom", from)
	return merge(spec, args.Spec)
}

func remoteRef(remote stackfile.Remote) map[string]any {
	ref := map[string]any{"key": remote.Key}
	put(ref, "property", remote.Property)
	put(ref, "version", remote.Version)
	put(ref, "decodingStrategy", remote.Decode)
	return ref
}

// find has an expression for every name where there is a path alone: the operator knows
// names and tags.
func find(find stackfile.Find) map[string]any {
	ref := map[string]any{}
	put(ref, "path", find.Path)
	put(ref, "decodingStrategy", find.Decode)
	switch {
	case len(find.Tags) > 0:
		ref["tags"] = find.Tags
	case find.Name != "":
		ref["name"] = map[string]any{"regexp": find.Name}
	default:
		ref["name"] = map[string]any{"regexp": ".*"}
	}
	return ref
}

func rewritten(from map[string]any, rewrites []stackfile.Rewrite) map[string]any {
	var list []any
	for _, rewrite := range rewrites {
		switch {
		case rewrite.Regexp != nil:
			list = append(list, map[string]any{"regexp": map[string]any{
				"source": rewrite.Regexp.Source, "target": rewrite.Regexp.Target,
			}})
		case rewrite.Merge != nil:
			ref := map[string]any{}
			put(ref, "strategy", rewrite.Merge.Strategy)
			put(ref, "into", rewrite.Merge.Into)
			put(ref, "priorityPolicy", rewrite.Merge.PriorityPolicy)
			put(ref, "conflictPolicy", rewrite.Merge.ConflictPolicy)
			if len(rewrite.Merge.Priority) > 0 {
				ref["priority"] = rewrite.Merge.Priority
			}
			list = append(list, map[string]any{"merge": ref})
		default:
			list = append(list, map[string]any{"transform": map[string]any{"template": rewrite.Transform}})
		}
	}
	putList(from, "rewrite", list)
	return from
}

// template has the labels and annotations of the ExternalSecret too, which the operator
// copies to a Secret that has no template; one of the raw spec is merged over it.
func template(args *ExternalSecretArgs) map[string]any {
	own := args.Template
	if own == nil {
		own = &stackfile.Template{}
	}
	template, metadata := map[string]any{}, map[string]any{}
	put(template, "type", own.Type)
	put(template, "mergePolicy", own.MergePolicy)
	putTexts(template, "data", own.Data)
	putTexts(metadata, "labels", args.Labels, own.Labels)
	putTexts(metadata, "annotations", args.SecretAnnotations, own.Annotations)
	if len(metadata) > 0 {
		template["metadata"] = metadata
	}
	return template
}

// merge is a spec with fields over it: maps are merged, all else is replaced.
func merge(base, fields map[string]any) map[string]any {
	merged := maps.Clone(base)
	for key, value := range fields {
		under, isMap := merged[key].(map[string]any)
		if upper, ok := value.(map[string]any); ok && isMap {
			value = merge(under, upper)
		}
		merged[key] = value
	}
	return merged
}

// over is one map over another.
func over(under, upper map[string]string) map[string]string {
	all := maps.Clone(under)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, upper)
	return all
}

// put sets a field that has a value.
func put(object map[string]any, name, value string) {
	if value != "" {
		object[name] = value
	}
}

// putTexts sets a field to maps, one over the other, where there is anything in them.
func putTexts(object map[string]any, name string, texts ...map[string]string) {
	all := map[string]any{}
	for _, some := range texts {
		for key, text := range some {
			all[key] = text
		}
	}
	if len(all) > 0 {
		object[name] = all
	}
}

func putList(object map[string]any, name string, list []any) {
	if len(list) > 0 {
		object[name] = list
	}
}
