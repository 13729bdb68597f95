package config

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	region = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`)
	// label and subdomain are RFC 1123's, as Kubernetes checks names.
	label     = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	secretKey = regexp.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)
	awsName   = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	// awsSecret is an ARN: the name, and the six characters that AWS adds.
	awsSecret = regexp.MustCompile(
		`^arn:aws[a-z-]*:secretsmanager:([^:]*):[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$`)
)

const (
	maxSubdomain = 253
	writeSecrets = "<name>: {data: {<key>: <name in AWS>}}" //nolint:gosec // what to write, not a credential
	writeSecret  = "data: {" + writeData + "}, or extract: <name in AWS>"
	writeData    = "<key>: <name in AWS>"
	writeRemote  = "a secret's name in AWS, or its full ARN"
)

// secrets are the secrets to sync, in the order of their names.
func (l *loader) secrets(region string) []Secret {
	at := path{KeySecrets}
	interval := l.interval(path{KeyRefreshInterval}, l.text(KeyRefreshInterval))
	object := l.object(KeySecrets, writeSecrets)
	if len(object) == 0 && !l.failed(KeySecrets) {
		l.say(at, "is missing; write "+writeSecrets)
	}
	secrets := make([]Secret, 0, len(object))
	for _, name := range sorted(object) {
		secret := Secret{Name: name, RefreshInterval: interval}
		at := at.member(name)
		l.secretName(at, name)
		members := l.asMap(at, object[name], "{data: {"+writeData+"}}")
		if members == nil {
			continue
		}
		l.onlyMembers(at, members, "data", "extract", "template", "refreshInterval")
		l.source(at, members, region, &secret)
		secret.Template = l.template(at.member("template"), members)
		if value, ok := members["refreshInterval"]; ok {
			at := at.member("refreshInterval")
			if text, ok := l.asText(at, value, "a duration in quotes, such as 1h"); ok {
				secret.RefreshInterval = l.interval(at, text)
			}
		}
		secrets = append(secrets, secret)
	}
	return secrets
}

func (l *loader) secretName(p path, name string) {
	if len(name) > maxSubdomain || !subdomain.MatchString(name) {
		l.reject(p, name, "is no Kubernetes name", "lower-case letters, digits, - and ., 253 at most")
	}
	if name == CredentialsName {
		l.reject(p, name, "is the name of the Secret with the access key", "another name")
	}
}

// source is where the values come from: data, extract or both.
func (l *loader) source(p path, members map[string]any, region string, secret *Secret) {
	data, hasData := members["data"]
	extract, hasExtract := members["extract"]
	if hasData {
		secret.Data = l.data(p.member("data"), data, region)
	}
	if hasExtract {
		at := p.member("extract")
		if text, ok := l.asText(at, extract, writeRemote+", in quotes"); ok {
			l.remote(at, text, region)
			secret.Extract = text
		}
	}
	if !hasData && !hasExtract {
		l.say(p, "has nothing to read; write "+writeSecret)
	}
}

// template are the Secret's values by key, made of what was read.
func (l *loader) template(p path, secret map[string]any) map[string]string {
	const write = "{data: {<key>: <text with {{ .key }}>}}"
	value, ok := secret["template"]
	if !ok {
		return nil
	}
	object := l.asMap(p, value, write)
	l.onlyMembers(p, object, "data")
	if object == nil {
		return nil
	}
	data := l.asMap(p.member("data"), object["data"], "<key>: <text with {{ .key }}>")
	made := make(map[string]string, len(data))
	for _, key := range sorted(data) {
		at := p.member("data").member(key)
		l.secretKey(at, key)
		if text, ok := l.asText(at, data[key], "text with {{ .key }}, in quotes"); ok {
			made[key] = text
		}
	}
	return made
}

func (l *loader) data(p path, value any, region string) map[string]string {
	object := l.asMap(p, value, writeData)
	if object != nil && len(object) == 0 {
		l.say(p, "is empty; write "+writeData)
	}
	data := make(map[string]string, len(object))
	for _, key := range sorted(object) {
		at := p.member(key)
		l.secretKey(at, key)
		if text, ok := l.asText(at, object[key], writeRemote+", in quotes"); ok {
			l.remote(at, text, region)
			data[key] = text
		}
	}
	return data
}

func (l *loader) secretKey(p path, key string) {
	if !secretKey.MatchString(key) || key == "." || strings.HasPrefix(key, "..") {
		l.reject(p, key, "is no key of a Secret", "letters, digits, -, _ and ., 253 at most")
	}
}

// remote checks a name or an ARN of AWS Secrets Manager.
func (l *loader) remote(p path, value, region string) {
	if !strings.HasPrefix(value, "arn:") {
		if !awsName.MatchString(value) {
			l.reject(p, value, "is no name in AWS Secrets Manager",
				"letters, digits and /_+=.@-, 512 at most, or a full ARN")
		}
		return
	}
	parts := awsSecret.FindStringSubmatch(value)
	switch {
	case parts == nil:
		l.reject(p, value, "is no ARN of a secret", "arn:aws:secretsmanager:<region>:<account>:secret:<name>")
	case parts[1] != region && region != "":
		l.reject(p, value, fmt.Sprintf("is in region %q, not in the store's %q", parts[1], region),
			"the ARN of a secret there")
	}
}

// label checks the name of a namespace.
func (l *loader) label(p path, name string) {
	if !label.MatchString(name) {
		l.reject(p, name, "is no name of a namespace", "lower-case letters, digits and -, 63 at most")
	}
}
