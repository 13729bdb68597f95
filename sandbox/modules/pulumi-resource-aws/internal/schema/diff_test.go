package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// TestDiffOfOneInput changes the input x from what is there to what is wanted; nil is neither.
func TestDiffOfOneInput(t *testing.T) {
	t.Parallel()
	unknown := resource.MakeComputed(resource.NewProperty(""))
	const none = plugin.DiffKind(-1)
	const list = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:B","a:C"],"Resource":["*"]}]}`
	for name, test := range map[string]struct {
		input      schema.Input
		is, wanted any
		want       plugin.DiffKind
	}{
		"Same":            {schema.Input{Type: schema.String}, "a", "a", none},
		"Neither":         {schema.Input{Type: schema.String}, nil, nil, none},
		"Added":           {schema.Input{Type: schema.String}, nil, "a", plugin.DiffAdd},
		"Changed":         {schema.Input{Type: schema.String}, "a", "b", plugin.DiffUpdate},
		"Removed":         {schema.Input{Type: schema.String}, "a", nil, plugin.DiffDelete},
		"Emptied":         {schema.Input{Type: schema.String}, "a", "", plugin.DiffDelete},
		"EmptyIsNothing":  {schema.Input{Type: schema.Map}, nil, map[string]any{}, none},
		"FalseIsNothing":  {schema.Input{Type: schema.Bool}, nil, false, none},
		"ComputedByAWS":   {schema.Input{Type: schema.String, Computed: true}, "a", nil, none},
		"ComputedChanged": {schema.Input{Type: schema.String, Computed: true}, "a", "b", plugin.DiffUpdate},
		"DefaultImported": {schema.Input{Type: schema.String, Default: "a"}, "a", nil, none},
		"DefaultRemoved":  {schema.Input{Type: schema.String, Default: "a"}, "b", nil, plugin.DiffDelete},
		"Unknown":         {schema.Input{Type: schema.String}, "a", unknown, plugin.DiffUpdate},
		"UnknownAdded":    {schema.Input{Type: schema.String}, nil, unknown, plugin.DiffAdd},
		"UnknownInMap": {
			schema.Input{Type: schema.Map}, map[string]any{"a": "b"}, map[string]any{"a": unknown}, plugin.DiffUpdate,
		},
		"Replaced":        {schema.Input{Type: schema.String, Replaces: true}, "a", "b", plugin.DiffUpdateReplace},
		"UnknownReplaced": {schema.Input{Type: schema.String, Replaces: true}, "a", unknown, plugin.DiffUpdateReplace},
		"Document": {
			schema.Input{Type: schema.Document},
			list,
			`{"Statement":{"Action":["a:C","a:B"],"Effect":"Allow","Resource":"*"}, "Version":"2012-10-17"}`, none,
		},
		"OtherDocument": {
			schema.Input{Type: schema.Document},
			list,
			`{"Statement":{"Action":"a:B","Effect":"Allow","Resource":"*"}, "Version":"2012-10-17"}`, plugin.DiffUpdate,
		},
		"BrokenDocument": {schema.Input{Type: schema.Document}, list, "{", plugin.DiffUpdate},
		"Number":         {schema.Input{Type: schema.Number}, 3600, 7200, plugin.DiffUpdate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			described := schema.Resource{Inputs: map[resource.PropertyKey]schema.Input{"x": test.input}}
			values := func(v any) resource.PropertyMap {
				return resource.NewPropertyMapFromMap(map[string]any{"x": v})
			}
			got := described.Diff(values(test.is), values(test.wanted))
			want := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
			if test.want != none {
				want = plugin.DiffResult{
					Changes: plugin.DiffSome, ChangedKeys: []resource.PropertyKey{"x"},
					DetailedDiff: map[string]plugin.PropertyDiff{"x": {Kind: test.want}},
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
