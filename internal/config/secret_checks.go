package config

import (
	"cmp"
	"fmt"
	"strings"

	"eso-aws/internal/chart"
	"eso-aws/internal/iam"
	"eso-aws/internal/stackfile"
)

// check tells what is wrong with a secret, but for where it is.
func (e *entry) check(s *Secret) {
	if at := e.at.member("target"); e.good(at) {
		e.kubeName(at, e.Target)
	}
	e.sources(s)
	e.policies(s)
	e.raw()
	e.metadata(e.at.member("labels"), e.Labels, metadata{labels: true})
	e.metadata(e.at.member("annotations"), e.Annotations, metadata{})
	target, _ := s.Spec["target"].(map[string]any)
	if s.Template == nil && target["template"] == nil {
		return
	}
	keys, known := s.sourceKeys()
	for _, key := range sorted(s.Annotations) { // the operator then copies none, and makes all of them as templates
		at := e.at.member(KeyAnnotations).member(key)
		if !e.has(at) {
			at = path{KeyAnnotations, key}
		}
		if !e.wrong(at) { // by another secret
			e.templateText(at, s.Annotations[key], keys, known)
		}
	}
	if s.Template != nil {
		e.template(e.at.member("template"), s)
	}
}

// sources checks what is read.
func (e *entry) sources(s *Secret) {
	data, extract, find := e.at.member("data"), e.at.member("extract"), e.at.member("find")
	_, known := s.sourceKeys()
	if !e.has(data) && !e.has(extract) && !e.has(find) && known && !e.strange(e.at) {
		e.say(e.at, "has nothing to read; write "+writeSecret)
	}
	if e.good(data) && len(s.Data) == 0 {
		e.say(data, "is empty; write "+writeData)
	}
	for _, key := range sorted(s.Data) {
		at := data.member(key)
		e.secretKey(at, key)
		e.remoteRef(at, s.Data[key])
	}
	for at, empty := range map[string]bool{"extract": len(s.Extract) == 0, "find": len(s.Find) == 0} {
		if at := e.at.member(at); e.good(at) && empty {
			e.say(at, "is empty; write one, or take it away")
		}
	}
	for i, extract := range s.Extract {
		at := e.nth(e.at.member("extract"), i)
		e.remoteRef(at, extract.Remote)
		e.rewrites(at.member("rewrite"), extract.Rewrite)
	}
	for i, find := range s.Find {
		e.search(e.nth(e.at.member("find"), i), find)
	}
}

func (e *entry) remoteRef(p path, remote stackfile.Remote) {
	key := e.of(p, "key")
	switch {
	case e.good(key):
		e.remote(key, remote.Key, e.from)
	case !e.has(key) && !e.strange(p):
		e.say(key, "is missing; write a secret's name in AWS, or its full ARN")
	}
	if at := p.member("property"); e.good(at) && remote.Property == "" {
		e.say(at, "is empty; write a member of a JSON secret, or take it away")
	}
	if at := p.member("version"); e.good(at) {
		e.version(at, remote.Version, e.from)
	}
}

// search checks what is looked for. The operator takes a name before tags.
func (e *entry) search(p path, find stackfile.Find) {
	at, name, tags := e.of(p, "path"), p.member("name"), p.member("tags")
	switch {
	case e.has(name) && e.has(tags):
		e.say(tags, "are left out by the operator where there is a name; write one of the two")
	case !e.has(at) && !e.has(name) && !e.has(tags) && !e.strange(p):
		e.say(p, "looks for nothing; write path, name or tags")
	case e.good(tags) && len(find.Tags) == 0:
		e.say(tags, "are empty; write <key>: <value>")
	}
	if e.good(name) {
		e.expression(name, find.Name)
	}
	check := iam.CheckTag
	if e.granted() {
		check = iam.CheckPolicyTag
	}
	for _, key := range sorted(find.Tags) {
		e.iam(p, check("tags", key, find.Tags[key]))
	}
	e.rewrites(p.member("rewrite"), find.Rewrite)
	e.found(p.member("rewrite"), find)
	if e.good(at) {
		e.searchPath(at, find.Path)
	}
	if !e.has(at) && e.from.Service == SecretsManager && e.good(name) {
		e.warn(name, "has the operator list all secrets of the region each time, which costs a request for a "+
			"hundred and one for each that matches; write a path too")
	}
}

func (e *entry) searchPath(p path, value string) {
	switch {
	case e.from.Service == ParameterStore:
		if !parameterPath.MatchString(value) {
			e.reject(p, value, "is no path in AWS Parameter Store", "one such as /prod/app")
		}
	case strings.HasSuffix(value, "*"):
		e.reject(p, value, "is a beginning of names, and * would be a part of it", e.withoutStar(value))
	case !awsName.MatchString(value):
		e.reject(p, value, "is no beginning of a name in AWS Secrets Manager", "letters, digits and /_+=.@-, 1 to 512")
	default:
		e.beginning(p, value)
	}
}

// withoutStar is what to write for a beginning with a star.
func (l *loader) withoutStar(value string) string {
	return cmp.Or(strings.TrimRight(value, "*"), "what the names begin with")
}

// beginning warns of one that ends within a word.
func (l *loader) beginning(p path, value string) {
	if last := value[len(value)-1]; last != '/' && !strings.ContainsRune("_+=.@-", rune(last)) {
		l.warn(p, fmt.Sprintf("%q: is the beginning of %[1]s2 too; write %[1]s/ for what is below it", value))
	}
}

// policy is where a policy is written: in the secret, or for the whole stack.
func (e *entry) policy(key string) path {
	if at := e.at.member(key); e.has(at) {
		return at
	}
	return path{key}
}

// policies refuses what the operator does, and what leaves no Secret that an up could
// wait for.
func (e *entry) policies(s *Secret) {
	refresh, creation, deletion := e.policy(KeyRefreshPolicy), e.policy(KeyCreationPolicy), e.policy(KeyDeletionPolicy)
	e.feature(refresh, s.RefreshPolicy, chart.RefreshPolicy)
	if s.CreationPolicy == policyCreateMerge {
		e.feature(creation, s.CreationPolicy, chart.CreateOrMerge)
	}
	interval := e.at.member("refreshInterval")
	if e.good(interval) && s.RefreshPolicy != "" && s.RefreshPolicy != policyPeriodic {
		e.warn(interval, "is not looked at with refreshPolicy "+s.RefreshPolicy+"; take it away")
	}
	if s.CreationPolicy == policyMerge {
		e.warn(creation, "Merge creates no Secret: where there is none, an up waits for it and fails; write Owner or "+
			"Orphan unless others create it")
	}
	switch {
	case s.DeletionPolicy == policyDelete && s.CreationPolicy != policyOwner:
		if !e.wrong(deletion) {
			e.reject(deletion, policyDelete,
				"is for a Secret that the operator owns, and creationPolicy is "+s.CreationPolicy,
				"creationPolicy: Owner, or deletionPolicy: Retain")
		}
	case (s.DeletionPolicy == policyDelete || s.DeletionPolicy == policyMerge) && e.denied(s):
		e.warn(deletion, s.DeletionPolicy+" does nothing for what is read by name: AWS denies what is not there as it "+
			"does what is not declared, and the Secret stays; write Retain, or its beginning in permissions.prefixes")
	case s.DeletionPolicy == policyDelete || s.DeletionPolicy == policyMerge:
		e.warn(deletion, s.DeletionPolicy+" leaves out what AWS does not have: an up succeeds without that key, "+
			"and an error in its name is not told; write Retain unless that is meant")
	}
}

// denied tells whether AWS hides from the operator that a secret is gone: the role may read
// that secret alone, and nobody but who may read more is told of what is not there.
func (e *entry) denied(s *Secret) bool {
	return e.granted() && len(e.permitted.Prefixes) == 0 && e.from.Service != ParameterStore &&
		len(s.Data)+len(s.Extract) > 0
}

// granted tells whether the operator reads the secret itself, by a policy for it.
func (e *entry) granted() bool {
	return e.permitted != nil && e.from.Role == "" && e.from.ServiceAccount == ""
}

// raw refuses fields of the spec that are decided elsewhere.
func (e *entry) raw() {
	at := e.at.member("spec")
	for _, name := range []string{"refreshInterval", "refreshPolicy"} {
		if _, ok := e.Spec[name]; ok {
			e.say(at.member(name), "is decided by "+name+" of the secret; write it there")
		}
	}
	if _, ok := e.Spec["secretStoreRef"]; ok {
		e.say(at.member("secretStoreRef"), "is decided by store of the secret; write it there")
	}
	target, _ := e.Spec["target"].(map[string]any)
	for name, instead := range map[string]string{
		"name": "target", "creationPolicy": "creationPolicy", "deletionPolicy": "deletionPolicy",
	} {
		if _, ok := target[name]; ok {
			e.say(at.member("target").member(name), "is decided by "+instead+" of the secret; write it there")
		}
	}
}
