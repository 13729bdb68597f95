package schema

import (
	"maps"
	"slices"

	policy "github.com/hashicorp/awspolicyequivalence"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Keys of inputs that mean the same everywhere.
const (
	// Tags are merged with the provider's default tags.
	Tags resource.PropertyKey = "tags"
	// tagsAll are the merged tags, as an output.
	tagsAll resource.PropertyKey = "tagsAll"
	// defaulted lists the inputs that the provider has set instead of the program. The engine hides it.
	defaulted resource.PropertyKey = "__defaults"
)

// Resource describes a resource type.
type Resource struct {
	// Token is the type token, such as aws:iam/role:Role.
	Token string
	// Inputs are the inputs. All are also outputs.
	Inputs map[resource.PropertyKey]Input
	// Outputs are the other outputs, which are unknown until the resource exists.
	Outputs []resource.PropertyKey
}

// Input describes an input.
type Input struct {
	Type Type
	// Required means that the program must set the input.
	Required bool
	// Replaces means that a change replaces the resource.
	Replaces bool
	// Computed means that AWS chooses a value if the program does not, and that any value is acceptable.
	Computed bool
	// Default is the default value; nil means none.
	Default any
	// Autoname is the length limit of an automatic name; 0 means that the input has none.
	Autoname int
	// Valid validates a string; nil accepts all.
	Valid func(string) error
}

// Type is the type of an input.
type Type string

// The types. Values are not converted between them.
const (
	String Type = "string"
	// Document is a policy document, as JSON or as an object. Documents are compared by their meaning.
	Document Type = "document"
	Number   Type = "number"
	Bool     Type = "bool"
	// Map is a map of strings.
	Map Type = "map"
)

func (r Resource) keys() []resource.PropertyKey { return slices.Sorted(maps.Keys(r.Inputs)) }

// named returns the input with the resource's name in AWS.
func (r Resource) named() (resource.PropertyKey, bool) {
	for key, input := range r.Inputs {
		if input.Autoname > 0 {
			return key, true
		}
	}
	return "", false
}

// SameDocument reports whether two documents mean the same to IAM, whatever their order and notation.
func SameDocument(a, b string) bool {
	same, err := policy.PoliciesAreEquivalent(a, b)
	return err == nil && same
}

// empty reports whether a value means the same as no value.
func empty(v resource.PropertyValue) bool {
	switch {
	case v.IsString():
		return v.StringValue() == ""
	case v.IsBool():
		return !v.BoolValue()
	case v.IsArray():
		return len(v.ArrayValue()) == 0
	case v.IsObject():
		return len(v.ObjectValue()) == 0
	}
	return v.IsNull()
}
