package crd

import (
	"fmt"
	"slices"
	"strings"

	"eso-aws/internal/words"
)

// pattern says in words what a regular expression asks for.
type pattern struct {
	rule, write string
}

// patterns are those of the schemas that are held.
func patterns() map[string]pattern {
	return map[string]pattern{
		`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`: {
			"is no Kubernetes name", "lower-case letters, digits, - and .",
		},
		`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`: {"is no name of a namespace", "lower-case letters, digits and -"},
		`^[-._a-zA-Z0-9]+$`:               {"is no key of a Secret", "letters, digits, -, _ and ."},
	}
}

// describe says what a schema asks for.
func describe(schema any) string {
	s, _ := schema.(map[string]any)
	if allowed := choices(schema); len(allowed) > 0 {
		return words.List(allowed, "or")
	}
	if text, ok := s["pattern"].(string); ok {
		write := "text that matches " + text
		if known, ok := patterns()[text]; ok {
			write = known.write
		}
		if most, ok := s["maxLength"]; ok {
			write += fmt.Sprintf(", %v at most", most)
		}
		return write
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
		return "a map with " + words.List(texts(required), "and")
	}
	return "a map with " + oneOf(fields(schema))
}

// fields are those that a schema says more of than their name.
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

// choices are the words that a schema allows; nil where it allows others, too.
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

func oneOf(names []string) string {
	if len(names) < 2 {
		return words.List(names, "or")
	}
	return "one of " + words.List(names, "or")
}

// meant proposes the known word that a word is like, if there is one.
func (f *finding) meant(word string, known []string) {
	if best := words.Nearest(word, known, distance); best != "" {
		f.typo, f.Write = true, best
	}
}

// distance has the beginning of a word near it, as accessKeyID is.
func distance(word, candidate string) int {
	if len(word) > 3 && strings.HasPrefix(strings.ToLower(candidate), strings.ToLower(word)) {
		return 1
	}
	return words.Distance(word, candidate)
}

// typeNames are JSON types as people call them.
func typeNames(names []string) string {
	made := make([]string, 0, len(names))
	for _, name := range names {
		made = append(made, typeName(name))
	}
	return words.List(made, "or")
}

func typeName(name string) string {
	switch name {
	case "string":
		return "text"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "boolean":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "a map"
	default:
		return "nothing"
	}
}
