package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"eso-aws/internal/words"
)

// place is where a member is: below which keys, the names that users give among them.
type place struct {
	field
	steps []step
}

// step is a key, or a name that a user gives.
type step struct {
	key   string
	given bool
}

// path is the place as messages name it.
func (p place) path() string {
	var b strings.Builder
	for i, step := range p.steps {
		switch {
		case i == 0:
			b.WriteString(project + step.key)
		case step.given:
			b.WriteString(".<" + step.key + ">")
		default:
			b.WriteString("." + step.key)
		}
	}
	return b.String()
}

func (p place) member(f field) place {
	return place{f, append(slices.Clone(p.steps), step{key: f.name})}
}

// entry is any entry of a map; what a list has is at the place of the list.
func (p place) entry() (place, bool) {
	kind := element(p.kind)
	if kind == nil {
		return place{}, false
	}
	entry := place{field{kind: kind, pattern: p.pattern, only: p.only, text: p.text}, slices.Clone(p.steps)}
	if p.kind.Kind() == reflect.Slice {
		entry.one = true
		return entry, true
	}
	name := "name"
	if kind.Kind() == reflect.String || p.keys == "key" {
		name = "key"
	}
	entry.steps = append(entry.steps, step{key: name, given: true})
	return entry, true
}

// members are the places of a type's members; of a list's entries' where it is one.
func (p place) members() []place {
	for p.kind.Kind() == reflect.Slice {
		p, _ = p.entry()
	}
	if p.kind.Kind() != reflect.Struct {
		return nil
	}
	var members []place
	for _, f := range fieldsOf(p.kind) {
		members = append(members, p.member(f))
	}
	return members
}

// top are the places of the settings.
func top() []place {
	var places []place
	for _, f := range settings() {
		places = append(places, place{}.member(f))
	}
	return places
}

// all are the places of all members, each before those below it.
func all() []place {
	var places []place
	var add func(p place)
	add = func(p place) {
		if !p.steps[len(p.steps)-1].given {
			places = append(places, p)
		}
		for p.kind.Kind() == reflect.Slice {
			p, _ = p.entry()
		}
		if entry, ok := p.entry(); ok {
			add(entry)
		}
		for _, member := range p.members() {
			add(member)
		}
	}
	for _, p := range top() {
		add(p)
	}
	return places
}

// segment is a key, a name in brackets and quotes, or the number of an entry.
var segment = regexp.MustCompile(`\["([^"]*)"\]|\[(\d+|\*)\]|([^.\[\]]+)`)

// find follows a path such as eso-aws:secrets.<name>.find: any name does, and none too.
func find(path string) (place, error) {
	var at place
	candidates := top()
	segments := segment.FindAllStringSubmatch(strings.TrimPrefix(path, project), -1)
	if len(segments) == 0 {
		return place{}, fmt.Errorf("%q: is no key; write one such as secrets.*.data", path)
	}
	for i, match := range segments {
		if match[2] != "" && at.kind != nil && at.kind.Kind() == reflect.Slice {
			continue
		}
		name := match[1] + match[2] + match[3]
		next, ok := named(candidates, name)
		entry, given := at.entryOf()
		switch {
		case ok:
		case given && (i < len(segments)-1 || words.Nearest(name, names(candidates), words.Distance) == ""):
			next = entry
		default:
			return place{}, unknown(at, name, candidates)
		}
		at = next
		candidates = at.members()
		if entry, ok := at.entryOf(); ok {
			candidates = entry.members()
		}
	}
	return at, nil
}

// entryOf is an entry of a map that is not of lists.
func (p place) entryOf() (place, bool) {
	if p.kind == nil || p.kind.Kind() != reflect.Map {
		return place{}, false
	}
	return p.entry()
}

func named(places []place, name string) (place, bool) {
	i := slices.IndexFunc(places, func(p place) bool { return p.name == name })
	if i < 0 {
		return place{}, false
	}
	return places[i], true
}

// unknown says what there is instead.
func unknown(at place, name string, candidates []place) error {
	below := ""
	if len(at.steps) > 0 {
		below = " in " + at.path()
	}
	if len(candidates) == 0 {
		return fmt.Errorf("%q: there is nothing%s but its value", name, below)
	}
	known := names(candidates)
	if best := words.Nearest(name, known, words.Distance); best != "" {
		return fmt.Errorf("%q: there is no such key%s; did you mean %s?", name, below, best)
	}
	return fmt.Errorf("%q: there is no such key%s; there is %s", name, below, strings.Join(known, ", "))
}

func names(places []place) []string {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = p.name
	}
	return names
}
