package stack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// loader reads values and collects what is wrong with them.
type loader struct {
	project   string
	values    map[string]string
	encrypted []string
	problems  []problem
}

// problem is what is wrong with the value of a key, given in full.
type problem struct{ key, text string }

// full is a key of this program as Pulumi writes it.
func (l *loader) full(key string) string { return l.project + ":" + key }

// reject says what is wrong with a value, and what to write instead.
func (l *loader) reject(full, value, rule, write string) {
	shown := fmt.Sprintf("%q", value)
	if slices.Contains(l.encrypted, full) {
		shown = "[secret]"
	}
	l.say(full, fmt.Sprintf("%s: %s; write %s", shown, rule, write))
}

// say adds a problem that has no value to show.
func (l *loader) say(full, text string) {
	l.problems = append(l.problems, problem{full, full + ": " + text})
}

func (l *loader) failed(key string) bool {
	return slices.ContainsFunc(l.problems, func(p problem) bool { return p.key == l.full(key) })
}

// err joins the problems in the order of their keys.
func (l *loader) err() error {
	slices.SortStableFunc(l.problems, func(a, b problem) int { return cmp.Compare(a.key, b.key) })
	errs := make([]error, len(l.problems))
	for i, p := range l.problems {
		errs[i] = errors.New(p.text)
	}
	return errors.Join(errs...)
}

// unknownKeys rejects the keys of this project that there are not.
func (l *loader) unknownKeys() {
	known := slices.Sorted(maps.Keys(defaults()))
	for full := range l.values {
		key, ours := strings.CutPrefix(full, l.project+":")
		if ours && !slices.Contains(known, key) {
			l.say(full, "there is no such setting; there is "+strings.Join(known, ", "))
		}
	}
}

// text is a value, or the default.
func (l *loader) text(key string) string {
	full := l.full(key)
	value := l.values[full]
	switch {
	case value == "":
		return defaults()[key]
	case slices.Contains(l.encrypted, full):
		// It would be plain in the state, and in AWS.
		if !l.failed(key) {
			l.say(full, "[secret]: is encrypted, but is no secret in AWS; write it without --secret")
		}
		return defaults()[key]
	default:
		return value
	}
}

// list is a value that is a list of texts.
func (l *loader) list(key, write string) []string {
	value := l.text(key)
	var list []string
	if err := json.Unmarshal([]byte(value), &list); err != nil {
		l.reject(l.full(key), value, "is no list of texts", write)
		return nil
	}
	return list
}
