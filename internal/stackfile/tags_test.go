package stackfile_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/stackfile"
)

// TestTags: each field has a name, a documentation and a hint; a default is one of the
// allowed values; and a shorthand is a field.
func TestTags(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	check(t, reflect.TypeFor[stackfile.File](), seen)
	assert.Len(t, seen, 14, "%v", seen)
}

func check(t *testing.T, kind reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice || kind.Kind() == reflect.Map {
		kind = kind.Elem()
	}
	if kind.Kind() != reflect.Struct || seen[kind] {
		return
	}
	seen[kind] = true
	var names []string
	for _, field := range reflect.VisibleFields(kind) {
		if field.Anonymous {
			continue
		}
		at := kind.Name() + "." + field.Name
		name, doc, enum := field.Tag.Get("json"), field.Tag.Get("doc"), strings.Fields(field.Tag.Get("enum"))
		assert.True(t, strings.EqualFold(name, field.Name), at)
		assert.Regexp(t, `^[A-Z].*\.$`, doc, at)
		assert.NotContains(t, names, name, at)
		names = append(names, name)
		if fallback := field.Tag.Get("default"); len(enum) > 0 && fallback != "" {
			assert.Contains(t, enum, fallback, at)
		}
		hint, entryHint := field.Tag.Get("hint"), field.Tag.Get("entryHint")
		switch field.Type.Kind() { //nolint:exhaustive // the others need no hint
		case reflect.String:
			setting := kind == reflect.TypeFor[stackfile.File]() // a string in any case
			assert.True(t, setting || hint != "" || len(enum) > 1, at)
		case reflect.Struct:
			assert.NotEmpty(t, hint, at)
		case reflect.Map:
			assert.NotEmpty(t, hint, at)
			assert.True(t, entryHint != "" || hinted(field.Type.Elem()), at)
		case reflect.Slice:
			assert.True(t, entryHint != "" || hinted(field.Type.Elem()), at)
		}
		check(t, field.Type, seen)
	}
	if short, ok := reflect.Zero(kind).Interface().(stackfile.Shorthand); ok {
		assert.True(t, slices.Contains(names, short.Shorthand()), kind.Name())
	}
}

// hinted reports whether a type has a hint of its own or needs none.
func hinted(kind reflect.Type) bool {
	switch reflect.Zero(kind).Interface().(type) {
	case stackfile.Shorthand, nil:
		return true
	default:
		return false
	}
}
