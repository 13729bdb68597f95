package schema

import "eso-aws/internal/pattern"

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

// forms are those that the language's tags pattern and keys name. Those without a pattern of
// package pattern are wider than the checks, which depend on the service or the target.
func forms() map[string]form {
	return map[string]form{
		"region":     of(pattern.Region),
		"cluster":    of(pattern.ClusterName),
		"provider":   of(pattern.ProviderARN),
		"url":        {pattern: `^[hH][tT][tT][pP][sS]?://[^/]`},
		"credential": {pattern: `^[^ \t\r\n]*$`},
		"duration":   of(pattern.Duration),
		"amount":     of(pattern.Amount),

		"namespace": of(pattern.Namespace),
		"user":      or(pattern.Namespace, `^\*$`),
		"name":      of(pattern.ObjectName),
		"key":       of(pattern.SecretKey),
		"metadata":  of(pattern.MetadataKey),
		"label":     of(pattern.LabelValue),
		"template":  or(pattern.LabelValue, `\{\{`),
		"type":      of(pattern.SecretType),

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
}
