package pattern

import "k8s.io/apimachinery/pkg/util/validation"

// The parts of Kubernetes' patterns.
const (
	dnsLabel     = `[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`
	dnsSubdomain = `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`
	qualified    = `[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`
)

// kubernetes is a pattern that Kubernetes itself judges. The text and the length are for
// the JSON schema.
func kubernetes(text string, maxLength int, rule string, judge func(string) []string) Pattern {
	return Pattern{text, maxLength, rule, func(name string) bool { return len(judge(name)) == 0 }}
}

var (
	// Namespace is the name of a namespace.
	Namespace = kubernetes(`^`+dnsLabel+`$`, 0,
		`must be a valid namespace name (lowercase letters, digits and "-", at most 63 characters)`,
		validation.IsDNS1123Label)
	// ObjectName is the name of an object.
	ObjectName = kubernetes(`^`+dnsSubdomain+`$`, validation.DNS1123SubdomainMaxLength,
		`must be a valid Kubernetes name (lowercase letters, digits, "-" and ".", at most 253 characters)`,
		validation.IsDNS1123Subdomain)
	// SecretKey is a key of a Secret.
	SecretKey = kubernetes(`^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$`, validation.DNS1123SubdomainMaxLength,
		`must be a valid key of a Secret (letters, digits, "-", "_" and ".", at most 253 characters, `+
			`not starting with "..")`,
		validation.IsConfigMapKey)
	// MetadataKey is the key of a label or an annotation.
	MetadataKey = kubernetes(`^(`+dnsSubdomain+`/)?`+qualified+`$`, 0,
		`must be a valid label or annotation key (letters, digits, "-", "_" and ".", at most 63 characters, `+
			`after an optional domain and "/")`, validation.IsQualifiedName)
	// LabelValue is the value of a label.
	LabelValue = kubernetes(`^(`+qualified+`)?$`, 0,
		`must be a valid label value (letters, digits, "-", "_" and ".", at most 63 characters, `+
			`with a letter or digit at both ends)`, validation.IsValidLabelValue)
	// SecretType is the type of a Secret.
	SecretType = form(`^[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$`, 0,
		`must be a valid Secret type (letters, digits, "-", "_", "." and "/", at most 253 characters)`)
)
