package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/stackfile"
)

// project is the namespace of the program's own settings.
const project = "eso-aws:"

// awsSettings returns the settings of Pulumi's AWS provider that the program reads too.
func awsSettings() []stackfile.Field {
	kind := reflect.TypeFor[string]()
	return []stackfile.Field{
		{
			Name: stackfile.KeyAWSRegion, Type: kind, RequiredFor: stackfile.EKS,
			Doc: "AWS region of the EKS cluster, such as us-east-1.",
		},
		{
			Name: stackfile.KeyAWSProfile, Type: kind, Only: stackfile.EKS,
			Doc: "AWS CLI profile with access to the cluster.",
		},
	}
}

// meaning returns the documentation of a field, with a sentence for each tag that limits
// its values.
func meaning(f stackfile.Field) string {
	sentences := []string{f.Doc}
	add := func(needed bool, format string, values ...any) {
		if needed {
			sentences = append(sentences, fmt.Sprintf(format, values...))
		}
	}
	undocumented := func(value string) bool { return !strings.Contains(f.Doc, value) }
	add(slices.ContainsFunc(f.Enum, undocumented), "One of %s.", strings.Join(f.Enum, ", "))
	add(f.Required, "Required.")
	add(f.RequiredFor != "", "Required if target is %s.", f.RequiredFor)
	add(f.Only != "" && f.Only != f.RequiredFor, "Target %s only.", f.Only)
	return strings.TrimSpace(strings.Join(sentences, " "))
}

// description returns the meaning of a field and its default.
func description(f stackfile.Field) string {
	if f.Default == "" {
		return meaning(f)
	}
	return strings.TrimSpace(meaning(f) + " Default: " + f.Default + ".")
}

// defaultValue returns the default as a value of the field's type; nil if there is none.
func defaultValue(f stackfile.Field) any {
	switch {
	case f.Default == "":
		return nil
	case f.Type.Kind() == reflect.Bool:
		return f.Default == "true"
	}
	return f.Default
}
