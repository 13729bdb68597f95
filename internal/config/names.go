package config

import (
	"fmt"
	"regexp"
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
)

// The services that secrets are read from.
const (
	SecretsManager = "SecretsManager"
	ParameterStore = "ParameterStore"
)

const maxAnnotation = 256 << 10

// kubeName checks the name of a Kubernetes object.
func (l *loader) kubeName(p path, name string) { l.iam(p, pattern.ObjectName.Check(name)) }

// label checks the name of a namespace.
func (l *loader) label(p path, name string) { l.iam(p, pattern.Namespace.Check(name)) }

func (l *loader) secretKey(p path, key string) { l.iam(p, pattern.SecretKey.Check(key)) }

// metadata is where labels or annotations are.
type metadata struct{ labels, template bool }

// metadata checks labels or annotations. Values that are templates are made later.
func (l *loader) metadata(p path, object map[string]string, kind metadata) {
	size := 0
	for _, key := range sorted(object) {
		at, value := p.member(key), object[key]
		size += len(key) + len(value)
		prefix, _, _ := strings.Cut(key, "/")
		switch {
		case !pattern.MetadataKey.Matches(key):
			l.iam(at, pattern.MetadataKey.Check(key))
		case prefix == "eso-aws" || prefix == "pulumi.com" || prefix == "reconcile.external-secrets.io":
			l.reject(at, key, "is for the program or the operator to write", "another key")
		}
		switch made := strings.Contains(value, "{{"); {
		case !kind.labels || pattern.LabelValue.Matches(value) || made && kind.template:
		case made:
			l.reject(at, value, "is a template, which labels of an ExternalSecret cannot be", "it in template.labels")
		default:
			l.iam(at, pattern.LabelValue.Check(value))
		}
	}
	if !kind.labels && size > maxAnnotation {
		l.say(p, fmt.Sprintf("are %d bytes; write %d at most", size, maxAnnotation))
	}
}

// grammar is how a service names things.
type grammar struct {
	service, what string
	name, arn     pattern.Pattern
	write         string
}

func grammarOf(service string) grammar {
	if service == ParameterStore {
		return grammar{
			"AWS Parameter Store", "parameter", pattern.ParameterName, pattern.ParameterARN,
			"a name such as /prod/app or app, of letters, digits and _.-, or a full ARN",
		}
	}
	return grammar{
		"AWS Secrets Manager", "secret", pattern.SecretName, pattern.SecretARN,
		"letters, digits and /_+=.@-, 1 to 512, or a full ARN",
	}
}

// remote checks a name or an ARN of what a store reads.
func (l *loader) remote(p path, value string, from *source) {
	g := grammarOf(from.Service)
	if !strings.HasPrefix(value, "arn:") {
		switch valid := g.name.Matches(value); {
		case !valid && strings.HasSuffix(value, "*"):
			l.reject(p, value, "is one name, of which * is no part", "find: "+l.withoutStar(value)+" for all of them")
		case !valid:
			l.reject(p, value, "is no name in "+g.service, g.write)
		}
		return
	}
	if problems := g.arn.Check(value); problems != nil {
		l.iam(p, problems)
		return
	}
	arn, _ := iam.ParseARN(value)
	partition, _ := iam.PartitionOf(from.Region)
	switch {
	case from.Region == "" || l.wrong(from.regionAt):
	case arn.Region != from.Region:
		l.reject(p, value, fmt.Sprintf("is in region %q, not in the store's %q", arn.Region, from.Region),
			"the ARN of a "+g.what+" there, or a store with region: "+arn.Region)
	case partition != "" && arn.Partition != partition:
		l.reject(p, value, fmt.Sprintf("is of partition %q, not the region's %q", arn.Partition, partition),
			"the ARN of a "+g.what+" there")
	}
}

// version checks a version of what a store reads.
func (l *loader) version(p path, value string, from *source) {
	switch {
	case from.Service == ParameterStore:
		if !pattern.ParameterVersion.Matches(value) {
			l.reject(p, value, "is no version of a parameter", "its number or its label, in quotes")
		}
	case pattern.VersionID.Matches(value):
		l.reject(p, value, "is the id of a version, and would be taken for a stage", "uuid/"+value)
	case !pattern.SecretVersion.Matches(value):
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
