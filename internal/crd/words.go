package crd

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/texttheater/golang-levenshtein/levenshtein"
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
	if words := choices(schema); len(words) > 0 {
		return enumerate(words, "or")
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
		return "a map with " + enumerate(texts(required), "and")
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
	words, _ := s["enum"].([]any)
	return texts(words)
}

func texts(values []any) []string {
	made := make([]string, 0, len(values))
	for _, value := range values {
		made = append(made, fmt.Sprint(value))
	}
	return made
}

// enumerate joins words: "a, b or c".
func enumerate(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + " " + last + " " + words[end]
}

func oneOf(words []string) string {
	if len(words) < 2 {
		return enumerate(words, "or")
	}
	return "one of " + enumerate(words, "or")
}

// meant proposes the known word that a word is like, if there is one.
func (f *finding) meant(word string, known []string) {
	word = strings.ToLower(word)
	best, least := "", max(2, len(word)/3)+1
	for _, candidate := range known {
		lower := strings.ToLower(candidate)
		distance := levenshtein.DistanceForStrings([]rune(word), []rune(lower), levenshtein.DefaultOptionsWithSub)
		if len(word) > 3 && strings.HasPrefix(lower, word) { // the beginning of it, as accessKeyID is
			distance = 1
		}
		if distance < least && distance < len(word) {
			best, least = candidate, distance
		}
	}
	if best != "" {
		f.typo, f.Write = true, best
	}
}

// typeNames are JSON types as people call them.
func typeNames(names []string) string {
	made := make([]string, 0, len(names))
	for _, name := range names {
		made = append(made, typeName(name))
	}
	return enumerate(made, "or")
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

// typeOf says what somebody wrote.
func typeOf(value any) string {
	switch value.(type) {
	case string:
		return typeName("string")
	case bool:
		return typeName("boolean")
	case json.Number:
		return typeName("number")
	case []any:
		return typeName("array")
	case map[string]any:
		return typeName("object")
	default:
		return typeName("null")
	}
}
