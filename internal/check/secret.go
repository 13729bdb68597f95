package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eso-aws/internal/chart"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/operator"
	"eso-aws/secretsync"
)

// anySecrets refuses a stack with nothing to read, and warns of one whose store is for
// others that cannot read anything.
func (c *checker) anySecrets() {
	at, used := problem.Path{stackfile.KeySecrets}, slices.ContainsFunc(c.Sources, (*plan.Source).Used)
	switch {
	case len(c.Entries) > 0 || c.problems.Failed(at):
	case !used:
		c.refuse(at, nil, problem.Required, "is required",
			"set it to <name>: {data: {<key>: <name in AWS>}}, or set store.namespaces if others bring "+
				"their ExternalSecrets")
	case c.OnEKS() && c.ReadsItself() && len(c.File.Permissions.Prefixes) == 0:
		c.warn(problem.Path{stackfile.KeyStore}, nil, problem.Access, "is for the ExternalSecrets of others, but the "+
			"operator's role grants access to no secret", "set permissions.prefixes")
	}
}

// entry checks a declared secret.
type entry struct {
	*checker
	*plan.Entry
}

// secret checks a declared secret.
func (c *checker) secret(declared *plan.Entry) {
	e := entry{c, declared}
	e.declaredStore()
	e.declaredNamespaces()
	e.sources()
	if at := e.At.Member("refreshInterval"); c.File.Valid(at) {
		c.interval(at, e.Declared.RefreshInterval)
	}
	e.policies()
	e.rawFields()
	e.reservedKeys(e.At.Member("labels"), e.Declared.Labels)
	e.annotations(e.At.Member("annotations"), e.Declared.Annotations)
	e.templates()
}

// declaredStore checks that the named store is declared.
func (e *entry) declaredStore() {
	at, name := e.At.Member("store"), e.Declared.Store
	if e.File.Valid(at) && e.Source.Name != name {
		names := make([]string, len(e.Sources))
		for i, s := range e.Sources {
			names[i] = s.Name
		}
		e.refuse(at, name, problem.NotFound, "store is not declared in this stack", problem.Suggest(name, names))
	}
}

func (e *entry) declaredNamespaces() {
	one, several := e.At.Member("namespace"), e.At.Member("namespaces")
	if e.File.Has(one) && e.File.Has(several) {
		e.refuse(several, nil, problem.Conflict, "cannot be combined with namespace", "set only one of them")
		return
	}
	seen := map[string]bool{}
	for i, name := range e.Declared.Namespaces {
		if at := e.File.Entry(several, i); seen[name] && e.File.Valid(at) {
			e.refuse(at, name, problem.Duplicate, "is a duplicate", "list each namespace once")
		}
		seen[name] = true
	}
}

// setting returns the path of what a secret can override: in the secret, or for the stack.
func (e *entry) setting(path ...string) problem.Path {
	if at := e.At.Member(path...); e.File.Has(at) {
		return at
	}
	return path
}

// policies refuses unsupported policies, and warns about those that leave no Secret to wait
// for.
func (e *entry) policies() {
	args := &e.Args
	refresh, creation := e.setting(stackfile.KeyRefreshPolicy), e.setting(stackfile.KeyCreationPolicy)
	e.feature(refresh, args.RefreshPolicy, chart.RefreshPolicy)
	if args.CreationPolicy == secretsync.CreateOrMerge {
		e.feature(creation, args.CreationPolicy, chart.CreateOrMerge)
	}
	interval := e.At.Member("refreshInterval")
	if e.File.Valid(interval) && args.RefreshPolicy != "" && args.RefreshPolicy != secretsync.Periodic {
		e.warn(interval, nil, problem.Conflict, "has no effect with refreshPolicy "+args.RefreshPolicy, "remove it")
	}
	if args.CreationPolicy == secretsync.Merge {
		e.warn(creation, nil, problem.Conflict, "Merge does not create the Secret: unless something else does, "+
			"pulumi up waits for it and fails", "set Owner or Orphan unless something else creates the Secret")
	}
	e.deletionPolicy(e.setting(stackfile.KeyDeletionPolicy), args)
}

func (e *entry) deletionPolicy(at problem.Path, args *secretsync.ExternalSecretArgs) {
	policy := args.DeletionPolicy
	switch {
	case policy != secretsync.Delete && policy != secretsync.Merge:
	case policy == secretsync.Delete && args.CreationPolicy != secretsync.Owner:
		e.refuseOnce(at, policy, problem.Conflict, "cannot be combined with creationPolicy "+args.CreationPolicy+
			", because the operator deletes only Secrets that it owns",
			"set creationPolicy: Owner or deletionPolicy: Retain")
	case e.hidden():
		e.warn(at, nil, problem.Access,
			policy+" has no effect on what is read by name: AWS answers AccessDenied for a "+
				"secret that is gone, and the Secret stays",
			"set Retain, or grant a prefix of its name in permissions.prefixes")
	default:
		e.warn(at, nil, problem.Conflict, policy+" skips what AWS does not have: pulumi up succeeds without that key, "+
			"even if its name is a mistake", "set Retain unless that is intended")
	}
}

// hidden reports whether AWS hides from the operator that a secret was deleted. A role that
// may read only that secret gets AccessDenied instead of ResourceNotFound.
func (e *entry) hidden() bool {
	return e.ownPolicy() && len(e.File.Permissions.Prefixes) == 0 && e.Source.Service != plan.ParameterStore &&
		len(e.Declared.Data)+len(e.Declared.Extract) > 0
}

// ownPolicy reports whether the operator reads the secret with the role of this stack.
func (e *entry) ownPolicy() bool { return e.OnEKS() && e.Source.OwnRole() }

// rawFields refuses fields of the raw spec that other settings decide.
func (e *entry) rawFields() {
	for field, setting := range map[string]string{
		"refreshInterval": stackfile.KeyRefreshInterval, "refreshPolicy": stackfile.KeyRefreshPolicy,
		"secretStoreRef": "store", "target.name": "target",
		"target.creationPolicy": stackfile.KeyCreationPolicy, "target.deletionPolicy": stackfile.KeyDeletionPolicy,
	} {
		path := strings.Split(field, ".")
		if _, ok := operator.ValueAt(e.Declared.Spec, path...); ok {
			e.refuse(e.At.Member("spec").Member(path...), nil, problem.Reserved,
				"is set from "+setting+" of the secret", "set "+setting+" instead")
		}
	}
}

// targets refuses entries that would write to the same Secret, unless all of them merge
// into a Secret that others own.
func (c *checker) targets() {
	type name struct{ namespace, name string }
	first := map[name]*plan.Secret{}
	for _, secret := range c.Secrets {
		at := secret.Entry.At
		if target := at.Member("target"); c.File.Has(target) {
			at = target
		}
		if secret.Target == plan.CredentialsName && !c.OnEKS() {
			c.refuseOnce(at, secret.Target, problem.Duplicate, "is the name of the Secret with the access key",
				"choose another name")
			continue
		}
		key := name{secret.Namespace, secret.Target}
		other := first[key]
		switch {
		case other == nil:
			first[key] = secret
		case other.CreationPolicy == secretsync.Merge && secret.CreationPolicy == secretsync.Merge:
		default:
			c.refuseOnce(at, secret.Target, problem.Duplicate, fmt.Sprintf("Secret %s in namespace %s is already the "+
				"target of %s", secret.Target, secret.Namespace, other.Name),
				"choose another target, or set creationPolicy: Merge in both if something else creates the Secret")
		}
	}
}

// feature refuses a feature that the chart or the API version does not support.
func (c *checker) feature(at problem.Path, value any, feature chart.Feature) {
	if !c.File.Valid(at) || c.problems.Wrong(at) || c.problems.Failed(problem.Path{stackfile.KeyAPIVersion}) {
		return
	}
	for _, p := range c.Chart.Release().CheckFeature(feature, c.APIVersion) {
		p.Path, p.Value = at, value
		c.problems.Add(p)
	}
}

// withoutStar returns what to write instead of a prefix with a star.
func withoutStar(value string) string {
	return cmp.Or(strings.TrimRight(value, "*"), "a prefix of the names")
}
