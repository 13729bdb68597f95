package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/stackfile"
)

// The scopes of a store, and what stands for every namespace.
const (
	scopeCluster   = "cluster"
	scopeNamespace = "namespace"
	everyNamespace = "*"
)

// Store is one in the cluster: where secrets are, and how they are read.
type Store struct {
	// Name is the store's, and Namespace where it is; "" is a ClusterSecretStore.
	Name, Namespace string
	// Default says that it is read from where a secret names no store.
	Default bool
	// Namespaces are those that may use a ClusterSecretStore; nil is every one.
	Namespaces []string
	// Service is SecretsManager or ParameterStore, and Region where it is.
	Service, Region string
	// Role is the ARN of a role to go on to; "" for none.
	Role string
	// ServiceAccount is who reads, of the store's namespace; "" is the operator.
	ServiceAccount string
}

// source is a store as it is declared: one, wherever it will be.
type source struct {
	stackfile.Store
	name     string
	standard bool // the default store
	at       path
	regionAt path
	users    []string // the namespaces of its secrets
}

// sources are the stores that are declared, the default one first.
func (l *loader) sources(c *Config) []*source {
	standard := stackfile.DefaultStore{Name: EKSStore}
	if c.Target == Local {
		standard.Name = LocalStore
	}
	l.decode(KeyStore, &standard)
	at := path{KeyStore}
	if l.good(at.member("name")) {
		l.kubeName(at.member("name"), standard.Name)
	}
	sources := []*source{{Store: standard.Store, name: standard.Name, standard: true, at: at}}

	declared := map[string]stackfile.Store{}
	l.decode(KeyStores, &declared)
	for _, name := range sorted(declared) {
		at := path{KeyStores, name}
		l.kubeName(at, name)
		if name == standard.Name {
			l.reject(at, name, "is the name of the default store", "its settings in store, or another name")
		}
		sources = append(sources, &source{Store: declared[name], name: name, at: at})
	}
	for _, s := range sources {
		l.source(s, c)
	}
	return sources
}

// source checks a store, and has the defaults in place.
func (l *loader) source(s *source, c *Config) {
	s.regionAt = path{KeyRegion}
	if at := s.at.member("region"); l.has(at) {
		s.regionAt = at
		l.storeRegion(at, s.Region, c)
	}
	scope := scopeNamespace
	if c.Target == EKS {
		scope = scopeCluster
	}
	s.Region, s.Service = cmp.Or(s.Region, c.Region), cmp.Or(s.Service, SecretsManager)
	s.Scope = cmp.Or(s.Scope, scope)
	for i, name := range s.Namespaces {
		at := l.nth(s.at.member("namespaces"), i)
		switch {
		case name == everyNamespace && s.Scope == scopeCluster || !l.good(at):
		case name == everyNamespace:
			l.reject(at, name, "is every namespace, and the store would be in each", "scope: cluster, or their names")
		default:
			l.label(at, name)
		}
	}
	for member, value := range map[string]string{"role": s.Role, "serviceAccount": s.ServiceAccount} {
		if at := s.at.member(member); l.good(at) && c.Target == Local {
			l.reject(at, value, "is for target eks, and this one is local", "target: eks, or take it away")
		}
	}
	if c.Target == Local {
		return
	}
	if at := s.at.member("role"); l.good(at) {
		l.iam(at, iam.CheckARN(pattern.RoleARN, s.Role, c.Cluster.Partition))
		if name := c.Cluster.roleName(); strings.HasSuffix(s.Role, "/"+name) {
			l.warn(at, fmt.Sprintf("%q: has the name of the operator's own role, which may not assume itself; "+
				"take it away where it is that one", s.Role))
		}
	}
	at := s.at.member("serviceAccount")
	if !l.good(at) {
		return
	}
	l.kubeName(at, s.ServiceAccount)
	if s.Scope == scopeCluster {
		l.reject(at, s.ServiceAccount, "is of a namespace, and the store is the cluster's",
			"scope: namespace, or take it away")
	}
	if c.Cluster.Auth == PodIdentity {
		l.warn(at, "signs in by IRSA, which needs an OIDC provider of the cluster in IAM and a role on the account")
	}
}

// storeRegion checks the region of one store.
func (l *loader) storeRegion(p path, value string, c *Config) {
	if !l.good(p) {
		return
	}
	partition, problems := iam.PartitionOf(value)
	switch {
	case !pattern.Region.Matches(value):
		l.iam(p, problems)
	case c.Target == EKS && (problems != nil || c.Cluster.Partition != "" && partition != c.Cluster.Partition):
		l.otherPartition(p, value, c.Cluster.Partition)
	}
}

// otherPartition refuses a region that the cluster's partition does not have.
func (l *loader) otherPartition(p path, value string, own iam.Partition) {
	l.reject(p, value, "is in another partition of AWS than the cluster", "a region of partition "+string(own))
}

// stores are the declared ones, in each namespace where they are. One that nobody
// may use is not made.
func (l *loader) stores(sources []*source) []Store {
	var stores []Store
	for _, s := range sources {
		namespaces := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(s.Namespaces), s.users...))))
		store := Store{
			Name: s.name, Default: s.standard, Service: s.Service, Region: s.Region, Role: s.Role,
			ServiceAccount: s.ServiceAccount,
		}
		switch {
		case len(namespaces) == 0 && !s.standard && !l.failed(KeySecrets):
			l.warn(s.at, "is used by no secret, and not made; write store: "+s.name+
				" in one, namespaces that may use it, or take it away")
		case len(namespaces) == 0:
		case s.Scope == scopeCluster:
			if !slices.Contains(namespaces, everyNamespace) {
				store.Namespaces = namespaces
			}
			stores = append(stores, store)
		default:
			for _, namespace := range namespaces {
				store.Namespace = namespace
				stores = append(stores, store)
			}
		}
	}
	return stores
}

// named is the store that a secret is read from; the default one where there is none
// of that name, so that more can be told.
func (l *loader) named(sources []*source, p path, name string) *source {
	if !l.good(p) {
		return sources[0]
	}
	names := make([]string, len(sources))
	for i, s := range sources {
		if s.name == name {
			return s
		}
		names[i] = s.name
	}
	l.say(p, fmt.Sprintf("%q: is no store of this stack; %s", name, instead(name, names)))
	return sources[0]
}
