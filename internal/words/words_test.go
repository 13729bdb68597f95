package words_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/words"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"region", "role", "refreshInterval"}
	for word, want := range map[string]string{
		"Regoin": "region", "rol": "role", "refreshIntervall": "refreshInterval", "vault": "", "ro": "", "": "",
	} {
		assert.Equal(t, want, words.Nearest(word, known, words.Distance), word)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"", "a", "a or b", "a, b or c"}, []string{
		words.List(nil, "or"), words.List([]string{"a"}, "or"), words.List([]string{"a", "b"}, "or"),
		words.List([]string{"a", "b", "c"}, "or"),
	})
}

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]any{
		"nothing": nil, "text": "", "true or false": true, "a number": json.Number("1"), "a list": []any{},
		"a map": map[string]any{},
	} {
		assert.Equal(t, want, words.TypeOf(value))
	}
}
