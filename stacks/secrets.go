package stacks

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
	writeData    = "<key>: <name in AWS>"
	writeRemote  = "a secret's name in AWS, or its full ARN"
)

// secrets are the secrets to sync, in the order of their names.
func (l *loader) secrets(region string) []Secret {
	at := path{keySecrets}
	interval := l.interval(path{keyRefreshInterval}, l.text(keyRefreshInterval))
	object := l.object(keySecrets, writeSecrets)
	if len(object) == 0 && !l.failed(keySecrets) {
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
		l.onlyMembers(at, members, "data", "refreshInterval")
		secret.Data = l.data(at.member("data"), members, region)
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
	if name == credentialsName {
		l.reject(p, name, "is the name of the Secret with the access key", "another name")
	}
}

func (l *loader) data(p path, secret map[string]any, region string) map[string]string {
	value, ok := secret["data"]
	if !ok {
		l.say(p, "is missing; write "+writeData)
		return nil
	}
	object := l.asMap(p, value, writeData)
	if object != nil && len(object) == 0 {
		l.say(p, "is empty; write "+writeData)
	}
	data := make(map[string]string, len(object))
	for _, key := range sorted(object) {
		at := p.member(key)
		if !secretKey.MatchString(key) || key == "." || strings.HasPrefix(key, "..") {
			l.reject(at, key, "is no key of a Secret", "letters, digits, -, _ and ., 253 at most")
		}
		if text, ok := l.asText(at, object[key], writeRemote+", in quotes"); ok {
			l.remote(at, text, region)
			data[key] = text
		}
	}
	return data
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
