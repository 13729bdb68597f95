package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/stackfile"
	"eso-aws/internal/words"
)

// rule is what the tags of a field say of its value.
type rule struct {
	name, write, each string
	enum              []string
	one               bool
}

func ruleOf(field reflect.StructField) rule {
	tag := field.Tag
	return rule{
		name: tag.Get("json"), write: tag.Get("hint"), each: tag.Get("entryHint"),
		enum: strings.Fields(tag.Get("enum")), one: tag.Get("single") != "",
	}
}

// hinted is the rule with the type's own hint where there is no other.
func (r rule) hinted(t reflect.Type) rule {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if hint, ok := reflect.Zero(t).Interface().(stackfile.Hinter); ok && r.write == "" {
		r.write = hint.Hint()
	}
	return r
}

// form is how the values of objects were written: where each is, and which were read.
type form struct {
	present, read map[string]bool
	short         map[string]string
}

func newForm() form {
	return form{present: map[string]bool{}, read: map[string]bool{}, short: map[string]string{}}
}

// has tells whether the file has the value.
func (l *loader) has(p path) bool { return l.form.present[p.key()] }

// good tells whether the value is there, and of its type.
func (l *loader) good(p path) bool { return l.form.read[p.key()] }

// of is the path of a member: the value's own where a text stands for it.
func (l *loader) of(p path, member string) path {
	if l.form.short[p.key()] == member {
		return p
	}
	return p.member(member)
}

// nth is the path of a list's entry: the list's own where the entry stands for it.
func (l *loader) nth(p path, i int) path {
	if at := p.entry(i); l.has(at) {
		return at
	}
	return p
}

// decode reads a setting of the language into a pointer, and tells what is wrong.
func (l *loader) decode(key string, into any) {
	rule := ruleFor(key)
	if object := l.object(key, rule.write); object != nil {
		l.value(path{key}, object, reflect.ValueOf(into).Elem(), rule)
	}
}

func (l *loader) value(p path, value any, into reflect.Value, r rule) {
	l.form.present[p.key()] = true
	told := len(l.problems)
	switch into.Kind() { //nolint:exhaustive // the others are in no type of the language
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		l.value(p, value, into.Elem(), r.hinted(into.Type().Elem()))
	case reflect.String:
		if text, ok := l.asText(p, value, r.writeOne()); ok && l.oneOf(p, text, r) {
			into.SetString(text)
		}
	case reflect.Bool:
		into.SetBool(l.asBool(p, value))
	case reflect.Slice:
		l.list(p, value, into, r)
	case reflect.Map:
		l.mapping(p, value, into, r)
	case reflect.Struct:
		l.members(p, value, into, r)
	default:
		l.say(p, fmt.Sprintf("cannot be of type %s", into.Type()))
	}
	if len(l.problems) == told {
		l.form.read[p.key()] = true
	}
}

func (r rule) writeOne() string {
	if len(r.enum) > 0 {
		return words.List(r.enum, "or")
	}
	return r.write
}

// oneOf rejects a text that is none of an enumeration.
func (l *loader) oneOf(p path, text string, r rule) bool {
	if len(r.enum) == 0 || slices.Contains(r.enum, text) {
		return true
	}
	if p[len(p)-1] == KeyCreationPolicy && text == "None" {
		l.reject(p, text, "makes no Secret, and an up waits for one", words.List(r.enum, "or"))
	} else {
		l.choose(p, text, r.enum)
	}
	return false
}

// choose refuses a word that is none of several.
func (l *loader) choose(p path, word string, all []string) {
	rule := fmt.Sprintf("is none of %s and %s", strings.Join(all[:len(all)-1], ", "), all[len(all)-1])
	if len(all) == 2 {
		rule = fmt.Sprintf("is neither %s nor %s", all[0], all[1])
	}
	meant, ok := guess(word, all)
	if !ok {
		meant = "write one of them"
	}
	l.say(p, fmt.Sprintf("%s: %s; %s", l.shown(p, word), rule, meant))
}

func (l *loader) list(p path, value any, into reflect.Value, r rule) {
	list, ok := value.([]any)
	element := rule{name: r.name, write: r.each}.hinted(into.Type().Elem())
	if !ok && r.one {
		entry := reflect.New(into.Type().Elem()).Elem()
		l.value(p, value, entry, element)
		into.Set(reflect.Append(into, entry))
		return
	}
	if !ok {
		write := "[" + element.write + "]"
		if text, ok := value.(string); ok && !l.isEncrypted(p[0]) {
			write = "[" + text + "]"
		}
		l.wrongType(p, value, "must be a list", write)
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, entry := range list {
		l.value(p.entry(i), entry, into.Index(i), element)
	}
}

func (l *loader) mapping(p path, value any, into reflect.Value, r rule) {
	object := l.asMap(p, value, r.write)
	if object == nil {
		return
	}
	kind := into.Type().Elem()
	if kind.Kind() == reflect.Interface {
		into.Set(reflect.ValueOf(l.plain(p, object)))
		return
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(object)))
	for _, name := range sorted(object) {
		element := reflect.New(kind).Elem()
		l.value(p.member(name), object[name], element, rule{write: r.each}.hinted(kind))
		into.SetMapIndex(reflect.ValueOf(name), element)
	}
}

// members reads a struct: a map of its fields, or the text that is short for it.
func (l *loader) members(p path, value any, into reflect.Value, r rule) {
	fields := fieldsOf(into.Type())
	_, isMap := value.(map[string]any)
	if short, ok := into.Interface().(stackfile.Shorthand); ok && !isMap {
		field := fields[slices.IndexFunc(fields, func(f member) bool { return f.name == short.Shorthand() })]
		l.form.short[p.key()] = field.name
		l.value(p, value, into.FieldByIndex(field.index), field.rule)
		return
	}
	object := l.asMap(p, value, r.write)
	if object == nil {
		return
	}
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.name
	}
	l.onlyMembers(p, object, names...)
	for _, field := range fields {
		if value, ok := object[field.name]; ok {
			l.value(p.member(field.name), value, into.FieldByIndex(field.index), field.rule)
		}
	}
}

type member struct {
	rule
	index []int
}

// fieldsOf are a struct's fields, those of embedded ones among them.
func fieldsOf(t reflect.Type) []member {
	var fields []member
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			fields = append(fields, member{ruleOf(f).hinted(f.Type), f.Index})
		}
	}
	return fields
}

// ruleFor is what the language says of a setting.
func ruleFor(key string) rule {
	fields := fieldsOf(reflect.TypeFor[stackfile.Stack]())
	return fields[slices.IndexFunc(fields, func(f member) bool { return f.name == key })].rule
}

// merged is two maps as one, the second over the first; nil where both are empty.
func merged[V any](under, over map[string]V) map[string]V {
	if len(under)+len(over) == 0 {
		return nil
	}
	all := make(map[string]V, len(under)+len(over))
	maps.Copy(all, under)
	maps.Copy(all, over)
	return all
}
