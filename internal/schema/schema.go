package schema

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// generator collects the definitions of types.
type generator struct {
	definitions map[string]*jsonschema.Schema
}

// setting returns the schema of a setting. Pulumi passes its value as a string, which may
// be empty, a number, or JSON for a map.
func (g *generator) setting(f field) *jsonschema.Schema {
	var s *jsonschema.Schema
	switch f.kind.Kind() { //nolint:exhaustive // the others are strings
	case reflect.Map, reflect.Struct:
		s = g.object(f)
		s.Type, s.Types, s.Pattern = "", []string{"object", "string"}, `^\s*(\{|$)`
		if f.required {
			s.Pattern = `^\s*\{`
		}
	case reflect.Bool:
		s = anyOf(&jsonschema.Schema{Type: "boolean"}, &jsonschema.Schema{Type: "string", Pattern: "^(true|false)$"})
	default:
		s = settingString(f)
	}
	if f.encrypt && f.kind.Kind() == reflect.String {
		s = anyOf(s, reference("encrypted"))
	}
	return described(s, f)
}

// settingString returns the schema of a setting that is a string.
func settingString(f field) *jsonschema.Schema {
	s := stringSchema(f)
	if !f.required && len(f.enum) > 0 {
		return anyOf(s, &jsonschema.Schema{Type: "string", MaxLength: new(0)})
	}
	if pattern, ok := strings.CutPrefix(s.Pattern, "^"); ok && !f.required {
		s.Pattern = "^$|^" + pattern
	}
	if len(f.enum) == 0 && regexp.MustCompile(s.Pattern).MatchString("1") {
		s.Type, s.Types = "", []string{"string", "number"}
	}
	return s
}

// value returns the schema of a field's value, without its description.
func (g *generator) value(f field) *jsonschema.Schema {
	switch f.kind.Kind() { //nolint:exhaustive // no type of a stack file has the others
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

func (g *generator) list(f field) *jsonschema.Schema {
	entry := field{kind: f.kind.Elem(), pattern: f.pattern}
	s := &jsonschema.Schema{Type: "array", Items: g.value(entry)}
	if f.nonEmpty {
		s.MinItems = new(1)
	}
	if f.single {
		return anyOf(g.value(entry), s)
	}
	return s
}

// defined returns a reference to the definition of a type, which allows its shorthand.
func (g *generator) defined(f field) *jsonschema.Schema {
	name := strings.ToLower(f.kind.Name()[:1]) + f.kind.Name()[1:]
	if g.definitions[name] == nil {
		g.definitions[name] = &jsonschema.Schema{} // for types that refer to it
		s := g.object(field{kind: f.kind, nonEmpty: f.nonEmpty})
		if short, ok := shorthandOf(f.kind); ok {
			s = anyOf(stringSchema(short), s)
		}
		g.definitions[name] = s
	}
	return reference(name)
}

// object returns the schema of a map or a struct.
func (g *generator) object(f field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object"}
	if f.nonEmpty {
		s.MinProperties = new(1)
	}
	if f.kind.Kind() == reflect.Map {
		if f.keys != "" {
			s.PropertyNames = stringSchema(field{pattern: f.keys})
		}
		if kind := elementType(f.kind); kind != nil {
			s.AdditionalProperties = g.value(field{kind: kind, pattern: f.pattern})
		}
		return s
	}
	s.AdditionalProperties, s.Properties = never(), map[string]*jsonschema.Schema{}
	for _, property := range fieldsOf(f.kind) {
		s.Properties[property.name] = described(g.value(property), property)
		s.PropertyOrder = append(s.PropertyOrder, property.name)
		if property.required {
			s.Required = append(s.Required, property.name)
		}
	}
	return s
}

// stringSchema returns the schema of a string.
func stringSchema(f field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, value := range f.enum {
		s.Enum = append(s.Enum, value)
	}
	form := forms()[f.pattern]
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
func described(s *jsonschema.Schema, f field) *jsonschema.Schema {
	if s.Ref != "" {
		s = &jsonschema.Schema{AllOf: []*jsonschema.Schema{s}}
	}
	s.Description = f.description()
	if value := f.defaultValue(); value != nil {
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
