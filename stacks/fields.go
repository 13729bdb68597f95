package stacks

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"eso-aws/internal/kube"
	"eso-aws/operator"
)

func (l *loader) target() {
	switch value := l.required(keyTarget, "local"); value {
	case "", "local":
	case "eks":
		l.reject(path{keyTarget}, value, "is not in this version", "local")
	default:
		l.reject(path{keyTarget}, value, "is no target", "local")
	}
}

func (l *loader) region() string {
	const write = "an AWS region, such as us-east-1"
	value := l.required(keyRegion, write)
	if value != "" && !region.MatchString(value) {
		l.reject(path{keyRegion}, value, "is no AWS region", write)
	}
	return value
}

func (l *loader) namespace() string {
	const write = "the namespace of the secrets, such as zio-lucene"
	value := l.required(keyNamespace, write)
	if value != "" {
		l.label(path{keyNamespace}, value)
	}
	return value
}

// namespaces are those the stack uses: the operator's and the secrets'.
func (l *loader) namespaces(secrets string) map[string]bool {
	used := map[string]bool{operatorNamespace: true}
	if secrets != "" {
		used[secrets] = true
	}
	const write = "{create: true} or {create: false}"
	object := l.object(keyNamespaces, "<name>: "+write)
	for _, name := range sorted(object) {
		at := path{keyNamespaces, name}
		if _, ok := used[name]; !ok {
			l.say(at, "this stack uses no such namespace; "+instead(name, sorted(used)))
			continue
		}
		members := l.asMap(at, object[name], write)
		l.onlyMembers(at, members, "create")
		if value, ok := members["create"]; ok {
			create, isBool := value.(bool)
			if !isBool {
				l.wrongType(at.member("create"), value, "must be true or false", "true or false")
			}
			used[name] = create
		}
	}
	return used
}

func (l *loader) boolean(key string) bool {
	value := l.text(key)
	parsed, err := strconv.ParseBool(value)
	if err != nil || (value != "true" && value != "false") {
		l.reject(path{key}, value, "must be true or false", "true or false")
	}
	return parsed
}

func (l *loader) endpoint() string {
	const write = "scheme, host and port, such as http://host.k3d.internal:4566"
	value := l.text(keyEndpoint)
	at := path{keyEndpoint}
	u, err := url.Parse(value)
	switch {
	case err != nil:
		l.reject(at, value, "is no URL", write)
	case u.User != nil:
		l.say(at, "[secret]: must have no user or password; write "+write)
	case (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		l.reject(at, value, "must be an http or https URL with a host", write)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		l.reject(at, value, "must have no path, query or fragment", write)
	}
	return strings.TrimRight(value, "/")
}

func (l *loader) credential(key string) string {
	value := l.text(key)
	if strings.ContainsFunc(value, unicode.IsSpace) {
		l.reject(path{key}, value, "has a space or a line break in it", "the value alone")
	}
	return value
}

func (l *loader) timeout() kube.Timeout {
	const write = "a duration of at least 1s, such as 5m"
	value := l.text(keyTimeout)
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		l.reject(path{keyTimeout}, value, "is no duration", write)
	case d < time.Second:
		l.reject(path{keyTimeout}, value, "is too short", write)
	}
	return kube.Timeout(d)
}

// interval is how often a secret is read; the operator reads 0 as once.
func (l *loader) interval(p path, value string) time.Duration {
	const write = "at least 1s, such as 1h, or 0s to read once and never again"
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		l.reject(p, value, "is no duration", write)
	case d < 0:
		l.reject(p, value, "is negative", write)
	case d > 0 && d < time.Second:
		l.reject(p, value, "is too short", write)
	}
	return d
}

func (l *loader) chartValues() map[string]any {
	object := l.object(keyChartValues, "the chart's values")
	values, _ := l.plain(path{keyChartValues}, object).(map[string]any)
	for _, conflict := range operator.Conflicts(values) {
		p := path{keyChartValues, conflict.Path}
		l.problems = append(l.problems, problem{p, fmt.Sprintf("%s.%s: %s", l.name(path{keyChartValues}),
			conflict.Path, conflict.Rule)})
	}
	return values
}

// plain is a decoded value with Go's numbers. Pulumi would drop a null before
// Helm sees it, so that it would not take a default away either.
func (l *loader) plain(p path, value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, member := range v {
			m[name] = l.plain(p.member(name), member)
		}
		return m
	case []any:
		list := slices.Clone(v)
		for i, entry := range v {
			list[i] = l.plain(p.entry(i), entry)
		}
		return list
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case nil:
		l.say(p, "is nothing, which does not reach the chart; write a value, or leave the key out")
		return nil
	default:
		return v
	}
}
