package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

const (
	local = "local"
	eks   = "eks"

	awsRegion = "aws:region"
)

// File is the JSON Schema of a stack file, Pulumi.<stack>.yaml.
func File() *jsonschema.Schema {
	g := &generator{definitions: map[string]*jsonschema.Schema{
		"encrypted": {
			Description: "An encrypted value, as `pulumi config set --secret` writes it.", Type: "object",
			Properties:           map[string]*jsonschema.Schema{"secure": {Type: "string"}},
			Required:             []string{"secure"},
			AdditionalProperties: never(),
		},
	}}
	text := func(description string) *jsonschema.Schema {
		return &jsonschema.Schema{Description: description, Type: "string"}
	}
	return &jsonschema.Schema{
		Schema:  "http://json-schema.org/draft-07/schema#",
		Comment: "Pulumi.<stack>.yaml. Made from the code: go test ./internal/schema -update",
		Type:    "object",
		Properties: map[string]*jsonschema.Schema{
			"config":          g.config(),
			"environment":     {Description: "Pulumi ESC: environments whose configuration is under this one."},
			"secretsprovider": text("What encrypts the values that are secret. Pulumi writes it."),
			"encryptedkey":    text("The key that encrypts them, itself encrypted. Pulumi writes it."),
			"encryptionsalt":  text("The salt of the passphrase that encrypts them. Pulumi writes it."),
		},
		PropertyOrder:        []string{"config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"},
		AdditionalProperties: never(),
		// What is missing here may come from there.
		If: &jsonschema.Schema{Required: []string{"environment"}},
		Else: &jsonschema.Schema{
			Required:   []string{"config"},
			Properties: map[string]*jsonschema.Schema{"config": required()},
		},
		Definitions: g.definitions,
	}
}

// JSON is the schema as a file.
func JSON() ([]byte, error) {
	content, err := json.MarshalIndent(File(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	readable := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(content))
	return []byte(readable + "\n"), nil
}

// config are the settings: the program's, AWS's, and whatever others have.
func (g *generator) config() *jsonschema.Schema {
	s := &jsonschema.Schema{
		Description:          "The settings: those of eso-aws:, and those of Pulumi's providers, such as aws:region.",
		Type:                 "object",
		Properties:           map[string]*jsonschema.Schema{},
		PatternProperties:    map[string]*jsonschema.Schema{others(project): {}},
		AdditionalProperties: never(),
	}
	for _, f := range awsSettings() {
		s.Properties[f.name] = described(text(f), f)
		s.PropertyOrder = append(s.PropertyOrder, f.name)
	}
	fields := settings()
	for _, f := range fields {
		s.Properties[project+f.name] = g.setting(f)
		s.PropertyOrder = append(s.PropertyOrder, project+f.name)
	}
	here, there := without(fields, local), without(fields, eks)
	there.PatternProperties["^"+awsRegion+"$"] = text(field{pattern: "region"}) // which local does not read
	s.AllOf = []*jsonschema.Schema{{If: is(local), Then: here}, {If: is(eks), Then: there}}
	return s
}

// awsSettings are those of Pulumi's AWS provider that the program reads too.
func awsSettings() []field {
	kind := reflect.TypeFor[string]()
	return []field{
		{
			name: awsRegion, kind: kind, only: eks,
			text: "The AWS region of the EKS cluster, such as us-east-1. Required with target eks.",
		},
		{name: "aws:profile", kind: kind, only: eks, text: "The profile of the AWS CLI that leads to the cluster."},
	}
}

// required are the settings that must be there.
func required() *jsonschema.Schema {
	s := &jsonschema.Schema{AllOf: []*jsonschema.Schema{
		{If: is(local), Then: having(project + "region")},
		{If: is(eks), Then: having(project+"cluster", awsRegion)},
	}}
	for _, f := range settings() {
		if f.required {
			s.Required = append(s.Required, project+f.name)
		}
	}
	return s
}

// having refuses an object without values for these.
func having(keys ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{Required: keys, Properties: map[string]*jsonschema.Schema{}, PropertyOrder: keys}
	for _, key := range keys {
		s.Properties[key] = &jsonschema.Schema{MinLength: new(1)}
	}
	return s
}

func is(target string) *jsonschema.Schema {
	var value any = target
	return &jsonschema.Schema{
		Properties: map[string]*jsonschema.Schema{project + "target": {Const: &value}},
		Required:   []string{project + "target"},
	}
}

// without refuses what another target has, unless it is what Pulumi takes for nothing. It names
// keys by patterns: editors would offer properties.
func without(fields []field, target string) *jsonschema.Schema {
	s := &jsonschema.Schema{PatternProperties: map[string]*jsonschema.Schema{}}
	for _, f := range fields {
		within := membersWithout(f.kind, target)
		if f.only != "" && f.only != target {
			within = refused(f, &jsonschema.Schema{Enum: []any{"", "false", "{}", false, map[string]any{}}})
		}
		if within != nil {
			s.PatternProperties["^"+project+f.name+"$"] = within
		}
	}
	return s
}

// membersWithout refuses members that another target has; nil where there are none.
func membersWithout(kind reflect.Type, target string) *jsonschema.Schema {
	if kind.Kind() == reflect.Map && element(kind) != nil {
		if within := membersWithout(kind.Elem(), target); within != nil {
			return &jsonschema.Schema{AdditionalProperties: within}
		}
	}
	if kind.Kind() != reflect.Struct {
		return nil
	}
	refusals := map[string]*jsonschema.Schema{}
	for _, f := range fieldsOf(kind) {
		if f.only != "" && f.only != target {
			refusals["^"+f.name+"$"] = refused(f, &jsonschema.Schema{Type: "null"}) // a text is never one
		}
	}
	if len(refusals) == 0 {
		return nil
	}
	return &jsonschema.Schema{PatternProperties: refusals}
}

// refused has the words that editors show.
func refused(f field, s *jsonschema.Schema) *jsonschema.Schema {
	s.Extra = map[string]any{"errorMessage": f.name + " is for target " + f.only}
	return s
}

// others matches keys whose namespace is not the prefix. Not every dialect can look ahead.
func others(prefix string) string {
	pattern := "[^:][^:]*:"
	for i := len(prefix) - 2; i >= 0; i-- {
		c := prefix[i : i+1]
		pattern = "([^" + regexp.QuoteMeta(c) + ":][^:]*:|:|" + c + pattern + ")"
	}
	return "^" + pattern
}
