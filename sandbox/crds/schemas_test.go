package crds_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/crds"
)

// crdOf is a CRD of the kind SecretStore with a schema for spec, as YAML flow.
func crdOf(t *testing.T, spec string) crds.CRD {
	t.Helper()
	crd, err := crds.ParseCRD([]byte(`
spec:
  group: example
  names: {kind: SecretStore, plural: secretstores}
  versions:
    - {name: v1alpha1, served: true}
    - {name: v2, served: false}
    - name: v1
      served: true
      schema: {openAPIV3Schema: {type: object, properties: {status: {type: object}, metadata: {type: object}, spec: `+
		spec+`}}}
`), "")
	if err != nil {
		t.Fatal(err)
	}
	return crd
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ schema, want string }{
		"FieldsThatAreNotNamed":   {`{type: object, properties: {a: {type: string}}}`, `{"additionalProperties":false,"properties":{"a":{"type":"string"}},"type":"object"}`},
		"NoFields":                {`{type: object}`, `{"additionalProperties":false,"type":"object"}`},
		"AnyField":                {`{type: object, x-kubernetes-preserve-unknown-fields: true}`, `{"type":"object"}`},
		"Map":                     {`{type: object, additionalProperties: {type: object}}`, `{"additionalProperties":{"additionalProperties":false,"type":"object"},"type":"object"}`},
		"List":                    {`{type: array, x-kubernetes-list-type: atomic, minItems: 1, items: {type: object}}`, `{"items":{"additionalProperties":false,"type":"object"},"minItems":1,"type":"array"}`},
		"IntOrString":             {`{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}`, `{"anyOf":[{"type":"integer"},{"type":"string"}],"type":["integer","string"]}`},
		"OneOfWithoutFieldsOfIts": {`{type: object, oneOf: [{required: [a]}, {required: [b]}], properties: {a: {type: string}, b: {type: string}}}`, `{"additionalProperties":false,"oneOf":[{"required":["a"]},{"required":["b"]}],"properties":{"a":{"type":"string"},"b":{"type":"string"}},"type":"object"}`},
		"NotForPeople":            {`{type: integer, format: int32, description: about it, default: 1, minimum: 1, maximum: 5}`, `{"maximum":5,"minimum":1,"type":"integer"}`},
		"AFieldCalledDescription": {`{type: object, properties: {description: {type: string}}}`, `{"additionalProperties":false,"properties":{"description":{"type":"string"}},"type":"object"}`},
		"RequiredOrDefault":       {`{type: object, required: [a, b], properties: {a: {type: string, default: x}, b: {type: string}}}`, `{"additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"],"type":"object"}`},
		"AllHaveDefaults":         {`{type: object, required: [a], properties: {a: {type: string, default: x}}}`, `{"additionalProperties":false,"properties":{"a":{"type":"string"}},"type":"object"}`},
		"Providers":               {`{type: object, properties: {provider: {type: object, maxProperties: 1, properties: {aws: {type: string}, fake: {format: odd}}}}}`, `{"additionalProperties":false,"properties":{"provider":{"additionalProperties":false,"maxProperties":1,"properties":{"aws":{"type":"string"},"fake":true},"type":"object"}},"type":"object"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := crds.Schemas([]crds.CRD{crdOf(t, test.schema)})
			if err != nil {
				t.Fatal(err)
			}
			before, after, _ := strings.Cut(string(got), `"spec":`)
			if diff := cmp.Diff(test.want+`,"status":true},"type":"object"}`+"\n}\n}\n", after); diff != "" {
				t.Errorf("the schema (-want +got):\n%s", diff)
			}
			if want := "{\n\"v1\": {\n\"SecretStore\": {\"additionalProperties\":false,\"properties\":{\"metadata\":{"; !strings.HasPrefix(before, want) {
				t.Errorf("the schemas begin with %s, want %s", before, want)
			}
		})
	}
}

func TestSchemasKnowTheirLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ schema, want string }{
		"CEL":              {`{type: object, x-kubernetes-validations: [{rule: "true"}]}`, "SecretStore.spec: keyword x-kubernetes-validations is unknown to package crds; see Schemas"},
		"Nullable":         {`{type: array, items: {type: string, nullable: true}}`, "SecretStore.spec[]: keyword nullable is unknown to package crds; see Schemas"},
		"Set":              {`{type: array, x-kubernetes-list-type: set, items: {type: string}}`, "SecretStore.spec: x-kubernetes-list-type set is unknown to package crds; see Schemas"},
		"Format":           {`{type: object, properties: {a: {type: string, format: uri}}}`, "SecretStore.spec.a: format uri is unknown to package crds; see Schemas"},
		"DefaultsAreCount": {`{type: object, minProperties: 1, properties: {a: {type: string, default: b}}}`, "SecretStore.spec: minProperties counts the defaults [a], which package crds does not; see Schemas"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := crds.Schemas([]crds.CRD{crdOf(t, test.schema)})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
