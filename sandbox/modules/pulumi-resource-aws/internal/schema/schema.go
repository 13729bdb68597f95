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
	// tagsAll are the same as an output.
	tagsAll resource.PropertyKey = "tagsAll"
	// defaulted lists the inputs that the provider, and not the program, has set. The engine hides it.
	defaulted resource.PropertyKey = "__defaults"
)

// Resource describes a resource type.
type Resource struct {
	// Token is the type's, such as aws:iam/role:Role.
	Token string
	// Inputs are what programs may set. All are outputs too.
	Inputs map[resource.PropertyKey]Input
	// Outputs are the others: unknown until the resource is there.
	Outputs []resource.PropertyKey
}

// Input describes what programs may set.
type Input struct {
	Type Type
	// Required makes it an error to leave the input out.
	Required bool
	// Replaces makes a change replace the resource.
	Replaces bool
	// Computed means that AWS chooses where the program does not, and that any choice is right.
	Computed bool
	// Default is the value where the program has none; nil is none.
	Default any
	// Autoname is the longest name that is made up where the program has none; 0 is for other inputs.
	Autoname int
	// Valid returns what is wrong with a string; nil accepts all.
	Valid func(string) error
}

// Type is the type of an input.
type Type string

// The types. A value of one is never taken for another.
const (
	String Type = "string"
	// Document is JSON, as a string or as the object itself, and compared as IAM reads it.
	Document Type = "document"
	Number   Type = "number"
	Bool     Type = "bool"
	// Map is a map of strings.
	Map Type = "map"
)

func (r Resource) keys() []resource.PropertyKey { return slices.Sorted(maps.Keys(r.Inputs)) }

// named returns the input that is the resource's name in AWS.
func (r Resource) named() (resource.PropertyKey, bool) {
	for key, input := range r.Inputs {
		if input.Autoname > 0 {
			return key, true
		}
	}
	return "", false
}

// SameDocument says whether IAM reads two documents alike: order and notation mean nothing.
func SameDocument(a, b string) bool {
	same, err := policy.PoliciesAreEquivalent(a, b)
	return err == nil && same
}

// empty is what means the same as nothing.
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
