package crds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schemas returns what the program knows of CRDs: JSON Schemas by version and kind, which refuse what an
// API server refuses of an object, and unknown fields. They have no descriptions, and of providers only
// the fields of AWS's.
//
// An API server knows more keywords than these CRDs use. One that is unknown here is an error: no rule may
// get lost.
func Schemas(crds []CRD) ([]byte, error) {
	schemas := map[string]map[string]any{}
	for _, crd := range crds {
		for _, version := range crd.versions {
			schema, err := closed(version.schema, crd.kind)
			if err != nil {
				return nil, err
			}
			properties(schema)["metadata"] = objectMeta()
			if schemas[version.name] == nil {
				schemas[version.name] = map[string]any{}
			}
			schemas[version.name][crd.kind] = schema
		}
	}
	return encode(schemas)
}

// isOpen reports whether the program knows only the name of a field: of other providers, and of what the
// operator writes.
func isOpen(path, name string) bool {
	return name == "status" && !strings.Contains(path, ".") ||
		strings.HasSuffix(path, "Store.spec.provider") && name != "aws"
}

// properties are those of a schema; nil where there are none.
func properties(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	found, _ := s["properties"].(map[string]any)
	return found
}

// closed makes a JSON Schema of a structural schema at a path. The difference: a field that is not
// named is an error and not dropped, and what an API server adds by default is never missing.
func closed(schema map[string]any, path string) (map[string]any, error) {
	made := map[string]any{}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		value := schema[keyword]
		var err error
		switch keyword {
		case "type", "enum", "pattern", "required",
			"minLength", "maxLength", "minProperties", "maxProperties", "minItems", "maxItems", "minimum", "maximum",
			"allOf", "anyOf", "oneOf", "not": // which may neither name a field that is not above nor set a default
			made[keyword] = value
		case "properties":
			made[keyword], err = closedFields(value.(map[string]any), path)
		case "items", "additionalProperties":
			made[keyword] = value
			if inner, ok := value.(map[string]any); ok {
				made[keyword], err = closed(inner, path+"[]")
			}
		case "x-kubernetes-int-or-string":
			made["type"] = []any{"integer", "string"}
		case "format": // those of numbers, which are not enforced
			if value != "int32" && value != "int64" {
				err = fmt.Errorf("%s: format %v is unknown to package crds; see Schemas", path, value)
			}
		case "x-kubernetes-list-type", "x-kubernetes-map-type", "x-kubernetes-list-map-keys":
			if value != "atomic" { // the others ask for keys that differ
				err = fmt.Errorf("%s: %s %v is unknown to package crds; see Schemas", path, keyword, value)
			}
		case "description", "default", "x-kubernetes-preserve-unknown-fields":
		default:
			err = fmt.Errorf("%s: keyword %s is unknown to package crds; see Schemas", path, keyword)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := withoutDefaults(made, properties(schema), path); err != nil {
		return nil, err
	}
	if _, ok := made["additionalProperties"]; !ok && made["type"] == "object" &&
		schema["x-kubernetes-preserve-unknown-fields"] != true {
		made["additionalProperties"] = false
	}
	return made, nil
}

func closedFields(fields map[string]any, path string) (map[string]any, error) {
	made := map[string]any{}
	for name, field := range fields {
		if isOpen(path, name) {
			made[name] = true
			continue
		}
		inner, err := closed(field.(map[string]any), path+"."+name)
		if err != nil {
			return nil, err
		}
		made[name] = inner
	}
	return made, nil
}

// withoutDefaults no longer requires the fields that have a default.
func withoutDefaults(schema, fields map[string]any, path string) error {
	var defaulted []string
	for name, field := range fields {
		if _, ok := field.(map[string]any)["default"]; ok {
			defaulted = append(defaulted, name)
		}
	}
	if len(defaulted) == 0 {
		return nil
	}
	slices.Sort(defaulted)
	for _, keyword := range []string{"minProperties", "maxProperties"} {
		if _, ok := schema[keyword]; ok {
			return fmt.Errorf("%s: %s counts the defaults %v, which package crds does not; see Schemas",
				path, keyword, defaulted)
		}
	}
	if required, ok := schema["required"].([]any); ok {
		required = slices.DeleteFunc(slices.Clone(required), func(name any) bool {
			return slices.Contains(defaulted, name.(string))
		})
		if schema["required"] = required; len(required) == 0 {
			delete(schema, "required")
		}
	}
	return nil
}

// objectMeta is the schema of every object's metadata, of which a CRD says nothing: what people write,
// and the names of the rest.
func objectMeta() map[string]any {
	text := map[string]any{"type": "string"}
	texts := map[string]any{"type": "object", "additionalProperties": text}
	fields := map[string]any{
		"name": text, "namespace": text, "generateName": text, "labels": texts, "annotations": texts,
		"finalizers": map[string]any{"type": "array", "items": text},
	}
	for _, name := range []string{
		"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
		"ownerReferences", "resourceVersion", "selfLink", "uid",
	} {
		fields[name] = true
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": fields}
}

// encode writes each schema on a line of its own.
func encode(schemas map[string]map[string]any) ([]byte, error) {
	var b bytes.Buffer
	for i, version := range slices.Sorted(maps.Keys(schemas)) {
		b.WriteString(separator(i, "{\n"))
		fmt.Fprintf(&b, "%q: ", version)
		for i, kind := range slices.Sorted(maps.Keys(schemas[version])) {
			schema, err := json.Marshal(schemas[version][kind])
			if err != nil {
				return nil, fmt.Errorf("encoding the schema of %s: %w", kind, err)
			}
			b.WriteString(separator(i, "{\n"))
			fmt.Fprintf(&b, "%q: %s", kind, schema)
		}
		b.WriteString("\n}")
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ",\n"
}
