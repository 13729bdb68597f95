package schema

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares what is there, as last read, with what the program wants: what somebody else has changed
// and a refresh has seen is a change too.
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

// keepsName says whether the new resource would have the name of the old, which then has to go first.
func (r Resource) keepsName(state, wanted resource.PropertyMap) bool {
	key, ok := r.named()
	if !ok || isDefault(wanted, key) {
		return false
	}
	return !wanted[key].ContainsUnknowns() && wanted[key].DeepEquals(state[key])
}

// same compares two values that are known and not empty.
func (i Input) same(a, b resource.PropertyValue) bool {
	if i.Type == Document && a.IsString() && b.IsString() {
		return SameDocument(a.StringValue(), b.StringValue())
	}
	return a.DeepEquals(b)
}

// Preview returns the outputs of a resource that will be there, made from none or updated from a state.
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

// Refresh returns the inputs that stand for the outputs that were read: the old ones where they mean the
// same, and all that are not defaults where there were none, because the resource is being imported.
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
