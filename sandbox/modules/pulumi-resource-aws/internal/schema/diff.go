package schema

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares the state with the program's inputs. So it also finds changes by others that a refresh has
// read into the state.
func (r Resource) Diff(state, wanted resource.PropertyMap) plugin.DiffResult {
	diff := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	replaces := false
	for _, key := range r.keys() {
		input := r.Inputs[key]
		kind, changed := input.change(state[key], wanted[key])
		if !changed {
			continue
		}
		if input.Replaces {
			kind, replaces = kind.AsReplace(), true
		}
		diff.Changes = plugin.DiffSome
		diff.ChangedKeys = append(diff.ChangedKeys, key)
		diff.DetailedDiff[string(key)] = plugin.PropertyDiff{Kind: kind}
	}
	diff.DeleteBeforeReplace = replaces && r.keepsName(state, wanted)
	return diff
}

func (i Input) change(is, wanted resource.PropertyValue) (plugin.DiffKind, bool) {
	switch {
	case wanted.ContainsUnknowns():
		if empty(is) {
			return plugin.DiffAdd, true
		}
		return plugin.DiffUpdate, true
	case empty(wanted):
		return plugin.DiffDelete, !empty(is) && !i.Computed && !isValue(is, i.Default) // imports leave defaults out
	case empty(is):
		return plugin.DiffAdd, true
	}
	return plugin.DiffUpdate, !i.same(is, wanted)
}

// keepsName reports whether the new resource would have the name of the old one. If so, the old one must be
// deleted first.
func (r Resource) keepsName(state, wanted resource.PropertyMap) bool {
	key, ok := r.named()
	if !ok || isDefault(wanted, key) {
		return false
	}
	return !wanted[key].ContainsUnknowns() && wanted[key].DeepEquals(state[key])
}

// same compares two known, non-empty values.
func (i Input) same(a, b resource.PropertyValue) bool {
	if i.Type == Document && a.IsString() && b.IsString() {
		return SameDocument(a.StringValue(), b.StringValue())
	}
	return a.DeepEquals(b)
}

// Preview returns the expected outputs of a resource that is created, or updated from a state.
func (r Resource) Preview(state, inputs resource.PropertyMap) resource.PropertyMap {
	unknown := resource.MakeComputed(resource.NewProperty(""))
	outputs := resource.PropertyMap{}
	preview := func(key resource.PropertyKey) {
		outputs[key] = unknown
		if old, ok := state[key]; ok {
			outputs[key] = old
		} else if state != nil {
			delete(outputs, key)
		}
	}
	for _, key := range r.Outputs {
		preview(key)
	}
	for key, input := range r.Inputs {
		if value, ok := inputs[key]; ok {
			outputs[key] = value
		} else if input.Computed {
			preview(key)
		}
	}
	if tags, ok := inputs[Tags]; ok {
		outputs[tagsAll] = tags
	} else if slices.Contains(r.Outputs, tagsAll) {
		delete(outputs, tagsAll)
	}
	return outputs
}

// Refresh returns inputs for the outputs that were read: the old inputs where they mean the same. For an
// import, which has no old inputs, it returns all that are not defaults.
func (r Resource) Refresh(old, outputs resource.PropertyMap) resource.PropertyMap {
	inputs := resource.PropertyMap{}
	for _, key := range r.keys() {
		input, is := r.Inputs[key], outputs[key]
		was, had := old[key]
		switch {
		case len(old) == 0:
			if !empty(is) && !input.Computed && !isValue(is, input.Default) {
				inputs[key] = is
			}
		case !had:
		case empty(was) && empty(is), !empty(was) && !empty(is) && input.same(was, is):
			inputs[key] = was
		case !empty(is):
			inputs[key] = is
		}
	}
	if set, ok := old[defaulted]; ok {
		inputs[defaulted] = set
	}
	return inputs
}

func isValue(v resource.PropertyValue, value any) bool {
	return value != nil && v.DeepEquals(resource.NewPropertyValue(value))
}
