package stackfile

import (
	"regexp"
	"strings"
	"time"

	"eso-aws/internal/problem"
)

// Rules for names and values, as the messages have them.
const (
	nameRule = `must be a valid Kubernetes name (lowercase letters, digits, "-" and ".", at most 253 characters, ` +
		`beginning and ending with a letter or digit)`
	namespaceRule = `must be a valid namespace name (lowercase letters, digits and "-", at most 63 characters, ` +
		`beginning and ending with a letter or digit)`
	labelRule = `letters, digits, "-", "_" and ".", at most 63 characters, beginning and ending with a letter or digit`
)

const maxName = 253

var (
	regionPattern    = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`)
	clusterPattern   = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`)
	namespacePattern = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	namePattern      = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	keyPattern       = regexp.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)
	labelPattern     = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	typePattern      = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$`)
	amountPattern    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

// IsName reports whether a name is one of a Kubernetes object.
func IsName(name string) bool { return len(name) <= maxName && namePattern.MatchString(name) }

// IsKey reports whether a name is a key of a Secret.
func IsKey(name string) bool {
	return keyPattern.MatchString(name) && name != "." && !strings.HasPrefix(name, "..")
}

func isMetadataKey(key string) bool {
	prefix, name, ok := strings.Cut(key, "/")
	if !ok {
		return labelPattern.MatchString(key)
	}
	return labelPattern.MatchString(name) && IsName(prefix)
}

// match rejects a string that is not in the form of that name. Forms that depend on other
// settings are checked with these.
func (d *decoder) match(path problem.Path, text, form, hint string) {
	rule, fix := "", ""
	refuse := func(ok bool, says, instead string) {
		if !ok {
			rule, fix = says, instead
		}
	}
	switch form {
	case "region":
		refuse(regionPattern.MatchString(text), "must be an AWS region", "set it to one such as us-east-1")
	case "cluster":
		refuse(clusterPattern.MatchString(text), "must be the name of an EKS cluster "+
			`(letters, digits, "-" and "_", at most 100 characters)`, "")
	case "credential":
		refuse(!strings.ContainsAny(text, " \t\r\n\v\f\u0085\u00a0"), "must not contain spaces or line breaks",
			"write the value alone")
	case "duration":
		_, err := time.ParseDuration(text)
		refuse(err == nil, "must be a duration in h, m and s", "write one such as 1h30m")
	case "amount":
		refuse(amountPattern.MatchString(text), "must be an amount of US dollars per month", "write a number such as 10")
	case "namespace":
		refuse(namespacePattern.MatchString(text), namespaceRule, "")
	case "user":
		refuse(text == "*" || namespacePattern.MatchString(text), namespaceRule, "")
	case "name":
		refuse(IsName(text), nameRule, "")
	case "key":
		refuse(IsKey(text), `must be a valid key of a Secret (letters, digits, "-", "_" and ".", `+
			`at most 253 characters, not beginning with "..")`, "")
	case "metadata":
		refuse(isMetadataKey(text), "must be a valid key of a label or annotation ("+labelRule+
			"; optionally after a domain and /)", "")
	case "label":
		refuse(text == "" || labelPattern.MatchString(text), "must be a valid label value ("+labelRule+")", "")
		refuse(!strings.Contains(text, "{{"), "must not be a template, which only labels of the Secret can be",
			"move it to template.labels")
	case "template":
		refuse(text == "" || strings.Contains(text, "{{") || labelPattern.MatchString(text),
			"must be a valid label value ("+labelRule+")", "")
	case "type":
		refuse(typePattern.MatchString(text), "must be the type of a Secret", "write one such as kubernetes.io/tls")
	case "nonEmpty":
		refuse(text != "", "must not be empty", "set it to "+hint+" or remove it")
	}
	if rule == "" {
		return
	}
	kind := problem.Invalid
	if text == "" {
		kind = problem.Required
	}
	d.add(path, text, kind, rule, fix)
}
