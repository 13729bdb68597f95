package stackfile

import (
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// Field is a field of a type in this package, with its tags.
type Field struct {
	Name, Doc, Hint, Pattern, Keys, Default, Only, RequiredFor string

	Enum                                        []string
	Single, NonEmpty, Required, Encrypt, Secret bool
	// Type is the type of its values, also if it is a pointer to them.
	Type reflect.Type

	entryHint string
	index     []int
}

// Settings returns the settings of a stack file.
func Settings() []Field { return Fields(reflect.TypeFor[File]()) }

// Fields returns the fields of a struct, including those of embedded structs.
func Fields(t reflect.Type) []Field {
	var fields []Field
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		tag, kind := f.Tag, f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		fields = append(fields, Field{
			Name: tag.Get("json"), Doc: tag.Get("doc"), Hint: hint(tag.Get("hint"), kind),
			Pattern: tag.Get("pattern"), Keys: tag.Get("keys"), Default: tag.Get("default"),
			Only: tag.Get("only"), RequiredFor: tag.Get("requiredFor"), Enum: strings.Fields(tag.Get("enum")),
			Single: tag.Get("single") != "", NonEmpty: tag.Get("nonEmpty") != "",
			Required: tag.Get("required") != "", Encrypt: tag.Get("encrypt") != "", Secret: tag.Get("secret") != "",
			Type: kind, entryHint: tag.Get("entryHint"), index: f.Index,
		})
	}
	return fields
}

// hint returns what to write: the tag, or that of the field for which a string stands.
func hint(tag string, t reflect.Type) string {
	if tag != "" {
		return tag
	}
	short, _ := ShorthandOf(t)
	return short.Hint
}

// ShorthandOf returns the field for which a string may be written in place of a map.
func ShorthandOf(t reflect.Type) (Field, bool) {
	short, ok := reflect.Zero(t).Interface().(Shorthand)
	if !ok {
		return Field{}, false
	}
	fields := Fields(t)
	return fields[slices.IndexFunc(fields, func(f Field) bool { return f.Name == short.Shorthand() })], true
}

// Entry returns an entry of a list or map as a field; ok is false if the field is neither,
// or its entries are of any type.
func (f Field) Entry() (entry Field, ok bool) {
	list, isMap := f.Type.Kind() == reflect.Slice, f.Type.Kind() == reflect.Map
	if !list && !isMap || f.Type.Elem().Kind() == reflect.Interface {
		return Field{}, false
	}
	t := f.Type.Elem()
	return Field{Name: f.Name, Doc: f.Doc, Hint: hint(f.entryHint, t), Pattern: f.Pattern, Only: f.Only, Type: t}, true
}

// isObject reports whether its values are maps.
func (f Field) isObject() bool {
	return f.Type.Kind() == reflect.Map || f.Type.Kind() == reflect.Struct
}

// example returns what to write for a value.
func (f Field) example() string {
	if len(f.Enum) > 0 {
		return problem.Join(f.Enum, "or")
	}
	if entry, ok := f.Entry(); ok && f.Type.Kind() == reflect.Slice {
		return "[" + entry.example() + "]"
	}
	return f.Hint
}

// Patterns returns the patterns that are checked when a file is decoded, by the names that
// tags use. Those of other names depend on other settings.
func Patterns() map[string]pattern.Pattern {
	return map[string]pattern.Pattern{
		"region": pattern.Region, "cluster": pattern.ClusterName,
		"duration": pattern.Duration, "amount": pattern.Amount,
		"namespace": pattern.Namespace, "user": pattern.Namespace, "name": pattern.ObjectName,
		"key": pattern.SecretKey, "metadata": pattern.MetadataKey, "type": pattern.SecretType,
		"label": pattern.LabelValue, "template": pattern.LabelValue,
	}
}
