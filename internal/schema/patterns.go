package schema

// form is what a text looks like.
type form struct {
	pattern  string
	min, max int // in characters; 0 for none
}

// The dialect is what Go, JavaScript and Java have in common. Some are wider than the
// checks: those that depend on the service, the region or the target.
const (
	namespaceName = `[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`
	objectName    = `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`
	qualifiedName = `[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`

	longestName = 253
)

// forms are those that the language's tags pattern and keys name.
func forms() map[string]form {
	return map[string]form{
		"region":     {pattern: `^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`},
		"cluster":    {pattern: `^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`},
		"provider":   {pattern: `^arn:.+:oidc-provider/.+$`},
		"url":        {pattern: `^[hH][tT][tT][pP][sS]?://[^/]`},
		"credential": {pattern: `^[^ \t\r\n]*$`},
		"duration":   {pattern: `^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`},

		"amount": {pattern: `^[0-9]+(\.[0-9]+)?$`},

		"namespace": {pattern: `^` + namespaceName + `$`},
		"user":      {pattern: `^(\*|` + namespaceName + `)$`},
		"name":      {pattern: `^` + objectName + `$`, max: longestName},
		"key":       {pattern: `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$`, max: longestName},
		"metadata":  {pattern: `^(` + objectName + `/)?` + qualifiedName + `$`},
		"label":     {pattern: `^(` + qualifiedName + `)?$`},
		"template":  {pattern: `^(` + qualifiedName + `)?$|\{\{`},
		"type":      {pattern: `^[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$`},

		// AWS's own services name their secrets with a ! after the service.
		"remote":   {pattern: `^([A-Za-z0-9:-]+!)?[A-Za-z0-9/_+=.@:-]+$`},
		"path":     {pattern: `^([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]+$`},
		"rename":   {pattern: `\.value`},
		"version":  {pattern: `^[^ \t\r\n]+$`},
		"nonEmpty": {min: 1},

		"role":     {pattern: `^arn:.+:role/.+$`},
		"roleName": {pattern: `^[A-Za-z0-9+=,.@_-]{0,64}$`},
		"rolePath": {pattern: `^(/([!-~]+/)?)?$`, max: 512},
		"policy":   {pattern: `^(arn:.+:policy/.+)?$`},
		"kmsKey":   {pattern: `^arn:.+:key/.+$`},
		"tag":      {min: 1, max: 128},
		"tagValue": {max: 256},
	}
}
