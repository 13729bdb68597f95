package chart

import (
	"cmp"
	"fmt"
	"slices"

	"eso-aws/internal/problem"
)

// pattern says in words what a regular expression asks for.
type pattern struct{ noun, form string }

// patterns are those of the CRDs.
func patterns() map[string]pattern {
	return map[string]pattern{
		`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`: {
			"a valid Kubernetes name", `lowercase letters, digits, "-" and "."`,
		},
		`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`: {"a valid namespace name", `lowercase letters, digits and "-"`},
		`^[-._a-zA-Z0-9]+$`:               {"a valid key of a Secret", `letters, digits, "-", "_" and "."`},
		`^(@[a-z]+.*|\S+(\s+\S+){4,})$`:   {"a valid cron schedule", `such as "0 22 * * 1-5" or "@daily"`},
		`^[-+]?(0|([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$`: {
			"a valid duration", "such as 8h or 1h30m",
		},
	}
}

// describe is what a schema asks for, as a noun phrase.
func describe(schema any) string {
	s, _ := schema.(map[string]any)
	if allowed := choices(schema); len(allowed) > 0 {
		return problem.Join(allowed, "or")
	}
	if expression, ok := s["pattern"].(string); ok {
		known, ok := patterns()[expression]
		if !ok { // the tests know them all
			return "a string that matches " + expression
		}
		form := known.form
		if most, ok := s["maxLength"]; ok {
			form += fmt.Sprintf(", at most %v characters", most)
		}
		return known.noun + " (" + form + ")"
	}
	switch s["type"] {
	case "object":
		return describeMap(s)
	case "array":
		return "a list, each entry " + describe(s["items"])
	default:
		names, ok := s["type"].([]any)
		if !ok {
			names = []any{s["type"]}
		}
		return typeNames(texts(names))
	}
}

func describeMap(schema map[string]any) string {
	if entries, ok := schema["additionalProperties"].(map[string]any); ok {
		return "a map of <name>: " + describe(entries)
	}
	if required, ok := schema["required"].([]any); ok {
		return "a map with " + problem.Join(texts(required), "and")
	}
	return "a map with " + problem.Join(fields(schema), "or")
}

// fields are those of which a schema says more than the name.
func fields(schema any) []string {
	var names []string
	for name, field := range properties(schema) {
		if field != true {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// choices are the words that a schema allows; nil where it allows any.
func choices(schema any) []string {
	s, _ := schema.(map[string]any)
	allowed, _ := s["enum"].([]any)
	return texts(allowed)
}

func texts(values []any) []string {
	made := make([]string, 0, len(values))
	for _, value := range values {
		made = append(made, fmt.Sprint(value))
	}
	return made
}

// typeNames are the names of JSON types as people use them.
func typeNames(names []string) string {
	nouns := map[string]string{"integer": "whole number", "array": "list", "object": "map"}
	made := make([]string, 0, len(names))
	for _, name := range names {
		made = append(made, "a "+cmp.Or(nouns[name], name))
	}
	return problem.Join(made, "or")
}
