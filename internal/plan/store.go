package plan

import (
	"cmp"
	"maps"
	"slices"

	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// The AWS services to read from.
const (
	SecretsManager = "SecretsManager"
	ParameterStore = "ParameterStore"
)

// The scopes of a store, and the wildcard for every namespace.
const (
	ClusterScope   = "cluster"
	NamespaceScope = "namespace"
	EveryNamespace = "*"
)

// Source is a store as the file declares it, whatever its namespaces.
type Source struct {
	// Store is the store in the stack file, with its defaults filled in.
	stackfile.Store
	// Name is the name of the store in Kubernetes.
	Name string
	// Default marks the store of the secrets that do not name one.
	Default bool
	// At is the path of the store in the stack file, and RegionAt that of its region.
	At, RegionAt problem.Path

	users map[string]bool // the namespaces of its secrets
}

// Store is a store in the cluster.
type Store struct {
	secretsync.StoreArgs
	// Source declares it.
	Source *Source
}

// Used reports whether any namespace may use the store.
func (s *Source) Used() bool { return len(s.users)+len(s.Namespaces) > 0 }

// OwnRole reports whether the operator reads with its own role, without assuming another.
func (s *Source) OwnRole() bool { return s.Role == "" && s.ServiceAccount == "" }

func newSources(p *Plan) []*Source {
	file := p.File
	name, scope := LocalStore, NamespaceScope
	if p.OnEKS() {
		name, scope = EKSStore, ClusterScope
	}
	sources := []*Source{{
		Store: file.Store.Store, Name: cmp.Or(file.Store.Name, name), Default: true,
		At: problem.Path{stackfile.KeyStore},
	}}
	for _, name := range slices.Sorted(maps.Keys(file.Stores)) {
		at := problem.Path{stackfile.KeyStores, name}
		sources = append(sources, &Source{Store: file.Stores[name], Name: name, At: at})
	}
	for _, s := range sources {
		s.users = map[string]bool{}
		s.RegionAt = problem.Path{stackfile.KeyRegion}
		if at := s.At.Member("region"); file.Has(at) {
			s.RegionAt = at
		}
		s.Region, s.Service = cmp.Or(s.Region, p.Region), cmp.Or(s.Service, SecretsManager)
		s.Scope = cmp.Or(s.Scope, scope)
	}
	return sources
}

// source returns the store of that name. If there is none, it returns the default store.
func (p *Plan) source(name string) *Source {
	for _, s := range p.Sources {
		if s.Name == name {
			return s
		}
	}
	return p.Sources[0]
}

// addStores adds the stores in the cluster, and sets the stores of the secrets. A source
// that no namespace may use has no store.
func (p *Plan) addStores() {
	for _, s := range p.Sources {
		namespaces := slices.Compact(slices.Sorted(slices.Values(
			append(slices.Clone(s.Namespaces), slices.Collect(maps.Keys(s.users))...))))
		switch {
		case len(namespaces) == 0:
		case s.Scope == ClusterScope && slices.Contains(namespaces, EveryNamespace):
			p.addStore(s, "", nil)
		case s.Scope == ClusterScope:
			p.addStore(s, "", namespaces)
		default:
			for _, namespace := range namespaces {
				p.addStore(s, namespace, nil)
			}
		}
	}
	for _, secret := range p.Secrets {
		i := slices.IndexFunc(p.Stores, func(s *Store) bool {
			return s.Source == secret.Entry.Source && (s.Namespace == "" || s.Namespace == secret.Namespace)
		})
		secret.From, secret.Store = p.Stores[i], p.Stores[i].Ref()
	}
}

func (p *Plan) addStore(s *Source, namespace string, users []string) {
	p.Stores = append(p.Stores, &Store{Source: s, StoreArgs: secretsync.StoreArgs{
		APIVersion: p.APIVersion, Name: s.Name, Namespace: namespace, Namespaces: users,
		Service: s.Service, Region: s.Region, Role: s.Role, Auth: p.storeAuth(s, namespace), Timeout: p.Timeout,
	}})
}

// storeAuth returns how a store signs in. On EKS with IRSA, a cluster-wide store uses the
// operator's service account. A store of a namespace cannot refer to a service account of
// another one, so it uses the environment of the operator's pod.
func (p *Plan) storeAuth(s *Source, namespace string) secretsync.Auth {
	switch {
	case !p.OnEKS():
		return secretsync.Auth{Credentials: &secretsync.Credentials{
			Namespace: cmp.Or(namespace, p.File.Namespace), SecretName: CredentialsName,
			AccessKeyIDKey: AccessKeyIDKey, SecretAccessKeyKey: SecretAccessKeyKey,
		}}
	case s.ServiceAccount != "":
		return secretsync.Auth{ServiceAccount: &secretsync.ServiceAccount{Namespace: namespace, Name: s.ServiceAccount}}
	case namespace == "" && p.Auth() == IRSA:
		return secretsync.Auth{ServiceAccount: &secretsync.ServiceAccount{
			Namespace: OperatorNamespace, Name: OperatorName,
		}}
	default:
		return secretsync.Auth{}
	}
}
