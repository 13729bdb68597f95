package chart

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

	"eso-aws/internal/problem"
)

// CheckObject finds what an API server with the chart's CRDs refuses of an object, and the
// fields that it drops, in the order of their paths. The object is what becomes JSON: it may
// lack its apiVersion and kind, which are given. It is not changed.
func (r *Release) CheckObject(apiVersion, kind string, object map[string]any) []problem.Problem {
	if r.unread() {
		return nil
	}
	crds := r.crds()
	group, version, _ := strings.Cut(apiVersion, "/")
	if group != Group || !crds.kinds.has(kind) {
		return []problem.Problem{{
			Path: problem.Path{"kind"}, Value: kind, Kind: problem.NotSupported, Warning: true,
			Rule: fmt.Sprintf("was not checked: the CRD for %s is not known", apiVersion),
		}}
	}
	schema, ok := crds.kinds[version][kind]
	if !ok {
		_, served := crds.next[version][kind]
		near := r.nearest(crdsFile)
		return []problem.Problem{{
			Path: problem.Path{"apiVersion"}, Value: apiVersion, Kind: problem.Version, Warning: served || near.beyond,
			Rule: "not served by chart " + near.version.String(),
			Fix:  "set " + Group + "/" + problem.Join(slices.Sorted(maps.Keys(crds.kinds)), "or"),
		}}
	}
	value, err := plain(object)
	if err != nil {
		return []problem.Problem{{
			Kind: problem.Type, Rule: fmt.Sprintf("must be valid in JSON: %v", err),
			Fix: "use strings, numbers, booleans, lists and maps",
		}}
	}
	findings := schema.check(value)
	problems := make([]problem.Problem, 0, len(findings))
	next := crds.next[version][kind]
	var still []finding
	if next != nil {
		still = next.check(value)
	}
	for _, found := range findings {
		same := func(other finding) bool { return other.Path.Equal(found.Path) }
		problems = append(problems, r.explain(found, kind, next != nil && !slices.ContainsFunc(still, same)))
	}
	return problems
}

// explain is the problem for people: a warning where the chart's own release may allow the value,
// whether another chart has the field or the value, and, in a warning, what is known.
func (r *Release) explain(found finding, kind string, nextAllows bool) problem.Problem {
	maybeNewer := r.nearest(crdsFile).beyond && found.named() && !found.typo
	found.Warning = found.Warning || nextAllows || maybeNewer
	knows := func(other *Release) bool {
		older := other.version.LT(r.version) && found.Kind == problem.NotSupported // which may have had no choices
		return !older && other.knows(kind, found.Problem)
	}
	if found.named() && !nextAllows && !knows(r) {
		if p, ok := r.unsupported(crdsFile, knows); ok {
			p.Path, p.Value, p.Warning = found.Path, found.Value, found.Warning
			return p
		}
	}
	if found.Warning && !found.unchecked {
		found.Rule += r.asOf(crdsFile)
	}
	return found.Problem
}

// knows reports whether a version of the CRD has the field of a problem, and allows its value as
// a choice.
func (r *Release) knows(kind string, p problem.Problem) bool {
	for _, kinds := range r.crds().kinds {
		if schema := kinds[kind]; schema != nil {
			field := schema.place(nil, p.Path).schema
			if field != nil && (p.Value == nil || allows(field, p.Value)) {
				return true
			}
		}
	}
	return false
}

// allows reports whether a schema has no choices, or the value is one of them.
func allows(schema, value any) bool {
	allowed := choices(schema)
	return len(allowed) == 0 || slices.Contains(allowed, fmt.Sprint(value))
}

// plain is a copy of an object as JSON has it.
func plain(object map[string]any) (any, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}

func (s *schema) check(value any) []finding {
	dropNulls(value, s.raw)
	found := s.unchecked(value)
	if invalid, ok := errors.AsType[*jsonschema.ValidationError](s.compile().Validate(value)); ok {
		found = append(found, s.findings(invalid, value)...)
	}
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(slices.Compare(a.Path, b.Path), cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Rule, b.Rule))
	})
	// One per path is enough: an empty string breaks its other rules, too.
	return slices.CompactFunc(found, func(a, b finding) bool { return a.Path.Equal(b.Path) })
}

// dropNulls drops the fields that are null, as an API server does before it looks for what is
// required. A null in an unknown field stays: that the field is unknown is more important.
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
	if others, ok := s["additionalProperties"].(map[string]any); ok {
		return others, true
	}
	return nil, false
}

func properties(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	fields, _ := s["properties"].(map[string]any)
	return fields
}

// unchecked finds a provider with fields that are not known.
func (s *schema) unchecked(value any) []finding {
	at := s.place(value, []string{"spec", "provider"})
	providers, _ := at.value.(map[string]any)
	var found []finding
	for name := range providers {
		if field, _ := member(at.schema, name); field == true {
			found = append(found, finding{unchecked: true, Problem: problem.Problem{
				Path: at.path.Member(name), Kind: problem.NotSupported, Warning: true,
				Rule: "was not checked: only the fields of aws are known",
			}})
		}
	}
	return found
}

// findings are the leaves of a validation error.
func (s *schema) findings(invalid *jsonschema.ValidationError, object any) []finding {
	switch invalid.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
		var found []finding
		for _, cause := range invalid.Causes {
			found = append(found, s.findings(cause, object)...)
		}
		return found
	}
	return s.place(object, invalid.InstanceLocation).findings(invalid.ErrorKind)
}

// place is the one in an object to which a path leads.
func (s *schema) place(object any, path []string) place {
	at := place{schema: s.raw, value: object}
	for _, name := range path {
		at = at.member(name)
	}
	return at
}
