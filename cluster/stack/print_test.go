package stack_test

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"gopkg.in/yaml.v3"
)

// yamlOf prints properties as a person reads them; secrets are under a member
// named (secret).
func yamlOf(properties resource.PropertyMap) string {
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(plain(resource.NewProperty(properties))); err != nil {
		return err.Error() + "\n"
	}
	return "  " + strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", "\n  ") + "\n"
}

// plain is a value for a printer.
func plain(value resource.PropertyValue) any {
	switch {
	case value.IsSecret():
		return map[string]any{"(secret)": plain(value.SecretValue().Element)}
	case value.IsComputed() || value.IsOutput():
		return "(unknown)"
	case value.IsObject():
		m := map[string]any{}
		for key, member := range value.ObjectValue() {
			m[string(key)] = plain(member)
		}
		return m
	case value.IsArray():
		list := []any{}
		for _, entry := range value.ArrayValue() {
			list = append(list, plain(entry))
		}
		return list
	default:
		return value.V
	}
}
