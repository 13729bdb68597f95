package config

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"eso-aws/internal/stackfile"
)

const (
	writeSecret = "data: {" + writeData + "}, or extract: <name in AWS>"
	writeData   = "<key>: <name in AWS>"
)

// The policies that are looked at here, as the operator calls them.
const (
	policyOwner       = "Owner"
	policyOrphan      = "Orphan"
	policyMerge       = "Merge"
	policyCreateMerge = "CreateOrMerge"
	policyDelete      = "Delete"
	policyRetain      = "Retain"
	policyPeriodic    = "Periodic"
	policyOnce        = "CreatedOnce"
)

// Secret is a secret to sync, in one namespace.
type Secret struct {
	// Name is that of the ExternalSecret, Target that of the Secret it fills, and
	// Namespace where both are.
	Name, Target, Namespace string
	// Store is the name of what it is read from.
	Store string
	// Data are the values in AWS by the Secret's key.
	Data map[string]stackfile.Remote
	// Extract are JSON secrets whose keys are all taken, and Find searches.
	Extract []stackfile.Extract
	Find    []stackfile.Find
	// Template is the Secret's form; nil where it is the values'.
	Template *stackfile.Template
	// RefreshInterval is how often AWS is asked; 0 is once.
	RefreshInterval time.Duration
	// RefreshPolicy and DeletionPolicy are the operator's own where they are "".
	RefreshPolicy, CreationPolicy, DeletionPolicy string
	// Labels and Annotations are on the ExternalSecret and the Secret.
	Labels, Annotations map[string]string
	// Spec is merged over the rest.
	Spec map[string]any
}

// Keys are the keys that the Secret will have, in order; known is false where AWS or
// the cluster decides.
func (s *Secret) Keys() (keys []string, known bool) {
	keys, known = s.sourceKeys()
	target, _ := s.Spec["target"].(map[string]any)
	_, shaped := target["template"]
	skips := s.DeletionPolicy != "" && s.DeletionPolicy != policyRetain
	merges := s.CreationPolicy == policyMerge || s.CreationPolicy == policyCreateMerge
	switch {
	case skips || merges || shaped:
		return keys, false
	case s.Template == nil || len(s.Template.Data) == 0:
		return keys, known
	case s.Template.MergePolicy == policyMerge:
		keys = append(keys, sorted(s.Template.Data)...)
		return slices.Compact(slices.Sorted(slices.Values(keys))), known
	default:
		return sorted(s.Template.Data), true
	}
}

// sourceKeys are the keys of what is read, before the template.
func (s *Secret) sourceKeys() (keys []string, known bool) {
	_, data := s.Spec["data"]
	_, from := s.Spec["dataFrom"]
	return sorted(s.Data), len(s.Extract)+len(s.Find) == 0 && !data && !from
}

// Once tells whether the operator syncs the secret when it is made, and never again,
// whatever is changed.
func (s *Secret) Once() bool {
	periodic := s.RefreshPolicy == "" || s.RefreshPolicy == policyPeriodic
	return s.RefreshPolicy == policyOnce || periodic && s.RefreshInterval == 0
}

// Overwrites tells whether the operator writes over a Secret that is there already.
func (s *Secret) Overwrites() bool {
	return s.CreationPolicy == policyOwner || s.CreationPolicy == policyOrphan
}

// defaults are what the stack says for all of its secrets.
type defaults struct {
	interval    time.Duration
	policies    map[string]string
	labels      map[string]string
	annotations map[string]string
}

func (l *loader) defaults() defaults {
	d := defaults{
		interval: l.interval(path{KeyRefreshInterval}, l.text(KeyRefreshInterval)),
		policies: map[string]string{},
	}
	for _, key := range []string{KeyRefreshPolicy, KeyCreationPolicy, KeyDeletionPolicy} {
		at, value := path{key}, l.text(key)
		if value != "" && !l.failed(key) && l.oneOf(at, value, ruleFor(key)) {
			l.form.read[at.key()] = true
			d.policies[key] = value
		}
	}
	l.decode(KeyLabels, &d.labels)
	l.decode(KeyAnnotations, &d.annotations)
	l.metadata(path{KeyLabels}, d.labels, metadata{labels: true})
	l.metadata(path{KeyAnnotations}, d.annotations, metadata{})
	return d
}

// secrets are the secrets to sync, in the order of their names and namespaces.
func (l *loader) secrets(c *Config, sources []*source) []Secret {
	defaults := l.defaults()
	declared := map[string]stackfile.Secret{}
	l.decode(KeySecrets, &declared)
	if len(declared) == 0 && !l.failed(KeySecrets) {
		l.say(path{KeySecrets}, "is missing; write "+ruleFor(KeySecrets).write)
	}
	secrets := make([]Secret, 0, len(declared))
	for _, name := range sorted(declared) {
		e := entry{loader: l, at: path{KeySecrets, name}, Secret: declared[name]}
		whole := !l.wrong(e.at)
		l.kubeName(e.at, name)
		if !whole {
			continue
		}
		e.from = l.named(sources, e.at.member("store"), e.Store)
		secret := e.expand(name, defaults)
		e.check(&secret)
		for _, namespace := range e.namespaces(c.Namespace) {
			secret.Namespace = namespace
			secrets = append(secrets, secret)
			e.from.users = append(e.from.users, namespace)
		}
	}
	l.targets(secrets, c.Target)
	return secrets
}

// entry is one of secrets, as it is declared.
type entry struct {
	*loader
	stackfile.Secret
	at   path
	from *source
}

// expand is the secret with the defaults in place, in no namespace yet.
func (e *entry) expand(name string, d defaults) Secret {
	s := Secret{
		Name: name, Target: cmp.Or(e.Target, name), Store: e.from.name,
		Data: e.Data, Extract: e.Extract, Find: e.Find, Template: e.Template,
		RefreshInterval: d.interval,
		RefreshPolicy:   cmp.Or(e.RefreshPolicy, d.policies[KeyRefreshPolicy]),
		CreationPolicy:  cmp.Or(e.CreationPolicy, d.policies[KeyCreationPolicy], policyOwner),
		DeletionPolicy:  cmp.Or(e.DeletionPolicy, d.policies[KeyDeletionPolicy]),
		Labels:          merged(d.labels, e.Labels), Annotations: merged(d.annotations, e.Annotations),
		Spec: e.Spec,
	}
	if at := e.at.member("refreshInterval"); e.good(at) {
		s.RefreshInterval = e.interval(at, e.RefreshInterval)
	}
	return s
}

// namespaces are where the secret is.
func (e *entry) namespaces(standard string) []string {
	one, several := e.at.member("namespace"), e.at.member("namespaces")
	switch {
	case e.has(one) && e.has(several):
		e.say(several, "is besides namespace; write one of the two")
		return nil
	case e.has(one):
		if e.good(one) {
			e.label(one, e.Namespace)
		}
		return slices.DeleteFunc([]string{e.Namespace}, func(name string) bool { return name == "" })
	case !e.has(several):
		return slices.DeleteFunc([]string{standard}, func(name string) bool { return name == "" })
	case e.good(several) && len(e.Namespaces) == 0:
		e.say(several, "is empty; write [<name>, <name>]")
	}
	seen := map[string]bool{}
	for i, name := range e.Namespaces {
		at := e.nth(several, i)
		switch {
		case !e.good(at):
		case seen[name]:
			e.reject(at, name, "is there twice", "each namespace once")
		default:
			e.label(at, name)
		}
		seen[name] = true
	}
	delete(seen, "")
	return slices.Sorted(maps.Keys(seen))
}

// targets refuses two that would write one Secret. Only those that all merge into one
// of somebody else's get along: any other takes it for its own.
func (l *loader) targets(secrets []Secret, target Target) {
	type place struct{ namespace, name string }
	first := map[place]*Secret{}
	for i := range secrets {
		s := &secrets[i]
		at := path{KeySecrets, s.Name}
		if member := at.member("target"); l.has(member) {
			at = member
		}
		if s.Target == CredentialsName && target == Local {
			if !l.wrong(at) {
				l.reject(at, s.Target, "is the name of the Secret with the access key", "another name")
			}
			continue
		}
		here := place{s.Namespace, s.Target}
		other := first[here]
		switch {
		case other == nil:
			first[here] = s
		case other.CreationPolicy == policyMerge && s.CreationPolicy == policyMerge:
		case !l.wrong(at):
			l.reject(at, s.Target, "is the Secret of "+other.Name+" in namespace "+s.Namespace+" too",
				"another target, or creationPolicy: Merge in both for a Secret of somebody else's")
		}
	}
}
