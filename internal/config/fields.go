package config

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"eso-aws/internal/iam"
	"eso-aws/internal/kube"
	"eso-aws/internal/pattern"
	"eso-aws/internal/stackfile"
)

// targetOf is local where there is none that is known, so that more can be told.
func (l *loader) targetOf() Target {
	switch value := l.required(KeyTarget, "local or eks"); Target(value) {
	case Local, EKS:
		return Target(value)
	case "":
	default:
		l.choose(path{KeyTarget}, value, []string{string(Local), string(EKS)})
	}
	return Local
}

// otherTargets rejects settings that another target has.
func (l *loader) otherTargets(target Target) {
	for key, setting := range l.settings {
		value := l.values[l.full(key)]
		unset := []string{"", "{}", "false"} // what Pulumi.yaml's defaults are
		if slices.Contains(unset, value) || setting.only == "" || setting.only == target || l.failed(KeyTarget) {
			continue
		}
		rule := "is for target eks, and this one is local"
		if target == EKS {
			rule = "is for an emulator of AWS, and target is eks"
		}
		if write := "target: " + string(setting.only) + ", or take it away"; setting.object {
			l.say(path{key}, rule+"; write "+write)
		} else {
			l.reject(path{key}, value, rule, write)
		}
	}
}

// region is that of the secrets; on EKS by default that of the cluster.
func (l *loader) region(target Target) string {
	const write = "an AWS region, such as us-east-1"
	if target == EKS && l.values[l.full(KeyRegion)] == "" {
		return l.values[keyAWSRegion]
	}
	value := l.required(KeyRegion, write)
	if value != "" {
		l.iam(path{KeyRegion}, pattern.Region.Check(value))
	}
	if own, wrong := iam.PartitionOf(l.values[keyAWSRegion]); target == EKS && wrong == nil && !l.failed(KeyRegion) {
		if partition, _ := iam.PartitionOf(value); partition != own {
			l.otherPartition(path{KeyRegion}, value, own)
		}
	}
	return value
}

func (l *loader) namespace() string {
	const write = "the namespace of the secrets, such as zio-lucene"
	value := l.required(KeyNamespace, write)
	if value != "" {
		l.label(path{KeyNamespace}, value)
	}
	return value
}

// namespaces are those the stack uses: the operator's, the stores' and the secrets'. On
// EKS the latter are applications', and there already.
func (l *loader) namespaces(c *Config) map[string]bool {
	used := map[string]bool{}
	use := func(name string) {
		if name != "" {
			used[name] = c.Target == Local
		}
	}
	use(c.Namespace)
	for _, secret := range c.Secrets {
		use(secret.Namespace)
	}
	for _, store := range c.Stores {
		use(store.Namespace)
	}
	used[OperatorNamespace] = true
	declared := map[string]stackfile.Namespace{}
	l.decode(KeyNamespaces, &declared)
	for _, name := range sorted(declared) {
		at := path{KeyNamespaces, name}
		_, ok := used[name]
		switch create := declared[name].Create; {
		case !ok:
			l.say(at, "this stack uses no such namespace; "+instead(name, sorted(used)))
		case create != nil:
			used[name] = *create
		}
	}
	return used
}

func (l *loader) boolean(key string) bool {
	value := l.text(key)
	parsed, err := strconv.ParseBool(value)
	if err != nil || (value != "true" && value != "false") {
		l.choose(path{key}, value, []string{"true", "false"})
	}
	return parsed
}

func (l *loader) endpoint() string {
	const write = "scheme, host and port, such as http://host.k3d.internal:4566"
	value := l.text(KeyEndpoint)
	at := path{KeyEndpoint}
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

// noDuration names the units, as there is none for days.
const noDuration = "is no duration of h, m and s"

func (l *loader) timeout() kube.Timeout {
	const write = "a duration of at least 1s, such as 5m"
	value := l.text(KeyTimeout)
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		l.reject(path{KeyTimeout}, value, noDuration, write)
	case d < time.Second:
		l.reject(path{KeyTimeout}, value, "is too short", write)
	}
	return kube.Timeout(d)
}

// interval is how often a secret is read; the operator reads 0 as once.
func (l *loader) interval(p path, value string) time.Duration {
	const write = "at least 1s, such as 1h, or 0s to read once and never again"
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		l.reject(p, value, noDuration, write)
	case d < 0:
		l.reject(p, value, "is negative", write)
	case d > 0 && d < time.Second:
		l.reject(p, value, "is too short", write)
	}
	return d
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
		whom := "the chart"
		if p[0] == KeySecrets {
			whom = "the operator"
		}
		l.say(p, "is nothing, which does not reach "+whom+"; write a value, or leave the key out")
		return nil
	default:
		return v
	}
}
