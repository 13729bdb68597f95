package chart

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"eso-aws/internal/problem"
)

// finding is a problem with an object.
type finding struct {
	problem.Problem
	// unchecked is set where the schema knows only the name of the field.
	unchecked bool
	// typo is set where a word is unknown and resembles one that is known.
	typo bool
}

// named reports whether a name is unknown, which another release may know.
func (f *finding) named() bool {
	return f.Kind == problem.Unknown || f.Kind == problem.NotSupported && !f.unchecked
}

// rank puts that a string is empty, or its length, before what else is wrong with it.
func (f *finding) rank() int {
	switch f.Kind { //nolint:exhaustive // the others come last
	case problem.Required:
		return 0
	case problem.Limit:
		return 1
	default:
		return 2
	}
}

// resembles proposes the known word that a word resembles, if there is one.
func (f *finding) resembles(word string, known []string) {
	if best := problem.Nearest(word, known, distance); best != "" {
		f.typo, f.Fix = true, fmt.Sprintf("did you mean %s?", best)
	}
}

// distance counts a word as near to what begins with it, as accessKeyID.
func distance(word, candidate string) int {
	if len(word) > 3 && strings.HasPrefix(strings.ToLower(candidate), strings.ToLower(word)) {
		return 1
	}
	return problem.Distance(word, candidate)
}

// place is a value in an object, with its schema.
type place struct {
	path   problem.Path
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
	below.path = p.path.Member(name)
	return below
}

// findings are what is wrong at the place, by the rules that these CRDs have.
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
			below := p.member(name)
			found = append(found, below.finding(problem.Required, "is required", "set it to "+describe(below.schema)))
		}
		return found
	case *kind.Enum:
		return []finding{p.unknownChoice(broken.Want)}
	case *kind.Type:
		return []finding{p.wrongType(broken.Want)}
	case *kind.MinProperties:
		return []finding{p.finding(problem.Required, "must not be empty",
			"set "+problem.Join(fields(p.schema), "or"))}
	case *kind.MaxProperties:
		has, _ := p.value.(map[string]any)
		return []finding{p.finding(problem.Conflict,
			problem.Join(slices.Sorted(maps.Keys(has)), "and")+" cannot be combined", "set only one of them")}
	case *kind.MinLength:
		return []finding{p.tooShort(broken)}
	case *kind.MaxLength:
		rule := fmt.Sprintf("must have at most %d characters", broken.Want)
		return []finding{p.finding(problem.Limit, rule, "shorten it")}
	case *kind.MinItems: // 1, wherever there is one
		return []finding{p.finding(problem.Required, "must not be empty", "write "+describe(p.schema))}
	case *kind.Pattern:
		return []finding{p.finding(problem.Invalid, "must be "+describe(p.schema), "")}
	default:
		schema, _ := p.schema.(map[string]any)
		keyword := broken.KeywordPath()[0]
		rule := fmt.Sprintf("must satisfy %s: %v", keyword, schema[keyword])
		return []finding{p.finding(problem.Invalid, rule, "")}
	}
}

// finding is one about the value, which is shown if it is a scalar.
func (p place) finding(kind problem.Kind, rule, fix string) finding {
	found := finding{Problem: problem.Problem{Path: p.path, Kind: kind, Rule: rule, Fix: fix}}
	switch p.value.(type) {
	case string, bool, json.Number:
		found.Value = p.value
	}
	return found
}

func (p place) tooShort(broken *kind.MinLength) finding {
	if broken.Got == 0 {
		return p.finding(problem.Required, "must not be empty", "set it to "+describe(p.schema))
	}
	return p.finding(problem.Limit, fmt.Sprintf("must have at least %d characters", broken.Want), "")
}

func (p place) unknownField(name string) finding {
	found := finding{Problem: problem.Problem{
		Path: p.path.Member(name), Kind: problem.Unknown, Rule: "unknown field",
		Fix: "available: " + strings.Join(fields(p.schema), ", "),
	}}
	found.resembles(name, slices.Sorted(maps.Keys(properties(p.schema))))
	return found
}

func (p place) unknownChoice(allowed []any) finding {
	choices := texts(allowed)
	found := p.finding(problem.NotSupported, "must be "+problem.Join(choices, "or"), "")
	text, _ := p.value.(string)
	if found.resembles(text, choices); len(choices) == 1 {
		found.Fix = ""
	}
	return found
}

func (p place) wrongType(want []string) finding {
	rule, fix := "must be "+typeNames(want), "write "+describe(p.schema)
	if got := problem.TypeOf(p.value); got != "a number" || !slices.Contains(want, "integer") {
		rule += ", not " + got
	}
	found := p.finding(problem.Type, rule, fix)
	switch {
	case found.Value != nil && slices.Contains(want, "string") && len(choices(p.schema)) == 0:
		found.Fix = "write it in quotes"
	case slices.Contains(want, "boolean"):
		found.Fix = "write true or false"
	case fix == "write "+typeNames(want):
		found.Fix = ""
	}
	return found
}
