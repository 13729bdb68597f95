package stackfile

import (
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/problem"
)

// field is what the tags of a struct's field say.
type field struct {
	name, hint, entryHint, pattern, keys, fallback, only string

	enum                       []string
	single, nonEmpty, required bool
	encrypt, secret            bool
	kind                       reflect.Kind
	index                      []int
}

// fieldsOf are the fields of a struct, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		tag := f.Tag
		fields = append(fields, field{
			name: tag.Get("json"), hint: hint(tag.Get("hint"), f.Type), entryHint: tag.Get("entryHint"),
			pattern: tag.Get("pattern"), keys: tag.Get("keys"), fallback: tag.Get("default"), only: tag.Get("only"),
			enum: strings.Fields(tag.Get("enum")), single: tag.Get("single") != "",
			nonEmpty: tag.Get("nonEmpty") != "", required: tag.Get("required") != "",
			encrypt: tag.Get("encrypt") != "", secret: tag.Get("secret") != "",
			kind: f.Type.Kind(), index: f.Index,
		})
	}
	return fields
}

// hint is what to write: the tag's, or what the type itself proposes.
func hint(tag string, t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if tag != "" {
		return tag
	}
	switch of := reflect.Zero(t).Interface().(type) {
	case Hinter:
		return of.Hint()
	case Shorthand:
		return named(fieldsOf(t), of.Shorthand()).hint
	default:
		return ""
	}
}

// entry is the field that an entry of a list or map is. It has the pattern of the field.
func (f field) entry(t reflect.Type) field {
	return field{name: f.name, hint: hint(f.entryHint, t), pattern: f.pattern, kind: t.Kind()}
}

// example is what to write for a value.
func (f field) example() string {
	if len(f.enum) > 0 {
		return problem.Join(f.enum, "or")
	}
	return f.hint
}

func named(fields []field, name string) field {
	return fields[slices.IndexFunc(fields, func(f field) bool { return f.name == name })]
}
