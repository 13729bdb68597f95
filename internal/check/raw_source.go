package check

import (
	"slices"
	"strings"

	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// rawSources warns of sources in the raw spec that the operator's role may not read: no
// policy is derived from them.
func (e *entry) rawSources() {
	at := e.At.Member("spec")
	data, _ := e.Declared.Spec["data"].([]any)
	for i, entry := range data {
		e.rawSource(at.Member("data").Entry(i), entry, "remoteRef")
	}
	from, _ := e.Declared.Spec["dataFrom"].([]any)
	for i, entry := range from {
		e.rawSource(at.Member("dataFrom").Entry(i), entry, "extract")
	}
}

// rawSource looks at one entry. Generators read no secret, and other stores have roles of
// their own.
func (e *entry) rawSource(at problem.Path, entry any, reference string) {
	object, _ := entry.(map[string]any)
	if source, ok := object["sourceRef"].(map[string]any); ok {
		generator, store := source["generatorRef"], source["storeRef"]
		if generator != nil || store != nil {
			return
		}
	}
	remote, _ := object[reference].(map[string]any)
	find, searches := object["find"].(map[string]any)
	key, _ := remote["key"].(string)
	path, _ := find["path"].(string)
	switch {
	case key != "" && e.mayRead(key):
	case searches && e.maySearch(path):
	default:
		e.warn(at, nil, problem.Access, "is not covered by the operator's role",
			"use data, extract or find, or set permissions.prefixes")
	}
}

// mayRead reports whether a policy covers a name: because the same secret is declared, or a
// prefix is granted.
func (e *entry) mayRead(key string) bool {
	if e.Source.Service == plan.SecretsManager && e.granted(key) {
		return true
	}
	return slices.ContainsFunc(e.Entries, func(other *plan.Entry) bool {
		source := other.Source
		if source.Service != e.Source.Service || source.Region != e.Source.Region || !source.OwnRole() {
			return false
		}
		for _, remote := range other.Declared.Data {
			if remote.Key == key {
				return true
			}
		}
		return slices.ContainsFunc(other.Declared.Extract, func(x stackfile.Extract) bool { return x.Key == key })
	})
}

func (e *entry) maySearch(path string) bool {
	permissions := e.File.Permissions
	return e.Source.Service == plan.SecretsManager && path != "" && e.granted(path) && permissions.ListSecrets &&
		permissions.BatchGetSecretValue
}

// granted reports whether a prefix in permissions covers a name in the stack's region.
func (e *entry) granted(name string) bool {
	return e.Source.Region == e.Region && slices.ContainsFunc(e.File.Permissions.Prefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}
