package plan

import (
	"cmp"
	"maps"
	"slices"

	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// The services that secrets are read from.
const (
	SecretsManager = "SecretsManager"
	ParameterStore = "ParameterStore"
)

// The scopes of a store, and what stands for every namespace.
const (
	ClusterScope   = "cluster"
	NamespaceScope = "namespace"
	EveryNamespace = "*"
)

// Source is a declared store, wherever it will be.
type Source struct {
	// Store is what the file says, with the defaults filled in.
	stackfile.Store
	// Name is the name of the store in Kubernetes.
	Name string
	// Default marks the store of the secrets that name none.
	Default bool
	// At is where the file declares it, and RegionAt where it sets the region.
	At, RegionAt problem.Path

	users map[string]bool // the namespaces of its secrets
}

// Store is a store in the cluster.
type Store struct {
	secretsync.StoreArgs
	// Source is what declares it.
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

// source is the store of that name, and the default store where there is none.
func (p *Plan) source(name string) *Source {
	for _, s := range p.Sources {
		if s.Name == name {
			return s
		}
	}
	return p.Sources[0]
}

// addStores adds each declared store in each namespace where it is, and has the secrets
// refer to them. A store that nothing may use is not created.
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

// storeAuth is how a store signs in. On EKS a cluster-wide store uses the token of the
// operator's service account, and a store of a namespace, which cannot name an account
// elsewhere, the environment of the operator.
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
