package schema

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"eso-aws/internal/stackfile"
)

// generator collects the definitions of types.
type generator struct {
	definitions map[string]*jsonschema.Schema
}

// setting returns the schema of a setting. Pulumi passes its value as a string, which may
// be empty, a number, or JSON for a map.
func (g *generator) setting(f stackfile.Field) *jsonschema.Schema {
	var s *jsonschema.Schema
	switch f.Type.Kind() { //nolint:exhaustive // the others are strings
	case reflect.Map, reflect.Struct:
		s = g.object(f)
		s.Type, s.Types, s.Pattern = "", []string{"object", "string"}, `^\s*(\{|$)`
		if f.Required {
			s.Pattern = `^\s*\{`
		}
	case reflect.Bool:
		s = anyOf(&jsonschema.Schema{Type: "boolean"}, &jsonschema.Schema{Type: "string", Pattern: "^(true|false)$"})
	default:
		s = settingString(f)
	}
	if f.Encrypt && f.Type.Kind() == reflect.String {
		s = anyOf(s, reference("encrypted"))
	}
	return described(s, f)
}

// settingString returns the schema of a setting that is a string.
func settingString(f stackfile.Field) *jsonschema.Schema {
	s := stringSchema(f)
	if !f.Required && len(f.Enum) > 0 {
		return anyOf(s, &jsonschema.Schema{Type: "string", MaxLength: new(0)})
	}
	if pattern, ok := strings.CutPrefix(s.Pattern, "^"); ok && !f.Required {
		s.Pattern = "^$|^" + pattern
	}
	if len(f.Enum) == 0 && regexp.MustCompile(s.Pattern).MatchString("1") {
		s.Type, s.Types = "", []string{"string", "number"}
	}
	return s
}

// value returns the schema of a field's value, without its description.
func (g *generator) value(f stackfile.Field) *jsonschema.Schema {
	switch f.Type.Kind() { //nolint:exhaustive // no type of a stack file has the others
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Slice:
		return g.list(f)
	case reflect.Map:
		return g.object(f)
	case reflect.Struct:
		return g.defined(f)
	default:
		return stringSchema(f)
	}
}

func (g *generator) list(f stackfile.Field) *jsonschema.Schema {
	entry, _ := f.Entry()
	s := &jsonschema.Schema{Type: "array", Items: g.value(entry)}
	if f.NonEmpty {
		s.MinItems = new(1)
	}
	if f.Single {
		return anyOf(g.value(entry), s)
	}
	return s
}

// defined returns a reference to the definition of a type, which allows its shorthand.
func (g *generator) defined(f stackfile.Field) *jsonschema.Schema {
	name := strings.ToLower(f.Type.Name()[:1]) + f.Type.Name()[1:]
	if g.definitions[name] == nil {
		g.definitions[name] = &jsonschema.Schema{} // for types that refer to it
		s := g.object(stackfile.Field{Type: f.Type, NonEmpty: f.NonEmpty})
		if short, ok := stackfile.ShorthandOf(f.Type); ok {
			s = anyOf(stringSchema(short), s)
		}
		g.definitions[name] = s
	}
	return reference(name)
}

// object returns the schema of a map or a struct.
func (g *generator) object(f stackfile.Field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object"}
	if f.NonEmpty {
		s.MinProperties = new(1)
	}
	if f.Type.Kind() == reflect.Map {
		if f.Keys != "" {
			s.PropertyNames = stringSchema(stackfile.Field{Pattern: f.Keys})
		}
		if entry, ok := f.Entry(); ok {
			s.AdditionalProperties = g.value(entry)
		}
		return s
	}
	s.AdditionalProperties, s.Properties = never(), map[string]*jsonschema.Schema{}
	for _, property := range stackfile.Fields(f.Type) {
		s.Properties[property.Name] = described(g.value(property), property)
		s.PropertyOrder = append(s.PropertyOrder, property.Name)
		if property.Required {
			s.Required = append(s.Required, property.Name)
		}
	}
	return s
}

// stringSchema returns the schema of a string.
func stringSchema(f stackfile.Field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, value := range f.Enum {
		s.Enum = append(s.Enum, value)
	}
	form := formOf(f.Pattern)
	s.Pattern = form.pattern
	if form.min > 0 {
		s.MinLength = &form.min
	}
	if form.max > 0 {
		s.MaxLength = &form.max
	}
	return s
}

// described adds the description and the default. Keywords beside a reference are ignored.
func described(s *jsonschema.Schema, f stackfile.Field) *jsonschema.Schema {
	if s.Ref != "" {
		s = &jsonschema.Schema{AllOf: []*jsonschema.Schema{s}}
	}
	s.Description = description(f)
	if value := defaultValue(f); value != nil {
		s.Default, _ = json.Marshal(value) // a string or a boolean
	}
	return s
}

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}

func reference(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/definitions/" + name}
}

// never returns a schema that no value matches.
func never() *jsonschema.Schema { return &jsonschema.Schema{Not: &jsonschema.Schema{}} }
