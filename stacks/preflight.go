package stacks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/client-go/tools/clientcmd"

	"eso-aws/internal/chart"
	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

const (
	// ownerAnnotation marks the stack's objects in the cluster.
	ownerAnnotation = "eso-aws/stack"
	maxListed       = 5
	coreSecret      = "Secret"
)

// owner returns the annotation of this stack's objects.
func owner(ctx *pulumi.Context) map[string]string {
	return map[string]string{
		ownerAnnotation: fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack()),
	}
}

func (s *stack) owns(object *cluster.Object) bool {
	return object.Annotations[ownerAnnotation] == s.owner[ownerAnnotation]
}

// path returns the path of a setting, as the user writes it.
func (s *stack) path(key string, members ...string) problem.Path {
	return problem.Path{s.ctx.Project() + ":" + key}.Member(members...)
}

// connect connects to the stack's cluster. It rejects a kubeconfig for another one.
func (s *stack) connect() (err error) {
	s.client, err = cluster.Connect(cluster.Source{
		Configured: s.kubeconfig,
		Paths:      kubeconfigPaths(),
		Context:    s.kubeContext,
	})
	if err != nil || s.endpoint == "" || s.client.Server() == strings.TrimRight(s.endpoint, "/") {
		return err
	}
	return s.refuse(s.path(stackfile.KeyKubeconfig), nil, fmt.Sprintf(
		"context %q must point to %s, the endpoint of cluster %q, not to %s",
		s.client.Context(), s.endpoint, s.plan.Cluster.Name, s.client.Server()),
		"remove kubeconfig and kubeContext, or set the kubeconfig of that cluster")
}

// kubeconfigPaths returns the kubeconfigs that kubectl would use.
func kubeconfigPaths() []string {
	return clientcmd.NewDefaultClientConfigLoadingRules().GetLoadingPrecedence()
}

// preflight checks the cluster before anything is registered.
type preflight struct {
	*stack
	problems problem.List
	lists    map[string][]cluster.Object // by kind and namespace
}

// preflight connects to the cluster and checks it.
func (s *stack) preflight() error {
	if err := s.connect(); err != nil {
		return err
	}
	p := &preflight{stack: s, lists: map[string][]cluster.Object{}}
	for _, name := range slices.Sorted(maps.Keys(s.plan.Namespaces)) {
		namespace, err := s.client.Namespace(s.ctx.Context(), name)
		if err != nil {
			return err // the cluster is unreachable: no other check would work either
		}
		p.checkNamespace(name, namespace)
	}
	if err := p.checkRemovedNamespaces(); err != nil {
		return err
	}
	if err := p.checkObjects(); err != nil {
		return err
	}
	if !s.plan.File.KeepCRDs {
		if err := p.checkForeign(); err != nil {
			return err
		}
	}
	return p.problems.Err()
}

func (p *preflight) add(path problem.Path, kind problem.Kind, rule, fix string) {
	p.problems.Add(problem.Problem{Path: path, Kind: kind, Rule: rule, Fix: fix})
}

// checkNamespace allows to create a namespace only if it does not exist or belongs to the stack: creating is an
// upsert in Kubernetes, and a destroy would delete an adopted namespace with everything in it.
func (p *preflight) checkNamespace(name string, found *cluster.Object) {
	create, namespace := p.plan.Namespaces[name], fmt.Sprintf("namespace %q ", name)
	path := p.path(stackfile.KeyNamespaces, name)
	switch {
	case found == nil && !create:
		p.add(path, problem.NotFound, namespace+"does not exist",
			"set create: true, or run kubectl create namespace "+name+p.flags(""))
	case found == nil:
	case found.Deleted:
		p.add(path, problem.Conflict, namespace+"is being deleted",
			"wait until it is gone; kubectl describe namespace "+name+p.flags("")+" shows what delays it")
	case create && !p.owns(found):
		p.add(path, problem.Duplicate, namespace+existsForOthers(found),
			"set create: false to use it unchanged"+p.takeOverIfRenamed("namespace", found))
	case !create && p.owns(found):
		p.add(path, problem.Conflict, namespace+"belongs to this stack, which would delete it",
			"set create: true, or, to keep it without this stack, "+p.letGo(name, " --target-dependents"))
	}
}

// letGo returns the commands after which a namespace no longer belongs to the stack. With --target-dependents, what
// is in it leaves the state too, and the next pulumi up takes over what is still declared.
func (p *preflight) letGo(namespace, dependents string) string {
	return fmt.Sprintf("run pulumi state delete 'urn:pulumi:%s::%s::kubernetes:core/v1:Namespace::%s'%s and "+
		"kubectl annotate namespace %s %s-%s",
		p.ctx.Stack(), p.ctx.Project(), namespace, dependents, namespace, ownerAnnotation, p.flags(""))
}

// checkRemovedNamespaces refuses to remove a namespace of the stack that still exists: Pulumi would delete it with
// everything that others have created in it.
func (p *preflight) checkRemovedNamespaces() error {
	namespaces, _, err := p.client.List(p.ctx.Context(), "v1", "", "namespaces")
	if err != nil {
		if p.ctx.DryRun() && cluster.Forbidden(err) {
			return nil // pulumi up will check it
		}
		return err
	}
	for i := range namespaces {
		found := &namespaces[i]
		if _, declared := p.plan.Namespaces[found.Name]; declared || found.Deleted || !p.owns(found) {
			continue
		}
		p.add(p.path(stackfile.KeyNamespaces, found.Name), problem.Conflict,
			fmt.Sprintf("namespace %q belongs to this stack but is no longer declared: Pulumi would delete it with "+
				"everything in it", found.Name),
			"set create: true and run pulumi up to keep it; after that, to keep it without this stack, "+
				p.letGo(found.Name, "")+"; to delete it, run kubectl delete namespace "+found.Name+p.flags(""))
	}
	return nil
}

// existsForOthers says to which other stack an object belongs, if any.
func existsForOthers(object *cluster.Object) string {
	if other, ok := object.Annotations[ownerAnnotation]; ok {
		return "exists and belongs to stack " + other
	}
	return "exists and does not belong to this stack"
}

// takeOverIfRenamed returns a fix for the objects of a stack that was renamed or moved. Deleting and recreating
// them would lose their contents.
func (s *stack) takeOverIfRenamed(kind string, object *cluster.Object) string {
	if _, ok := object.Annotations[ownerAnnotation]; !ok {
		return ""
	}
	return "; if this stack was renamed or moved, run " + s.takeOver(kind, object)
}

// takeOver returns the command that makes an object belong to this stack.
func (s *stack) takeOver(kind string, object *cluster.Object) string {
	return fmt.Sprintf("kubectl annotate %s %s %s=%s --overwrite%s", strings.ToLower(kind), object.Name,
		ownerAnnotation, s.owner[ownerAnnotation], s.flags(object.Namespace))
}

// flags returns kubectl's flags for objects of a namespace, or, with "", for cluster-scoped ones.
func (s *stack) flags(namespace string) string {
	flags := ""
	if namespace != "" {
		flags = " -n " + namespace
	}
	if s.kubeContext != "" {
		flags += " --context " + s.client.Context()
	}
	return flags
}

// checkObjects rejects names under which others have created objects.
func (p *preflight) checkObjects() error {
	for _, store := range p.plan.Stores {
		path, rename := p.storeSetting(store)
		if err := p.checkObject(storeReference(store), path, rename); err != nil {
			return err
		}
		if auth := store.Auth.Credentials; !p.plan.OnEKS() {
			credentials, path := reference{coreSecret, auth.Namespace, auth.SecretName}, p.path(stackfile.KeyNamespace)
			if err := p.checkObject(credentials, path, "set another namespace"); err != nil {
				return err
			}
		}
	}
	for _, secret := range p.plan.Secrets {
		path := p.path(stackfile.KeySecrets, secret.Name)
		if err := p.checkObject(secretReference(secret), path, "set another name"); err != nil {
			return err
		}
		if err := p.checkTarget(secret, path); err != nil {
			return err
		}
	}
	return nil
}

func (p *preflight) checkObject(object reference, path problem.Path, rename string) error {
	found, err := p.find(object)
	if err != nil || found == nil || p.owns(found) {
		return err
	}
	fix := rename + p.takeOverIfRenamed(object.kind, found)
	if fix == rename {
		kind := strings.ToLower(object.kind)
		fix += ", or run kubectl delete " + kind + " " + object.name + p.flags(object.namespace)
	}
	p.add(path, problem.Duplicate, object.quoted()+" "+existsForOthers(found), fix)
	return nil
}

// checkTarget rejects a Secret of others: the operator would overwrite it and, as its owner, delete it one day.
func (p *preflight) checkTarget(secret *plan.Secret, path problem.Path) error {
	target := reference{coreSecret, secret.Namespace, secret.Target}
	found, err := p.find(target)
	if err != nil || found == nil || !secret.Overwrites() || p.owns(found) || writtenByOperator(found) {
		return err
	}
	p.add(path, problem.Duplicate, target.quoted()+" "+existsForOthers(found), "set another target, set "+
		"creationPolicy: Merge to add keys to it, or, to replace it, run "+p.takeOver(coreSecret, found))
	return nil
}

// writtenByOperator reports whether the operator wrote a Secret. All its versions mark what they write.
func writtenByOperator(secret *cluster.Object) bool {
	for _, marks := range []map[string]string{secret.Labels, secret.Annotations} {
		for key := range marks {
			if strings.HasPrefix(key, "reconcile.external-secrets.io/") {
				return true
			}
		}
	}
	return false
}

// storeSetting returns the setting that renames or moves a store, and how to change it.
func (s *stack) storeSetting(store *plan.Store) (path problem.Path, rename string) {
	named := store.Name != plan.LocalStore && store.Name != plan.EKSStore
	switch {
	case !store.Source.Default:
		return s.path(stackfile.KeyStores, store.Name), "set another name"
	case named, !s.plan.OnEKS() && store.Namespace == "":
		return s.path(stackfile.KeyStore, "name"), "set another name"
	case store.Namespace == "":
		return s.path(stackfile.KeyCluster), "set another cluster"
	default:
		return s.path(stackfile.KeyNamespace), "set another namespace"
	}
}

// find returns an object, or nil if it does not exist. It lists each kind once per namespace.
func (p *preflight) find(object reference) (*cluster.Object, error) {
	version, key := p.plan.APIVersion, object.kind+"/"+object.namespace
	if object.kind == coreSecret {
		version = "v1"
	}
	list, ok := p.lists[key]
	if !ok {
		var err error
		list, _, err = p.client.List(p.ctx.Context(), version, object.namespace, cluster.Resource(object.kind))
		// Users who can list Secrets can read their values, so a preview works without this permission.
		withheld := object.kind == coreSecret && p.ctx.DryRun() && cluster.Forbidden(err)
		if err != nil && !withheld {
			return nil, err
		}
		p.lists[key] = list
	}
	i := slices.IndexFunc(list, func(listed cluster.Object) bool { return listed.Name == object.name })
	if i < 0 {
		return nil, nil //nolint:nilnil // as the client's methods
	}
	return &list[i], nil
}

// checkForeign rejects deleting the CRDs while others use them.
func (p *preflight) checkForeign() error {
	var foreign []string
	for _, kind := range []string{
		secretsync.SecretKind, "SecretStore", secretsync.ClusterStoreKind,
		"ClusterExternalSecret", "PushSecret", "ClusterPushSecret",
	} {
		objects, err := p.list(kind)
		if err != nil {
			return err
		}
		for i := range objects {
			if !p.owns(&objects[i]) {
				foreign = append(foreign, reference{kind, objects[i].Namespace, objects[i].Name}.String())
			}
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	more := ""
	if n := len(foreign) - maxListed; n > 0 {
		foreign, more = foreign[:maxListed], fmt.Sprintf(" and %d more", n)
	}
	p.add(p.path(stackfile.KeyKeepCRDs), problem.Conflict, "false deletes the CRDs, and with them objects that do not "+
		"belong to this stack: "+strings.Join(foreign, ", ")+more, "set keepCRDs: true, or delete these objects first")
	return nil
}

// list lists a kind of the operator in all namespaces, in the first API version that the cluster has: all versions
// show the same objects.
func (p *preflight) list(kind string) ([]cluster.Object, error) {
	for _, version := range []string{chart.APIv1, chart.APIv1beta1, "external-secrets.io/v1alpha1"} {
		objects, exists, err := p.client.List(p.ctx.Context(), version, "", cluster.Resource(kind))
		if err != nil || exists {
			return objects, err
		}
	}
	return nil, nil
}
