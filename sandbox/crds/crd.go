package crds

import (
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"
)

// CRD is a CustomResourceDefinition.
type CRD struct {
	object   map[string]any
	group    string
	kind     string
	plural   string
	cluster  bool // its objects have no namespace
	versions []version
}

// version is one that is served, but for v1alpha1, which the program never writes.
type version struct {
	name   string
	schema map[string]any
}

// ParseCRD reads a CRD as YAML. The optional version, if it is not "", is served, whatever the CRD
// says.
func ParseCRD(document []byte, optional string) (CRD, error) {
	var decoded map[string]any
	if err := yaml.Unmarshal(document, &decoded); err != nil {
		return CRD{}, fmt.Errorf("decoding a CRD: %w", err)
	}
	// Once more, from JSON: numbers are then of the type that other JSON has.
	data, err := json.Marshal(decoded)
	if err != nil {
		return CRD{}, fmt.Errorf("encoding a CRD: %w", err)
	}
	var crd CRD
	var known struct {
		Spec struct {
			Group, Scope string
			Names        struct{ Kind, Plural string }
			Versions     []struct {
				Name   string
				Served bool
				Schema struct{ OpenAPIV3Schema map[string]any }
			}
		}
	}
	for _, target := range []any{&crd.object, &known} {
		if err := json.Unmarshal(data, target); err != nil {
			return CRD{}, fmt.Errorf("decoding a CRD: %w", err)
		}
	}
	spec := known.Spec
	crd.group, crd.kind, crd.plural = spec.Group, spec.Names.Kind, spec.Names.Plural
	crd.cluster = spec.Scope == "Cluster"
	for i, v := range spec.Versions {
		if v.Name == optional {
			crd.object["spec"].(map[string]any)["versions"].([]any)[i].(map[string]any)["served"] = true
			v.Served = true
		}
		if v.Served && v.Name != "v1alpha1" {
			crd.versions = append(crd.versions, version{v.Name, v.Schema.OpenAPIV3Schema})
		}
	}
	return crd, nil
}
