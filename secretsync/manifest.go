package secretsync

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"eso-aws/internal/kube"
	"eso-aws/internal/stackfile"
)

// readyCondition is the condition of a store that is ready.
const readyCondition = "condition=Ready"

// secretConditions returns the conditions of an ExternalSecret that is ready.
func secretConditions(target, credentials string) string {
	conditions := fmt.Sprintf(`"%s","jsonpath={.status.binding.name}=%s"`, readyCondition, target)
	if credentials != "" {
		// The provider tells a changed object from the old one by its generation, which an
		// annotation does not change. So wait for the annotation itself.
		conditions += fmt.Sprintf(`,"jsonpath={.metadata.annotations['%s']}=%s"`, credentialsAnnotation, credentials)
	}
	return "[" + conditions + "]"
}

// StoreSpec returns the spec of a store. It has no endpoint, which the operator reads from
// its environment.
func StoreSpec(args *StoreArgs) map[string]any {
	aws := map[string]any{"service": cmp.Or(args.Service, "SecretsManager"), "region": args.Region}
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

// SecretSpec returns the spec of an ExternalSecret, with sorted keys and without empty
// fields. The interval has the operator's format (1h0m0s, not 1h): the operator rewrites any
// other format and then owns the field, so that the next server-side apply fails with a
// conflict.
func SecretSpec(args *ExternalSecretArgs) map[string]any {
	target := map[string]any{"name": args.target(), "creationPolicy": cmp.Or(args.CreationPolicy, Owner)}
	put(target, "deletionPolicy", args.DeletionPolicy)
	if args.Shaped() {
		target["template"] = template(args)
	}
	spec := map[string]any{
		"refreshInterval": args.RefreshInterval.String(),
		"secretStoreRef":  map[string]any{"kind": args.Store.Kind, "name": args.Store.Name},
		"target":          target,
	}
	put(spec, "refreshPolicy", args.RefreshPolicy)
	var data, dataFrom []any
	for _, key := range slices.Sorted(maps.Keys(args.Source.Data)) {
		data = append(data, map[string]any{"secretKey": key, "remoteRef": remoteRef(args.Source.Data[key])})
	}
	for _, extract := range args.Source.Extract {
		dataFrom = append(dataFrom, withRewrite(map[string]any{"extract": remoteRef(extract.Remote)}, extract.Rewrite))
	}
	for _, search := range args.Source.Find {
		dataFrom = append(dataFrom, withRewrite(map[string]any{"find": find(search)}, search.Rewrite))
	}
	put(spec, "data", data)
	put(spec, "dataFrom", dataFrom)
	return kube.Merge(spec, args.Spec)
}

func remoteRef(remote stackfile.Remote) map[string]any {
	ref := map[string]any{"key": remote.Key}
	put(ref, "property", remote.Property)
	put(ref, "version", remote.Version)
	put(ref, "decodingStrategy", remote.Decode)
	return ref
}

// find returns a search. The operator searches by name or by tags, so a search by path
// alone matches every name.
func find(find stackfile.Find) map[string]any {
	ref := map[string]any{}
	put(ref, "path", find.Path)
	put(ref, "decodingStrategy", find.Decode)
	if len(find.Tags) > 0 {
		ref["tags"] = find.Tags
	} else {
		ref["name"] = map[string]any{"regexp": cmp.Or(find.Name, ".*")}
	}
	return ref
}

// withRewrite adds the rewrites to an entry of dataFrom.
func withRewrite(from map[string]any, rewrites []stackfile.Rewrite) map[string]any {
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
			put(ref, "priority", rewrite.Merge.Priority)
			list = append(list, map[string]any{"merge": ref})
		default:
			list = append(list, map[string]any{"transform": map[string]any{"template": rewrite.Transform}})
		}
	}
	put(from, "rewrite", list)
	return from
}

// template returns the template of the Secret. It includes the labels and annotations of
// the ExternalSecret, which the operator copies only to a Secret without a template.
func template(args *ExternalSecretArgs) map[string]any {
	own := args.Template
	if own == nil {
		own = &stackfile.Template{}
	}
	template, metadata := map[string]any{}, map[string]any{}
	put(template, "type", own.Type)
	put(template, "mergePolicy", own.MergePolicy)
	put(template, "data", values(own.Data))
	put(metadata, "labels", values(args.Labels, own.Labels))
	put(metadata, "annotations", values(args.SecretAnnotations, own.Annotations))
	put(template, "metadata", metadata)
	return template
}

// put sets a field unless the value is empty.
func put[V string | []string | []any | map[string]string | map[string]any](
	object map[string]any, name string, value V,
) {
	if len(value) > 0 {
		object[name] = value
	}
}

// values returns maps as one that [kube.Merge] can merge, each on top of the one before.
func values(texts ...map[string]string) map[string]any {
	all := map[string]any{}
	for _, some := range texts {
		for key, text := range some {
			all[key] = text
		}
	}
	return all
}
