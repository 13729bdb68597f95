package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Checking is the input of [Resource.Check].
type Checking struct {
	plugin.CheckRequest
	// DefaultTags are the provider's default tags.
	DefaultTags resource.PropertyMap
}

// Check adds defaults to the inputs and validates them.
func (r Resource) Check(c Checking) (plugin.CheckResponse, error) {
	inputs, failures := r.given(c)
	set, err := r.setDefaults(c, inputs)
	if err != nil {
		return plugin.CheckResponse{}, fmt.Errorf("naming %q: %w", c.Name, err)
	}
	for _, key := range r.keys() {
		_, ok := inputs[key]
		if r.Inputs[key].Required && !ok && !slices.ContainsFunc(failures, about(key)) {
			failures = append(failures, c.failure(key, fmt.Sprintf(
				"Missing required argument. The argument %q is required, but no definition was found", key)))
		}
	}
	if len(set) > 0 {
		inputs[defaulted] = resource.NewProperty(set)
	}
	return plugin.CheckResponse{Properties: inputs, Failures: failures}, nil
}

// given returns the program's inputs, without nulls.
func (r Resource) given(c Checking) (resource.PropertyMap, []plugin.CheckFailure) {
	inputs := resource.PropertyMap{}
	var failures []plugin.CheckFailure
	for _, key := range c.News.StableKeys() {
		value := c.News[key]
		if key == defaulted || value.IsNull() {
			continue
		}
		input, ok := r.Inputs[key]
		if !ok {
			failures = append(failures, c.failure(key, "Invalid or unknown key. "+
				"The sandbox's stand-in of the AWS provider serves "+list(r.keys())))
			continue
		}
		value, err := input.accept(key, value)
		if err != nil {
			failures = append(failures, c.failure(key, err.Error()))
			continue
		}
		inputs[key] = value
	}
	return inputs, failures
}

// setDefaults sets the missing inputs with a default, and returns their keys.
func (r Resource) setDefaults(c Checking, inputs resource.PropertyMap) ([]resource.PropertyValue, error) {
	var set []resource.PropertyValue
	for _, key := range r.keys() {
		if _, ok := inputs[key]; ok {
			continue
		}
		input := r.Inputs[key]
		switch {
		case input.Autoname > 0:
			name, err := autoname(c, key, input.Autoname)
			if err != nil {
				return nil, err
			}
			if name == "" {
				continue // automatic names are off; Required reports the missing name
			}
			inputs[key] = resource.NewProperty(name)
		case input.Default != nil:
			inputs[key] = resource.NewPropertyValue(input.Default)
		default:
			continue
		}
		set = append(set, resource.NewProperty(string(key)))
	}
	r.addDefaultTags(c.DefaultTags, inputs)
	return set, nil
}

// addDefaultTags adds the default tags. It does not override the program's tags.
func (r Resource) addDefaultTags(tags, inputs resource.PropertyMap) {
	if _, ok := r.Inputs[Tags]; !ok || len(tags) == 0 || inputs[Tags].ContainsUnknowns() {
		return
	}
	merged := tags.Copy()
	if own := inputs[Tags]; own.IsObject() {
		maps.Copy(merged, own.ObjectValue())
	}
	inputs[Tags] = resource.NewProperty(merged)
}

// autoname returns an automatic name: the previous one if there is one.
func autoname(c Checking, key resource.PropertyKey, longest int) (string, error) {
	if old := c.Olds[key]; old.IsString() && isDefault(c.Olds, key) {
		return old.StringValue(), nil
	}
	if c.Autonaming != nil {
		switch c.Autonaming.Mode {
		case plugin.AutonamingModeDisabled:
			return "", nil
		case plugin.AutonamingModeEnforce:
			return c.Autonaming.ProposedName, nil
		case plugin.AutonamingModePropose: // the provider keeps its own scheme
		}
	}
	return resource.NewUniqueName(c.RandomSeed, c.Name+"-", 7, longest, nil)
}

// isDefault reports whether an input was set by [Resource.Check] and not by the program.
func isDefault(inputs resource.PropertyMap, key resource.PropertyKey) bool {
	set := inputs[defaulted]
	return set.IsArray() && slices.ContainsFunc(set.ArrayValue(), func(v resource.PropertyValue) bool {
		return v.IsString() && v.StringValue() == string(key)
	})
}

// accept validates a value and returns it in its normal form.
func (i Input) accept(key resource.PropertyKey, v resource.PropertyValue) (resource.PropertyValue, error) {
	if i.Type == Document && v.IsObject() && !v.ContainsUnknowns() {
		text, err := json.Marshal(v.Mappable())
		if err != nil {
			return v, fmt.Errorf("writing the document as JSON: %w", err)
		}
		v = resource.NewProperty(string(text))
	}
	if v.IsComputed() || v.IsOutput() {
		return v, nil
	}
	if !i.Type.fits(v) {
		return v, fmt.Errorf("expected %s type, got %s type", i.Type.wire(), v.TypeString())
	}
	if !v.IsString() {
		return v, nil
	}
	if i.Type == Document && !json.Valid([]byte(v.StringValue())) {
		return v, fmt.Errorf("%q contains an invalid JSON policy", key)
	}
	if i.Valid != nil && !empty(v) {
		if err := i.Valid(v.StringValue()); err != nil {
			return v, fmt.Errorf("%q %w", key, err)
		}
	}
	return v, nil
}

// wire returns Pulumi's name of the type.
func (t Type) wire() string {
	switch t {
	case Document, String:
		return "string"
	case Map:
		return "object of strings"
	case Number, Bool:
	}
	return string(t)
}

func (t Type) fits(v resource.PropertyValue) bool {
	switch t {
	case Map:
		return v.IsObject() && !slices.ContainsFunc(slices.Collect(maps.Values(v.ObjectValue())), notText)
	case Number:
		return v.IsNumber()
	case Bool:
		return v.IsBool()
	case String, Document:
	}
	return v.IsString()
}

func notText(v resource.PropertyValue) bool { return !v.IsString() && !v.IsComputed() && !v.IsOutput() }

func (c Checking) failure(key resource.PropertyKey, reason string) plugin.CheckFailure {
	return plugin.CheckFailure{
		Property: key, Reason: fmt.Sprintf("%s. Examine values at '%s.%s'.", reason, c.Name, key),
	}
}

func about(key resource.PropertyKey) func(plugin.CheckFailure) bool {
	return func(f plugin.CheckFailure) bool { return f.Property == key }
}

func list(keys []resource.PropertyKey) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = string(key)
	}
	return strings.Join(names, ", ")
}
