package schema

import (
	"eso-aws/internal/pattern"
	"eso-aws/internal/stackfile"
)

// form is what a text looks like.
type form struct {
	pattern  string
	min, max int // in characters; 0 for none
}

// of is the form of a name.
func of(p pattern.Pattern) form { return form{pattern: p.Text, max: p.MaxLength} }

// or is the form of a name, or of what another expression matches.
func or(p pattern.Pattern, expression string) form {
	return form{pattern: p.Text + `|` + expression, max: p.MaxLength}
}

const empty = `^$`

// formOf returns the form that the tags pattern and keys name. Those here depend on the
// service, the target or another exception, and may be wider than what is checked.
func formOf(name string) form {
	forms := map[string]form{
		"provider":   of(pattern.ProviderARN),
		"url":        {pattern: `^[hH][tT][tT][pP][sS]?://[^/]`},
		"credential": {pattern: `^[^ \t\r\n]*$`},
		"user":       or(pattern.Namespace, `^\*$`),
		"template":   or(pattern.LabelValue, `\{\{`),

		// AWS's own services name their secrets with a ! after the service.
		"remote":   {pattern: `^([A-Za-z0-9:-]+!)?[A-Za-z0-9/_+=.@:-]+$`},
		"path":     {pattern: `^([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]+$`},
		"rename":   {pattern: `\.value`},
		"version":  {pattern: `^[^ \t\r\n]+$`},
		"nonEmpty": {min: 1},

		"role":     of(pattern.RoleARN),
		"roleName": or(pattern.RoleName, empty),
		"rolePath": or(pattern.RolePath, empty),
		"policy":   or(pattern.PolicyARN, empty),
		"kmsKey":   of(pattern.KMSKeyARN),
		"tag":      {min: 1, max: pattern.TagKey.MaxLength},
		"tagValue": {max: pattern.TagValue.MaxLength},
	}
	if wider, ok := forms[name]; ok {
		return wider
	}
	return of(stackfile.Patterns()[name])
}
