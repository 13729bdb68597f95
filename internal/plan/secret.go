package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"eso-aws/internal/kube"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// Entry is a declared secret.
type Entry struct {
	// Declared is the secret in the stack file, and At its path.
	Declared stackfile.Secret
	At       problem.Path
	// Source is the store to read from.
	Source *Source
	// Args are the arguments of its ExternalSecrets, without the namespace and the store.
	Args secretsync.ExternalSecretArgs
	// Namespaces are the namespaces of its Secrets.
	Namespaces []string
}

// Secret is an ExternalSecret in one namespace.
type Secret struct {
	secretsync.ExternalSecretArgs
	// Entry declares it, and From is the store to read from.
	Entry *Entry
	From  *Store
}

// addSecrets adds the declared secrets, by name, in each of their namespaces.
func (p *Plan) addSecrets() {
	for _, name := range slices.Sorted(maps.Keys(p.File.Secrets)) {
		e := p.newEntry(name, p.File.Secrets[name])
		p.Entries = append(p.Entries, e)
		for _, namespace := range e.Namespaces {
			secret := &Secret{ExternalSecretArgs: e.Args, Entry: e}
			secret.Namespace = namespace
			p.Secrets = append(p.Secrets, secret)
			e.Source.users[namespace] = true
		}
	}
}

func (p *Plan) newEntry(name string, declared stackfile.Secret) *Entry {
	file, source := p.File, p.source(declared.Store)
	interval, _ := time.ParseDuration(cmp.Or(declared.RefreshInterval, file.RefreshInterval))
	return &Entry{
		Declared: declared, At: problem.Path{stackfile.KeySecrets, name}, Source: source,
		Args: secretsync.ExternalSecretArgs{
			APIVersion: p.APIVersion, Name: name, Target: cmp.Or(declared.Target, name),
			Labels:            kube.MergeStrings(file.Labels, declared.Labels),
			SecretAnnotations: kube.MergeStrings(file.Annotations, declared.Annotations),
			RefreshInterval:   interval,
			RefreshPolicy:     cmp.Or(declared.RefreshPolicy, file.RefreshPolicy),
			CreationPolicy:    cmp.Or(declared.CreationPolicy, file.CreationPolicy, secretsync.Owner),
			DeletionPolicy:    cmp.Or(declared.DeletionPolicy, file.DeletionPolicy),
			Source:            secretsync.Source{Data: declared.Data, Extract: declared.Extract, Find: declared.Find},
			Template:          declared.Template, Spec: declared.Spec, Timeout: p.Timeout,
		},
		Namespaces: p.namespacesOf(declared),
	}
}

func (p *Plan) namespacesOf(declared stackfile.Secret) []string {
	namespaces := declared.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{cmp.Or(declared.Namespace, p.File.Namespace)}
	}
	return slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(namespaces))),
		func(name string) bool { return name == "" })
}
