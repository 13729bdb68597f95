package problem

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/texttheater/golang-levenshtein/levenshtein"
)

// maxListed is how many names a message lists.
const maxListed = 40

// Suggest is what to write in the place of a word that is not known: the known word that
// it resembles, or else all that are known.
func Suggest(word string, known []string) string {
	if fix := DidYouMean(word, known); fix != "" {
		return fix
	}
	if len(known) == 0 || len(known) > maxListed {
		return "remove it"
	}
	return "available: " + strings.Join(known, ", ")
}

// DidYouMean asks whether the known word was meant that a word resembles; "" where it
// resembles none.
func DidYouMean(word string, known []string) string {
	best := Nearest(word, known, Distance)
	if best == "" {
		best = overlapping(word, known)
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s?", best)
}

// Nearest is the known word that a word resembles, the first of several; "" for none. The
// distance says how unlike two words are, as [Distance] does.
func Nearest(word string, known []string, distance func(word, candidate string) int) string {
	best, least := "", max(2, len(word)/3)+1
	for _, candidate := range known {
		if d := distance(word, candidate); d < least && d < len(word) {
			best, least = candidate, d
		}
	}
	return best
}

// Typo is the nearest known word, if at most two letters are wrong; "" for none. It is for
// names that may exist although they are not known.
func Typo(word string, known []string) string {
	const most = 2
	best := Nearest(word, known, Distance)
	if best == "" || Distance(word, best) > most {
		return ""
	}
	return best
}

// Distance is how many letters must be added, removed or changed, whatever their case.
func Distance(word, candidate string) int {
	return levenshtein.DistanceForStrings([]rune(strings.ToLower(word)), []rune(strings.ToLower(candidate)),
		levenshtein.DefaultOptionsWithSub)
}

// overlapping is the longest word that begins as another does, or is most of it; "" for
// none.
func overlapping(word string, known []string) string {
	const enough = 4
	best := ""
	word = strings.ToLower(word)
	for _, candidate := range known {
		lower := strings.ToLower(candidate)
		same := 0
		for same < min(len(word), len(lower)) && word[same] == lower[same] {
			same++
		}
		begins := same >= enough && 3*same >= 2*min(len(word), len(lower))
		part := len(lower) >= enough && 2*len(lower) >= len(word) && strings.Contains(word, lower)
		if (begins || part) && len(candidate) > len(best) {
			best = candidate
		}
	}
	return best
}

// Join joins words: "a, b or c".
func Join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + " " + last + " " + words[end]
}

// TypeOf names the YAML type of a value that was decoded from JSON, with its article.
func TypeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number, float64, int:
		return "a number"
	case []any:
		return "a list"
	default:
		return "a map"
	}
}
