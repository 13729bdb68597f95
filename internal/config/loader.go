package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/blang/semver"

	"eso-aws/internal/stackfile"
	"eso-aws/internal/words"
)

// loader reads values and collects what is wrong with them.
type loader struct {
	project   string
	values    map[string]string
	encrypted []string
	settings  map[string]setting
	problems  []problem
	warnings  []problem
	form      form
	chart     semver.Version // the zero version where it is not known
	api       string         // the operator's API
	// permitted is what the user grants the operator's role; nil where it has none.
	permitted *stackfile.Permissions
}

type problem struct {
	path path
	text string
}

// path leads to a value: the key, and the members of the object below it.
type path []string

func (p path) member(name string) path { return append(slices.Clone(p), name) }

// key is the path as the key of a map.
func (p path) key() string { return strings.Join(p, "\x00") }

func (p path) entry(i int) path { return p.member(fmt.Sprintf("[%d]", i)) }

var (
	// plainMember is what a path need not quote.
	plainMember = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	listEntry   = regexp.MustCompile(`^\[[0-9]+\]$`)
)

// name is the path as `pulumi config set --path` takes it.
func (l *loader) name(p path) string {
	var b strings.Builder
	b.WriteString(l.full(p[0]))
	for _, member := range p[1:] {
		switch {
		case plainMember.MatchString(member):
			b.WriteString("." + member)
		case listEntry.MatchString(member):
			b.WriteString(member)
		default:
			fmt.Fprintf(&b, "[%q]", member)
		}
	}
	return b.String()
}

// full is a key with its namespace: the project's, unless it has another.
func (l *loader) full(key string) string {
	if strings.Contains(key, ":") {
		return key
	}
	return l.project + ":" + key
}

// reject says what is wrong with a value, and what to write instead.
func (l *loader) reject(p path, value, rule, write string) {
	l.say(p, fmt.Sprintf("%s: %s; write %s", l.shown(p, value), rule, write))
}

// shown is a value in a message.
func (l *loader) shown(p path, value string) string {
	if l.settings[p[0]].secret || l.isEncrypted(p[0]) {
		return "[secret]"
	}
	return fmt.Sprintf("%q", value)
}

// say adds a problem that has no value to show. It is told once.
func (l *loader) say(p path, text string) {
	found := problem{p, l.name(p) + ": " + text}
	if !slices.ContainsFunc(l.problems, found.equal) {
		l.problems = append(l.problems, found)
	}
}

func (p problem) equal(other problem) bool {
	return p.text == other.text && slices.Equal(p.path, other.path)
}

// warn tells what is allowed and may not be meant.
func (l *loader) warn(p path, text string) {
	warning := problem{p, text}
	if !slices.ContainsFunc(l.warnings, warning.equal) {
		l.warnings = append(l.warnings, warning)
	}
}

// wrong tells whether there is a problem with the very value.
func (l *loader) wrong(p path) bool {
	return slices.ContainsFunc(l.problems, func(problem problem) bool { return slices.Equal(problem.path, p) })
}

func (l *loader) isEncrypted(key string) bool {
	return slices.Contains(l.encrypted, l.full(key))
}

const noSetting = "there is no such setting"

// unknownKeys rejects the keys of this project that there are not.
func (l *loader) unknownKeys() {
	known := sorted(l.settings)
	for _, full := range sorted(l.values) {
		key, ours := strings.CutPrefix(full, l.project+":")
		if ours && !slices.Contains(known, key) {
			l.say(path{key}, noSetting+"; "+instead(key, known))
		}
	}
}

// plainKeys rejects secrets that would not stay secret.
func (l *loader) plainKeys() {
	keys := maps.Clone(l.settings)
	if l.values[l.full(KeyTarget)] == string(EKS) {
		keys[keyAWSRegion] = setting{}
		keys[keyAWSProfile] = setting{}
	}
	for key, setting := range keys {
		if l.isEncrypted(key) && !setting.mayEncrypt {
			l.problems = append(l.problems, l.encryptedName(key))
		}
	}
}

// encryptedName is the one problem that is told of a key that cannot stay secret.
func (l *loader) encryptedName(key string) problem {
	return problem{path{key}, l.name(path{key}) + ": [secret]: is encrypted, but it names things, which are plain in " +
		"the state; write it without --secret"}
}

// withheld tells whether a key's problems are: a text of theirs may have the value.
func (l *loader) withheld(p problem) bool {
	key := p.path[0]
	return l.isEncrypted(key) && !l.settings[key].mayEncrypt && p.text != l.encryptedName(key).text
}

// strange tells whether an object has a member that there is not: what else is missing in
// it may be meant by that.
func (l *loader) strange(p path) bool {
	return slices.ContainsFunc(l.problems, func(problem problem) bool {
		return len(problem.path) == len(p)+1 && slices.Equal(problem.path[:len(p)], p) &&
			strings.Contains(problem.text, noSetting)
	})
}

// text is a value that is not an object, or the default.
func (l *loader) text(key string) string {
	value := l.values[l.full(key)]
	if value == "" {
		return l.settings[key].fallback
	}
	if key == KeyKubeconfig {
		return value // its content may be JSON itself
	}
	var object any
	if json.Unmarshal([]byte(value), &object) == nil {
		switch object.(type) {
		case map[string]any, []any:
			l.say(path{key}, fmt.Sprintf("must be text, not %s; write the value alone", words.TypeOf(object)))
			return l.settings[key].fallback
		}
	}
	return value
}

// required is a text without which there is nothing to do.
func (l *loader) required(key, write string) string {
	value := l.text(key)
	if value == "" && !l.failed(key) {
		l.say(path{key}, "is missing; write "+write)
	}
	return value
}

func (l *loader) failed(key string) bool {
	return slices.ContainsFunc(l.problems, func(p problem) bool { return p.path[0] == key })
}

// object is a value that is a map; nil where there is none.
func (l *loader) object(key, write string) map[string]any {
	value := l.values[l.full(key)]
	if value == "" {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil || decoder.More() {
		decoded = value // not JSON: a text where an object is due
	}
	return l.asMap(path{key}, decoded, write)
}

// asMap is a value as a map, or nil and a problem.
func (l *loader) asMap(p path, value any, write string) map[string]any {
	m, ok := value.(map[string]any)
	if !ok {
		l.wrongType(p, value, "must be a map", write)
		return nil
	}
	return m
}

// asText is a value as text, or "" and a problem.
func (l *loader) asText(p path, value any, write string) (string, bool) {
	text, ok := value.(string)
	if _, isScalar := scalar(value); isScalar && !strings.Contains(write, "quotes") {
		write += ", in quotes"
	}
	if !ok {
		l.wrongType(p, value, "must be text", write)
	}
	return text, ok
}

// asBool is a value as true or false, or false and a problem.
func (l *loader) asBool(p path, value any) bool {
	flag, ok := value.(bool)
	if write := "true or false"; !ok {
		if value == "true" || value == "false" {
			write = "it without quotes"
		}
		l.wrongType(p, value, "must be true or false", write)
	}
	return flag
}

func (l *loader) wrongType(p path, value any, rule, write string) {
	if text, ok := scalar(value); ok {
		l.reject(p, text, fmt.Sprintf("%s, not %s", rule, words.TypeOf(value)), write)
		return
	}
	l.say(p, fmt.Sprintf("%s, not %s; write %s", rule, words.TypeOf(value), write))
}

// onlyMembers rejects members of an object that there are not.
func (l *loader) onlyMembers(p path, object map[string]any, known ...string) {
	for _, name := range sorted(object) {
		if !slices.Contains(known, name) {
			l.say(p.member(name), noSetting+"; "+instead(name, known))
		}
	}
}

// scalar is the text of a value that is not an object, a list or nothing.
func scalar(value any) (string, bool) {
	switch value.(type) {
	case string, bool, json.Number:
		return fmt.Sprint(value), true
	default:
		return "", false
	}
}
