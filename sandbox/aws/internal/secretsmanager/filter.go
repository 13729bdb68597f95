package secretsmanager

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"eso-aws/sandbox/aws/internal/api"
)

// filter selects secrets that match any of its values. A list of filters selects
// those that match all filters.
type filter struct {
	Key    *string
	Values []string
}

var validFilterValue = regexp.MustCompile(`^!?[a-zA-Z0-9 :_@/+=.!-]{0,512}$`)

func checkFilters(filters []filter) error {
	var c checks
	c.Size("filters", "'"+fmt.Sprint(len(filters))+" filters'", len(filters), 0, 10)
	for i, f := range filters {
		path := fmt.Sprintf("filters.%d.member.", i+1)
		c.OneOf(path+"key", f.Key,
			"description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all")
		c.Size(path+"values", fmt.Sprintf("'%v'", f.Values), len(f.Values), 0, 10)
		for n, v := range f.Values {
			if !validFilterValue.MatchString(v) {
				c.Fail(fmt.Sprintf("%svalues.%d.member", path, n+1), "'"+v+"'",
					"satisfy regular expression pattern: ^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$")
			}
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	for _, f := range filters {
		if f.Key == nil {
			return api.Errorf(codeParameter, "Invalid filter key")
		}
		if len(f.Values) == 0 {
			return api.Errorf(codeParameter, "Invalid filter values for key: %s", *f.Key)
		}
	}
	return nil
}

func (s *secret) matches(filters []filter) bool {
	return !slices.ContainsFunc(filters, func(f filter) bool { return !s.matchesFilter(f) })
}

func (s *secret) matchesFilter(f filter) bool {
	return slices.ContainsFunc(f.Values, func(v string) bool {
		wanted, negated := strings.CutPrefix(v, "!")
		return s.matchesValue(*f.Key, wanted) != negated
	})
}

func (s *secret) matchesValue(key, wanted string) bool {
	hasPrefix := func(text string) bool { return strings.HasPrefix(text, wanted) }
	switch key {
	case "name":
		return hasPrefix(s.name)
	case "tag-key":
		return slices.ContainsFunc(s.tagKeys(), hasPrefix)
	case "tag-value":
		return slices.ContainsFunc(s.tagValues(), hasPrefix)
	case "description":
		return strings.HasPrefix(strings.ToLower(s.description), strings.ToLower(wanted)) ||
			hasWords(words(wanted), words(s.description))
	case "all":
		return hasWords(words(wanted), words(slices.Concat(
			[]string{s.name, s.description}, s.tagKeys(), s.tagValues())...))
	default:
		// No secret here is replicated or owned by an AWS service.
		return false
	}
}

// hasWords reports whether each wanted word is the prefix of a word in the text.
func hasWords(wanted, text []string) bool {
	if len(wanted) == 0 {
		return false
	}
	return !slices.ContainsFunc(wanted, func(w string) bool {
		return !slices.ContainsFunc(text, func(t string) bool { return strings.HasPrefix(t, w) })
	})
}

// words splits texts into lower-case words as AWS's search does: at punctuation,
// between letters and digits, and before capitals, so that DatabaseURLs becomes
// database, ur, ls.
func words(texts ...string) []string {
	var found []string
	for _, text := range texts {
		runes := []rune(text)
		start := 0
		for i := 0; i <= len(runes); i++ {
			if i < len(runes) && i > start && !boundary(runes, i) {
				continue
			}
			if i > start && isWord(runes[start]) {
				found = append(found, strings.ToLower(string(runes[start:i])))
			}
			start = i
		}
	}
	return found
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// boundary reports whether a new word begins at i.
func boundary(runes []rune, i int) bool {
	before, here := runes[i-1], runes[i]
	switch {
	case unicode.IsLetter(before) != unicode.IsLetter(here), unicode.IsDigit(before) != unicode.IsDigit(here):
		return true
	case unicode.IsUpper(here):
		next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		return unicode.IsLower(before) || next
	default:
		return false
	}
}
