package problem_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/problem"
)

func TestString(t *testing.T) {
	t.Parallel()
	at := problem.Path{"eso-aws:secrets", "a b", "data", "[0]", "key"}
	for want, p := range map[string]problem.Problem{
		`eso-aws:secrets["a b"].data[0].key: "x\ny": must be short; remove it`: {
			Path: at, Value: "x\ny", Rule: "must be short", Fix: "remove it",
		},
		`eso-aws:secrets: [secret]: must be short`: {Path: at[:1], Value: problem.Withheld, Rule: "must be short"},
		`name: is required`:                        {Path: problem.Path{"name"}, Rule: "is required"},
		`must be x\ny`:                             {Rule: "must be x\ny"},
	} {
		assert.Equal(t, want, p.String())
	}
}

// TestList: a problem is reported once, in the order of the paths, and warnings are no
// errors unless they are asked to be.
func TestList(t *testing.T) {
	t.Parallel()
	var list problem.List
	assert.NoError(t, list.Err())
	list.AddBelow(problem.Path{"b"}, problem.Problem{Path: problem.Path{"c"}, Rule: "second"})
	list.Add(problem.Problem{Path: problem.Path{"a"}, Rule: "first"}, problem.Problem{Path: problem.Path{"a"}, Rule: "first"})
	list.Add(problem.Problem{Path: problem.Path{"w"}, Rule: "third", Warning: true})
	assert.EqualError(t, list.Err(), "a: first\nb.c: second")
	assert.True(t, list.Failed(problem.Path{"b"}))
	assert.False(t, list.Wrong(problem.Path{"b"}))
	assert.True(t, list.Wrong(problem.Path{"b", "c"}))
	assert.False(t, list.Failed(problem.Path{"w"}))
	list.Strict()
	assert.EqualError(t, list.Err(), "a: first\nb.c: second\nw: third")
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	known := []string{"region", "role", "refreshInterval"}
	for word, want := range map[string]string{
		"Regoin": "did you mean region?", "rol": "did you mean role?",
		"refreshIntervall": "did you mean refreshInterval?", "refreshIn": "did you mean refreshInterval?",
		"vault": "available: region, role, refreshInterval", "ro": "available: region, role, refreshInterval",
	} {
		assert.Equal(t, want, problem.Suggest(word, known), word)
	}
	assert.Equal(t, "remove it", problem.Suggest("vault", nil))
}

func TestTypo(t *testing.T) {
	t.Parallel()
	known := []string{"eu-west-1", "us-east-1"}
	for word, want := range map[string]string{
		"eu-wst-1": "eu-west-1", "us-eats-1": "us-east-1", "us-eaasst-11": "", "mars": "", "": "",
	} {
		assert.Equal(t, want, problem.Typo(word, known), word)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"", "a", "a or b", "a, b or c"}, []string{
		problem.Join(nil, "or"), problem.Join([]string{"a"}, "or"), problem.Join([]string{"a", "b"}, "or"),
		problem.Join([]string{"a", "b", "c"}, "or"),
	})
}

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]any{
		"null": nil, "a string": "", "a boolean": true, "a number": json.Number("1"), "a list": []any{},
		"a map": map[string]any{},
	} {
		assert.Equal(t, want, problem.TypeOf(value))
	}
}
