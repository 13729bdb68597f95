// Package words says things in messages and pages: which word was meant, what somebody wrote,
// lists, and code.
package words

import (
	"encoding/json"
	"strings"

	"github.com/texttheater/golang-levenshtein/levenshtein"
)

// Nearest is the known word that a word is like, the first of several; "" for none. A
// [Distance] says how like two words are.
func Nearest(word string, known []string, distance func(word, candidate string) int) string {
	best, least := "", max(2, len(word)/3)+1
	for _, candidate := range known {
		if d := distance(word, candidate); d < least && d < len(word) {
			best, least = candidate, d
		}
	}
	return best
}

// Distance is how many letters are to add, take away or change, whatever their case.
func Distance(word, candidate string) int {
	return levenshtein.DistanceForStrings([]rune(strings.ToLower(word)), []rune(strings.ToLower(candidate)),
		levenshtein.DefaultOptionsWithSub)
}

// List joins words: "a, b or c".
func List(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + " " + last + " " + words[end]
}

// TypeOf says what the author of a file wrote: of a value that was decoded from JSON.
func TypeOf(value any) string {
	switch value.(type) {
	case nil:
		return "nothing"
	case string:
		return "text"
	case bool:
		return "true or false"
	case json.Number, float64:
		return "a number"
	case []any:
		return "a list"
	default:
		return "a map"
	}
}

// Code is texts as Markdown quotes code, without the empty ones.
func Code(texts ...string) string {
	var quoted []string
	for _, text := range texts {
		if text != "" {
			quoted = append(quoted, "`"+text+"`")
		}
	}
	return strings.Join(quoted, ", ")
}
