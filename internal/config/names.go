package config

import (
	"fmt"
	"regexp"
	"strings"

	"eso-aws/internal/iam"
)

// The services that secrets are read from.
const (
	SecretsManager = "SecretsManager"
	ParameterStore = "ParameterStore"
)

var (
	region = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`)
	// label and subdomain are RFC 1123's, as Kubernetes checks names.
	label     = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	qualified = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	secretKey = regexp.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)
	// AWS's own services name their secrets with a ! after the service: rds!db-...
	awsName = regexp.MustCompile(`^([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,512}$`)
	// awsSecret is an ARN: the name, and the six characters that AWS adds.
	awsSecret = regexp.MustCompile(
		`^arn:(aws[a-z-]*):secretsmanager:([^:]*):[0-9]{12}:secret:([a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,519}$`)
	// A parameter of a hierarchy begins with a slash, and any other has none.
	parameterName = regexp.MustCompile(`^([A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+)$`)
	parameterPath = regexp.MustCompile(`^(/|(/[A-Za-z0-9_.-]+)+/?)$`)
	awsParameter  = regexp.MustCompile(`^arn:(aws[a-z-]*):ssm:([^:]*):[0-9]{12}:parameter/[A-Za-z0-9_./-]+$`)

	secretVersion    = regexp.MustCompile(`^(uuid/[A-Za-z0-9-]{32,64}|[^/\s]{1,256})$`)
	versionID        = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	secretKind       = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$`)
	parameterVersion = regexp.MustCompile(`^([1-9][0-9]{0,9}|[A-Za-z_.-][A-Za-z0-9_.-]{0,99})$`)
)

const (
	maxSubdomain  = 253
	maxSecret     = 512
	maxParameter  = 1011
	maxAnnotation = 256 << 10

	writeName  = "lower-case letters, digits, - and ., 253 at most, with a letter or digit at both ends"
	writeLabel = "letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends"
)

// name checks the name of a Kubernetes object.
func (l *loader) kubeName(p path, name string) {
	if len(name) > maxSubdomain || !subdomain.MatchString(name) {
		l.reject(p, name, "is no Kubernetes name", writeName)
	}
}

// label checks the name of a namespace.
func (l *loader) label(p path, name string) {
	if !label.MatchString(name) {
		l.reject(p, name, "is no name of a namespace",
			"lower-case letters, digits and -, 63 at most, with a letter or digit at both ends")
	}
}

func (l *loader) secretKey(p path, key string) {
	if !secretKey.MatchString(key) || key == "." || strings.HasPrefix(key, "..") {
		l.reject(p, key, "is no key of a Secret", "letters, digits, -, _ and ., 253 at most, not beginning with ..")
	}
}

// metadata is where labels or annotations are.
type metadata struct{ labels, template bool }

// metadata checks labels or annotations. Values that are templates are made later.
func (l *loader) metadata(p path, object map[string]string, kind metadata) {
	size := 0
	for _, key := range sorted(object) {
		at, value := p.member(key), object[key]
		size += len(key) + len(value)
		prefix, name, ok := strings.Cut(key, "/")
		if !ok {
			prefix, name = "", key
		}
		switch {
		case !qualified.MatchString(name) || ok && (len(prefix) > maxSubdomain || !subdomain.MatchString(prefix)):
			l.reject(at, key, "is no key of a label or annotation", writeLabel+", after a domain and / if any")
		case prefix == "eso-aws" || prefix == "pulumi.com" || prefix == "reconcile.external-secrets.io":
			l.reject(at, key, "is for the program or the operator to write", "another key")
		}
		switch made := strings.Contains(value, "{{"); {
		case !kind.labels || value == "" || made && kind.template || qualified.MatchString(value):
		case made:
			l.reject(at, value, "is a template, which labels of an ExternalSecret cannot be", "it in template.labels")
		default:
			l.reject(at, value, "is no value of a label", writeLabel)
		}
	}
	if !kind.labels && size > maxAnnotation {
		l.say(p, fmt.Sprintf("are %d bytes; write %d at most", size, maxAnnotation))
	}
}

// grammar is how a service names things.
type grammar struct {
	service, what  string
	name, arn      *regexp.Regexp
	longest        int
	write, example string
}

func grammarOf(service string) grammar {
	if service == ParameterStore {
		return grammar{
			"AWS Parameter Store", "parameter", parameterName, awsParameter, maxParameter,
			"a name such as /prod/app or app, of letters, digits and _.-, or a full ARN",
			"arn:aws:ssm:<region>:<account>:parameter/<name>",
		}
	}
	return grammar{
		"AWS Secrets Manager", "secret", awsName, awsSecret, maxSecret,
		"letters, digits and /_+=.@-, 1 to 512, or a full ARN",
		"arn:aws:secretsmanager:<region>:<account>:secret:<name>",
	}
}

// remote checks a name or an ARN of what a store reads.
func (l *loader) remote(p path, value string, from *source) {
	g := grammarOf(from.Service)
	if !strings.HasPrefix(value, "arn:") {
		switch valid := g.name.MatchString(value) && len(value) <= g.longest; {
		case !valid && strings.HasSuffix(value, "*"):
			l.reject(p, value, "is one name, of which * is no part", "find: "+l.withoutStar(value)+" for all of them")
		case !valid:
			l.reject(p, value, "is no name in "+g.service, g.write)
		}
		return
	}
	parts := g.arn.FindStringSubmatch(value)
	if parts == nil {
		l.reject(p, value, "is no ARN of a "+g.what, g.example)
		return
	}
	partition, _ := iam.PartitionOf(from.Region)
	switch {
	case from.Region == "" || l.wrong(from.regionAt):
	case parts[2] != from.Region:
		l.reject(p, value, fmt.Sprintf("is in region %q, not in the store's %q", parts[2], from.Region),
			"the ARN of a "+g.what+" there, or a store with region: "+parts[2])
	case partition != "" && parts[1] != string(partition):
		l.reject(p, value, fmt.Sprintf("is of partition %q, not the region's %q", parts[1], partition),
			"the ARN of a "+g.what+" there")
	}
}

// version checks a version of what a store reads.
func (l *loader) version(p path, value string, from *source) {
	switch {
	case from.Service == ParameterStore:
		if !parameterVersion.MatchString(value) {
			l.reject(p, value, "is no version of a parameter", "its number or its label, in quotes")
		}
	case versionID.MatchString(value):
		l.reject(p, value, "is the id of a version, and would be taken for a stage", "uuid/"+value)
	case !secretVersion.MatchString(value):
		l.reject(p, value, "is no version of a secret", "a stage such as AWSPREVIOUS, or uuid/<id>")
	}
}

// expression checks a regular expression, and tells whether it is one.
func (l *loader) expression(p path, value string) bool {
	_, err := regexp.Compile(value)
	if err != nil {
		l.reject(p, value, "is no regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "),
			"one of RE2, which has no lookahead and no backreference")
	}
	return err == nil
}
