package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/stackfile"
)

// project is the namespace of the program's own settings.
const project = "eso-aws:"

// field is a field of a type in package stackfile, with its tags.
type field struct {
	name, doc, hint, fallback           string
	pattern, keys                       string
	only, requiredFor                   string // targets
	enum                                []string
	required, nonEmpty, single, encrypt bool
	kind, owner                         reflect.Type // of its value, and of the struct that declares it
}

// settings returns the program's own settings.
func settings() []field { return fieldsOf(reflect.TypeFor[stackfile.File]()) }

// fieldsOf returns the fields of a type and of the types embedded in it, in the order of
// its Docs if it has them.
func fieldsOf(kind reflect.Type) []field {
	var docs []stackfile.Doc
	if documented, ok := reflect.Zero(kind).Interface().(stackfile.Documented); ok {
		docs = documented.Docs()
	}
	rank := func(f field) int {
		return slices.IndexFunc(docs, func(doc stackfile.Doc) bool { return doc.Key == f.name })
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
			f.doc = docs[i].Text
		}
		fields = append(fields, f)
	}
	if len(docs) > 0 {
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
	hint := tag.Get("hint")
	if hinter, ok := reflect.Zero(kind).Interface().(stackfile.Hinter); ok && hint == "" {
		hint = hinter.Hint()
	}
	return field{
		name: tag.Get("json"), doc: tag.Get("doc"), hint: hint, fallback: tag.Get("default"),
		pattern: tag.Get("pattern"), keys: tag.Get("keys"),
		only: tag.Get("only"), requiredFor: tag.Get("requiredFor"), enum: strings.Fields(tag.Get("enum")),
		required: tag.Get("required") != "", nonEmpty: tag.Get("nonEmpty") != "",
		single: tag.Get("single") != "", encrypt: tag.Get("encrypt") != "", kind: kind,
	}
}

// meaning returns the documentation of a field, with a sentence for each tag that limits
// its values.
func (f field) meaning() string {
	sentences := []string{f.doc}
	add := func(needed bool, format string, values ...any) {
		if needed {
			sentences = append(sentences, fmt.Sprintf(format, values...))
		}
	}
	undocumented := func(value string) bool { return !strings.Contains(f.doc, value) }
	add(slices.ContainsFunc(f.enum, undocumented), "One of %s.", strings.Join(f.enum, ", "))
	add(f.required, "Required.")
	add(f.requiredFor != "", "Required if target is %s.", f.requiredFor)
	add(f.only != "" && f.only != f.requiredFor, "Target %s only.", f.only)
	return strings.TrimSpace(strings.Join(sentences, " "))
}

// description returns the meaning of a field and its default.
func (f field) description() string {
	if f.fallback == "" {
		return f.meaning()
	}
	return strings.TrimSpace(f.meaning() + " Default: " + f.fallback + ".")
}

// defaultValue returns the default as a value of the field's type; nil if there is none.
func (f field) defaultValue() any {
	switch {
	case f.fallback == "":
		return nil
	case f.kind.Kind() == reflect.Bool:
		return f.fallback == "true"
	}
	return f.fallback
}

// elementType returns the type of the entries of a list or map; nil if it is neither, or
// its entries are of any type.
func elementType(kind reflect.Type) reflect.Type {
	if kind.Kind() != reflect.Slice && kind.Kind() != reflect.Map || kind.Elem().Kind() == reflect.Interface {
		return nil
	}
	return kind.Elem()
}

// shorthandOf returns the field for which a string may be written in place of a map.
func shorthandOf(kind reflect.Type) (field, bool) {
	shorthand, ok := reflect.Zero(kind).Interface().(stackfile.Shorthand)
	if !ok {
		return field{}, false
	}
	fields := fieldsOf(kind)
	return fields[slices.IndexFunc(fields, func(f field) bool { return f.name == shorthand.Shorthand() })], true
}
