package schema

import (
	"reflect"
	"slices"
	"strings"
	"unicode"

	"eso-aws/internal/stackfile"
)

// project is what the program's own keys begin with.
const project = "eso-aws:"

// field is a member of a type of the language: what its tags say.
type field struct {
	name, text, write, fallback   string
	pattern, keys, only           string
	enum                          []string
	required, some, one, encrypts bool
	kind, owner                   reflect.Type // of the value, and whose member it is
}

// fieldsOf are a type's members, those of embedded types among them: in the order of its
// texts where it has such.
func fieldsOf(kind reflect.Type) []field {
	var texts []stackfile.Doc
	if described, ok := reflect.Zero(kind).Interface().(stackfile.Documented); ok {
		texts = described.Docs()
	}
	rank := func(f field) int {
		return slices.IndexFunc(texts, func(text stackfile.Doc) bool { return text.Key == f.name })
	}
	var fields []field
	for _, structField := range reflect.VisibleFields(kind) {
		if structField.Anonymous {
			continue
		}
		f := fieldOf(structField)
		f.owner = kind
		if embedded := structField.Index[:len(structField.Index)-1]; len(embedded) > 0 {
			f.owner = kind.FieldByIndex(embedded).Type
		}
		if i := rank(f); i >= 0 {
			f.text = texts[i].Text
		}
		fields = append(fields, f)
	}
	if len(texts) > 0 {
		slices.SortStableFunc(fields, func(a, b field) int { return rank(a) - rank(b) })
	}
	return fields
}

func fieldOf(f reflect.StructField) field {
	tag := f.Tag
	kind := f.Type
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	write := tag.Get("hint")
	if hint, ok := reflect.Zero(kind).Interface().(stackfile.Hinter); ok && write == "" {
		write = hint.Hint()
	}
	return field{
		name: tag.Get("json"), text: sentence(tag.Get("doc")), write: write, fallback: tag.Get("default"),
		pattern: tag.Get("pattern"), keys: tag.Get("keys"), only: tag.Get("only"),
		enum:     strings.Fields(tag.Get("enum")),
		required: tag.Get("required") != "", some: tag.Get("nonEmpty") != "", one: tag.Get("single") != "",
		encrypts: tag.Get("encrypt") != "", kind: kind,
	}
}

// sentence is a tag's text as one.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	runes := []rune(text)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes) + "."
}

// settings are the program's own keys.
func settings() []field { return fieldsOf(reflect.TypeFor[stackfile.File]()) }

// element is the type of a list's or map's entries; nil where there are none, or any.
func element(kind reflect.Type) reflect.Type {
	if kind.Kind() != reflect.Slice && kind.Kind() != reflect.Map || kind.Elem().Kind() == reflect.Interface {
		return nil
	}
	return kind.Elem()
}

// short is the member that a text stands for; none where there is no short form.
func short(kind reflect.Type) (field, bool) {
	form, ok := reflect.Zero(kind).Interface().(stackfile.Shorthand)
	if !ok {
		return field{}, false
	}
	fields := fieldsOf(kind)
	return fields[slices.IndexFunc(fields, func(f field) bool { return f.name == form.Shorthand() })], true
}
