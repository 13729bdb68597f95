package crd

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"eso-aws/internal/words"
)

// finding is a problem, and which rule of the schema it is about.
type finding struct {
	Problem
	rule string
	// typo tells that it is about a word, which another one that is known is
	// like.
	typo bool
}

// Check returns what is wrong with an object, in the order of its paths. The
// object is what becomes JSON: it may lack its apiVersion and kind, which are
// given. It is not changed.
func (s *Schemas) Check(apiVersion, kind string, object map[string]any) []Problem {
	group, version, _ := strings.Cut(apiVersion, "/")
	if group != Group || !s.kinds.have(kind) {
		return []Problem{{
			Path: []string{"kind"}, Value: kind, Unsure: true,
			Rule: fmt.Sprintf("is, in %s, not held here and was not checked", apiVersion),
		}}
	}
	schema, ok := s.kinds[version][kind]
	if !ok {
		_, served := s.next[version][kind]
		return []Problem{{
			Path: []string{"apiVersion"}, Value: apiVersion, Unsure: served || s.beyond,
			Rule:  fmt.Sprintf("is not served by release %s", s.Held),
			Write: Group + "/" + words.List(slices.Sorted(maps.Keys(s.kinds)), "or"),
		}}
	}
	value, err := plain(object)
	if err != nil {
		return []Problem{{
			Rule: fmt.Sprintf("is no JSON: %v", err), Write: "text, numbers, true, false, lists and maps",
		}}
	}
	findings := schema.check(value)
	s.doubt(findings, s.next[version][kind], value)
	problems := make([]Problem, 0, len(findings))
	for _, found := range findings {
		problems = append(problems, found.Problem)
	}
	return problems
}

// have tells whether any version of the API has a kind.
func (k kinds) have(kind string) bool {
	for _, version := range k {
		if version[kind] != nil {
			return true
		}
	}
	return false
}

// doubt marks what the chart's own release may allow.
func (s *Schemas) doubt(findings []finding, next *schema, value any) {
	var still []finding
	if next != nil {
		still = next.check(value)
	}
	for i, found := range findings {
		switch {
		case s.beyond:
			word := found.rule == unknownField || found.rule == unknownChoice
			findings[i].Unsure = found.Unsure || word && !found.typo
		case next != nil:
			findings[i].Unsure = found.Unsure || !slices.ContainsFunc(still, func(other finding) bool {
				return slices.Equal(other.Path, found.Path)
			})
		}
	}
}

// plain is an object as JSON has it, to itself.
func plain(object map[string]any) (any, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}

func (s *schema) check(value any) []finding {
	dropNulls(value, s.raw)
	found := s.notHeld(value)
	compiled, err := s.compile()
	if err != nil { // the tests compile all
		return []finding{{Problem: Problem{Rule: fmt.Sprintf("could not be checked: %v", err), Unsure: true}}}
	}
	if invalid, ok := errors.AsType[*jsonschema.ValidationError](compiled.Validate(value)); ok {
		found = append(found, s.findings(invalid, value)...)
	}
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(slices.Compare(a.Path, b.Path), cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.rule, b.rule))
	})
	// One of a place is enough: an empty text breaks its other rules, too.
	return slices.CompactFunc(found, func(a, b finding) bool { return slices.Equal(a.Path, b.Path) })
}

// rank puts that a text is empty before what else is wrong with it.
func (f finding) rank() int {
	if f.rule == "minLength" {
		return 0
	}
	return 1
}

// dropNulls drops the fields that are null, as an API server does before it
// looks for what is missing. A null where no field is known stays: that it is
// not known is told first.
func dropNulls(value, schema any) {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			below, known := member(schema, name)
			if field == nil && known {
				delete(value, name)
				continue
			}
			dropNulls(field, below)
		}
	case []any:
		for i, entry := range value {
			below, _ := member(schema, strconv.Itoa(i))
			dropNulls(entry, below)
		}
	}
}

// member is the schema of a field or an entry, by a name that may be a number.
func member(schema any, name string) (any, bool) {
	s, _ := schema.(map[string]any)
	if items, ok := s["items"]; ok {
		return items, true
	}
	if field, ok := properties(schema)[name]; ok {
		return field, true
	}
	others, ok := s["additionalProperties"].(map[string]any)
	return others, ok
}

func properties(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	fields, _ := s["properties"].(map[string]any)
	return fields
}

// notHeld finds a provider whose fields are not held.
func (s *schema) notHeld(value any) []finding {
	path := []string{"spec", "provider"}
	schema, object := any(s.raw), value
	for _, name := range path {
		schema, _ = member(schema, name)
		fields, _ := object.(map[string]any)
		object = fields[name]
	}
	var found []finding
	providers, _ := object.(map[string]any)
	for name := range providers {
		if field, _ := member(schema, name); field == true {
			found = append(found, finding{Problem: Problem{
				Path: append(slices.Clone(path), name), Unsure: true,
				Rule: "is not held here, and its fields were not checked",
			}})
		}
	}
	return found
}

// findings are the leaves of what the library has found.
func (s *schema) findings(invalid *jsonschema.ValidationError, object any) []finding {
	switch invalid.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
		var found []finding
		for _, cause := range invalid.Causes {
			found = append(found, s.findings(cause, object)...)
		}
		return found
	}
	at := place{schema: s.raw, value: object}
	for _, name := range invalid.InstanceLocation {
		at = at.member(name)
	}
	return at.findings(invalid.ErrorKind)
}
