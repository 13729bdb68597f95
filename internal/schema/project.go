package schema

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"eso-aws/internal/stackfile"
)

// configSection matches the config section of a YAML file.
var configSection = regexp.MustCompile(`(?m)^config:\n(?:\n*  .*\n)*`)

// Project returns Pulumi.yaml with a config section that declares every setting. It keeps
// everything else.
func Project(file string) (string, error) {
	var b strings.Builder
	b.WriteString("config:\n")
	for _, n := range root().fields() {
		fmt.Fprintf(&b, "  %s:\n", n.Name)
		fallback := declaredDefault(n.Field)
		switch fallback.(type) {
		case string:
			b.WriteString("    type: string\n")
		case bool:
			b.WriteString("    type: boolean\n")
		}
		text := description(n.Field)
		if fields := n.fields(); len(fields) > 0 {
			text += " Fields: " + strings.Join(names(fields), ", ") + "."
		}
		b.WriteString("    description: >-\n" + indent(wrap(text, lineWidth), "      "))
		value, err := yaml.Marshal(map[string]any{"default": fallback})
		if err != nil {
			return "", fmt.Errorf("declaring the default of %s: %w", n, err)
		}
		b.WriteString(indent(string(value), "    "))
	}
	return configSection.ReplaceAllLiteralString(file, b.String()), nil
}

// declaredDefault returns the default that Pulumi sets. Settings of one target have an
// empty one, which the other target accepts.
func declaredDefault(f stackfile.Field) any {
	switch value := defaultValue(f); {
	case f.Type.Kind() == reflect.Map || f.Type.Kind() == reflect.Struct:
		return map[string]any{}
	case value == nil || f.Only != "" && f.Type.Kind() == reflect.String:
		return ""
	default:
		return value
	}
}
