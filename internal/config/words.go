package config

import (
	"fmt"
	"strings"

	"eso-aws/internal/words"
)

// maxListed is how many names a message lists.
const maxListed = 40

// instead says what was meant, or else what there is.
func instead(word string, known []string) string {
	if meant, ok := guess(word, known); ok {
		return meant
	}
	if len(known) > maxListed {
		return "take it away"
	}
	return "there is " + strings.Join(known, ", ")
}

// guess says what was meant, if anything is like it.
func guess(word string, known []string) (string, bool) {
	best := words.Nearest(word, known, words.Distance)
	if best == "" {
		best = alike(word, known)
	}
	return fmt.Sprintf("did you mean %s?", best), best != ""
}

// alike is the longest word that begins as another does, or is most of it; "" for none.
func alike(word string, known []string) string {
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
