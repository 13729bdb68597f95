package schema

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// generator collects the types that have a definition of their own.
type generator struct {
	definitions map[string]*jsonschema.Schema
}

// setting is one of the program's keys. Pulumi hands its values over as text: it may be
// empty, a number, and JSON for a map.
func (g *generator) setting(f field) *jsonschema.Schema {
	var s *jsonschema.Schema
	switch f.kind.Kind() { //nolint:exhaustive // the others are texts
	case reflect.Map, reflect.Struct:
		s = g.object(f)
		s.Type, s.Types, s.Pattern = "", []string{"object", "string"}, `^\s*(\{|$)`
		if f.required {
			s.Pattern = `^\s*\{`
		}
	case reflect.Bool:
		s = anyOf(&jsonschema.Schema{Type: "boolean"}, &jsonschema.Schema{Type: "string", Pattern: "^(true|false)$"})
	default:
		s = g.topText(f)
	}
	if f.encrypts && f.kind.Kind() == reflect.String {
		s = anyOf(s, reference("encrypted"))
	}
	return described(s, f)
}

func (g *generator) topText(f field) *jsonschema.Schema {
	s := text(f)
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

// value is a member's value, without what it is.
func (g *generator) value(f field) *jsonschema.Schema {
	switch f.kind.Kind() { //nolint:exhaustive // the others are in no type of the language
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Slice:
		return g.list(f)
	case reflect.Map:
		return g.object(f)
	case reflect.Struct:
		return g.defined(f)
	default:
		return text(f)
	}
}

func (g *generator) list(f field) *jsonschema.Schema {
	entry := field{kind: f.kind.Elem(), pattern: f.pattern}
	s := &jsonschema.Schema{Type: "array", Items: g.value(entry)}
	if f.some {
		s.MinItems = new(1)
	}
	if f.one {
		return anyOf(g.value(entry), s)
	}
	return s
}

// defined refers to the definition of a type, with its short form.
func (g *generator) defined(f field) *jsonschema.Schema {
	name := strings.ToLower(f.kind.Name()[:1]) + f.kind.Name()[1:]
	if g.definitions[name] == nil {
		g.definitions[name] = &jsonschema.Schema{} // for those within
		s := g.object(field{kind: f.kind, some: f.some})
		if member, ok := short(f.kind); ok {
			member.text = ""
			s = anyOf(described(text(member), member), s)
		}
		g.definitions[name] = s
	}
	return reference(name)
}

// object is a map, or the members of a type.
func (g *generator) object(f field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object"}
	if f.some {
		s.MinProperties = new(1)
	}
	if f.kind.Kind() == reflect.Map {
		if f.keys != "" {
			s.PropertyNames = text(field{pattern: f.keys})
		}
		if kind := element(f.kind); kind != nil {
			s.AdditionalProperties = g.value(field{kind: kind, pattern: f.pattern})
		}
		return s
	}
	s.AdditionalProperties, s.Properties = never(), map[string]*jsonschema.Schema{}
	for _, member := range fieldsOf(f.kind) {
		s.Properties[member.name] = described(g.value(member), member)
		s.PropertyOrder = append(s.PropertyOrder, member.name)
		if member.required {
			s.Required = append(s.Required, member.name)
		}
	}
	return s
}

// text is one of an enumeration, or of a form.
func text(f field) *jsonschema.Schema {
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

// described says what a value is. What stands beside a reference is not looked at.
func described(s *jsonschema.Schema, f field) *jsonschema.Schema {
	if s.Ref != "" {
		s = &jsonschema.Schema{AllOf: []*jsonschema.Schema{s}}
	}
	s.Description = f.text
	if f.fallback != "" {
		var value any = f.fallback
		if f.kind.Kind() == reflect.Bool {
			value = f.fallback == "true"
		}
		s.Default, _ = json.Marshal(value) // a text or a boolean
	}
	return s
}

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}

func reference(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/definitions/" + name}
}

// never is a schema for what may not be there.
func never() *jsonschema.Schema { return &jsonschema.Schema{Not: &jsonschema.Schema{}} }
