package crd

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"eso-aws/internal/words"
)

// The rules that a younger release may have loosened.
const (
	unknownField  = "additionalProperties"
	unknownChoice = "enum"
)

// place is a value in an object, with its schema.
type place struct {
	path   []string
	schema any
	value  any
}

// member is the place of a field, or of an entry by its number.
func (p place) member(name string) place {
	below := place{}
	below.schema, _ = member(p.schema, name)
	switch value := p.value.(type) {
	case map[string]any:
		below.value = value[name]
	case []any:
		if i, err := strconv.Atoi(name); err == nil {
			below.value = value[i]
		}
		name = "[" + name + "]"
	}
	below.path = append(slices.Clone(p.path), name)
	return below
}

// findings are what is wrong at the place, in words for the rules that these
// CRDs have.
func (p place) findings(broken jsonschema.ErrorKind) []finding {
	switch broken := broken.(type) {
	case *kind.AdditionalProperties:
		found := make([]finding, 0, len(broken.Properties))
		for _, name := range broken.Properties {
			found = append(found, p.unknownField(name))
		}
		return found
	case *kind.Required:
		found := make([]finding, 0, len(broken.Missing))
		for _, name := range broken.Missing {
			found = append(found, p.member(name).finding("required", "is missing"))
		}
		return found
	case *kind.Enum:
		found := p.finding(unknownChoice, "is no such choice")
		text, _ := p.value.(string)
		found.meant(text, choices(p.schema))
		return []finding{found}
	case *kind.Type:
		return []finding{p.wrongType(broken.Want)}
	case *kind.MinProperties:
		found := p.finding("minProperties", "has none of its fields")
		found.Write = oneOf(fields(p.schema))
		return []finding{found}
	case *kind.MaxProperties:
		has, _ := p.value.(map[string]any)
		found := p.finding("maxProperties", fmt.Sprintf("has %s, of which there may be %d",
			words.List(slices.Sorted(maps.Keys(has)), "and"), broken.Want))
		found.Write = "one of them"
		return []finding{found}
	case *kind.MinLength:
		rule := fmt.Sprintf("is shorter than %d characters", broken.Want)
		if broken.Got == 0 {
			rule = "is empty"
		}
		return []finding{p.finding("minLength", rule)}
	case *kind.MaxLength:
		return []finding{p.finding("maxLength", fmt.Sprintf("is longer than %d characters", broken.Want))}
	case *kind.Pattern:
		rule := "does not match " + broken.Want
		if known, ok := patterns()[broken.Want]; ok {
			rule = known.rule
		}
		return []finding{p.finding("pattern", rule)}
	default:
		schema, _ := p.schema.(map[string]any)
		keyword := broken.KeywordPath()[0]
		return []finding{p.finding(keyword, fmt.Sprintf("breaks the rule %s: %v", keyword, schema[keyword]))}
	}
}

// finding is one about the value, with what the schema asks for.
func (p place) finding(rule, says string) finding {
	found := finding{rule: rule, Problem: Problem{Path: p.path, Rule: says, Write: describe(p.schema)}}
	switch p.value.(type) {
	case string, bool, json.Number:
		found.Value = p.value
	}
	return found
}

func (p place) unknownField(name string) finding {
	found := finding{rule: unknownField, Problem: Problem{
		Path: append(slices.Clone(p.path), name), Rule: "there is no such field", Write: oneOf(fields(p.schema)),
	}}
	found.meant(name, slices.Sorted(maps.Keys(properties(p.schema))))
	return found
}

func (p place) wrongType(want []string) finding {
	says := "must be " + typeNames(want)
	if got := words.TypeOf(p.value); got != "a number" || !slices.Contains(want, "integer") {
		says += ", not " + got
	}
	found := p.finding("type", says)
	if found.Value != nil && slices.Contains(want, "string") {
		found.Write += ", in quotes"
	}
	return found
}
