package stackfile_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/stackfile"
)

// TestTags: each field says what it is called, what it is, and what to write; a default is
// one of the values there are; and a short form is a field.
func TestTags(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	check(t, reflect.TypeFor[stackfile.Stack](), seen)
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
		name, enum := field.Tag.Get("json"), strings.Fields(field.Tag.Get("enum"))
		assert.True(t, strings.EqualFold(name, field.Name), at)
		assert.NotEqual(t, kind == reflect.TypeFor[stackfile.Stack](), field.Tag.Get("doc") != "", at) // File has the Stack's
		assert.NotContains(t, names, name, at)
		names = append(names, name)
		if fallback := field.Tag.Get("default"); len(enum) > 0 && fallback != "" {
			assert.Contains(t, enum, fallback, at)
		}
		write, each := field.Tag.Get("hint"), field.Tag.Get("entryHint")
		switch field.Type.Kind() { //nolint:exhaustive // the others need no saying
		case reflect.String:
			assert.True(t, write != "" || len(enum) > 1, at)
		case reflect.Map:
			assert.NotEmpty(t, write, at)
			assert.True(t, each != "" || hinted(field.Type.Elem()), at)
		case reflect.Slice:
			assert.True(t, each != "" || hinted(field.Type.Elem()), at)
		}
		check(t, field.Type, seen)
	}
	if short, ok := reflect.Zero(kind).Interface().(stackfile.Shorthand); ok {
		assert.True(t, slices.Contains(names, short.Shorthand()), kind.Name())
	}
}

// hinted tells whether a type says itself what to write, or needs no saying.
func hinted(kind reflect.Type) bool {
	switch reflect.Zero(kind).Interface().(type) {
	case stackfile.Hinter, stackfile.Shorthand, nil:
		return true
	default:
		return false
	}
}
