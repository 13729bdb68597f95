package stacks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/chart"
	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

const (
	// ownerAnnotation is on what is the stack's own in the cluster.
	ownerAnnotation = "eso-aws/stack"
	maxNamed        = 5
	coreSecret      = "Secret"
)

// owner is the annotation of this stack's objects.
func owner(ctx *pulumi.Context) map[string]string {
	return map[string]string{
		ownerAnnotation: fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack()),
	}
}

func (s *stack) owns(object *cluster.Object) bool {
	return object.Annotations[ownerAnnotation] == s.owner[ownerAnnotation]
}

// connect is a client of the stack's cluster. It refuses a kubeconfig that leads
// to another one.
func (s *stack) connect() (*cluster.Client, error) {
	client, err := cluster.Connect(cluster.Source{
		Configured: s.kubeconfig,
		Paths:      kubeconfigPaths(),
		Context:    s.kubeContext,
	})
	if err != nil || s.endpoint == "" || client.Server() == strings.TrimRight(s.endpoint, "/") {
		return client, err
	}
	return nil, fmt.Errorf("%s:%s: context %q leads to %s, and cluster %q is %s; write the kubeconfig of that one, "+
		"or take kubeconfig and kubeContext away: one is made then", s.ctx.Project(), stackfile.KeyKubeconfig,
		client.Context(), client.Server(), s.plan.Cluster.Name, s.endpoint)
}

// kubeconfigPaths are kubectl's.
func kubeconfigPaths() []string {
	if paths := os.Getenv("KUBECONFIG"); paths != "" {
		return filepath.SplitList(paths)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(home, ".kube", "config")}
}

// preflight looks at the cluster before anything is registered.
func (s *stack) preflight() (*cluster.Client, error) {
	client, err := s.connect()
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(s.plan.Namespaces)) {
		namespace, err := client.Namespace(s.ctx.Context(), name)
		if err != nil {
			return nil, err // one unreachable cluster is one problem
		}
		problems = append(problems, s.checkNamespace(client, name, namespace))
	}
	taken, err := s.checkNames(client)
	if err != nil {
		return nil, err
	}
	problems = append(problems, taken...)
	if !s.plan.File.KeepCRDs {
		problems = append(problems, s.checkForeign(s.ctx.Context(), client))
	}
	return client, errors.Join(problems...)
}

// checkNamespace lets a namespace be created only where there is none or it is
// the stack's own: creating is an upsert for Kubernetes, and what was adopted
// would be deleted with everything in it.
func (s *stack) checkNamespace(client *cluster.Client, name string, found *cluster.Object) error {
	create := s.plan.Namespaces[name]
	at := fmt.Sprintf("%s:%s.%s", s.ctx.Project(), stackfile.KeyNamespaces, name)
	switch {
	case found == nil && !create:
		return fmt.Errorf("%s: namespace %q does not exist; write create: true, or run: kubectl create namespace %s%s",
			at, name, name, s.contextFlag(client))
	case found == nil:
		return nil
	case found.Deleted:
		return fmt.Errorf("%s: namespace %q is being deleted; wait until it is gone, and see what holds it with: "+
			"kubectl describe namespace %s%s", at, name, name, s.contextFlag(client))
	case create && !s.owns(found):
		return fmt.Errorf("%s: namespace %q exists and %swrite create: false, it is then used and left alone",
			at, name, s.whose(client, "namespace", found))
	case !create && s.owns(found):
		return fmt.Errorf("%s: namespace %q was created by this stack, which would now delete it; write create: true, "+
			"or let go of it first: pulumi state delete 'urn:pulumi:%s::%s::kubernetes:core/v1:Namespace::%s' and "+
			"kubectl annotate namespace %s %s-%s",
			at, name, s.ctx.Stack(), s.ctx.Project(), name, name, ownerAnnotation, s.contextFlag(client))
	default:
		return nil
	}
}

// whose says whose an object is that is not this stack's, up to what to write. A stack that was
// renamed or moved made its objects under another name: to delete those would be to lose what is in them.
func (s *stack) whose(client *cluster.Client, kind string, object *cluster.Object) string {
	other, ok := object.Annotations[ownerAnnotation]
	if !ok {
		return "is not this stack's; "
	}
	return fmt.Sprintf("is of the stack %s; if that is this one under an earlier name, run: %s; else ",
		other, s.takeOver(client, kind, object))
}

// takeOver is the command that makes an object the stack's own.
func (s *stack) takeOver(client *cluster.Client, kind string, object *cluster.Object) string {
	return fmt.Sprintf("kubectl annotate %s %s %s=%s --overwrite%s",
		kind, object.Name, ownerAnnotation, s.owner[ownerAnnotation], s.flags(client, object))
}

// flags are kubectl's for an object.
func (s *stack) flags(client *cluster.Client, object *cluster.Object) string {
	if object.Namespace == "" {
		return s.contextFlag(client)
	}
	return " -n " + object.Namespace + s.contextFlag(client)
}

// checkNames refuses to make over what others have made under the same names.
func (s *stack) checkNames(client *cluster.Client) ([]error, error) {
	var problems []error
	check := func(key, instead, kind string, object *cluster.Object) {
		if object == nil || s.owns(object) {
			return
		}
		if _, of := object.Annotations[ownerAnnotation]; !of {
			instead += fmt.Sprintf(", or delete it first: kubectl delete %s %s%s",
				strings.ToLower(kind), object.Name, s.flags(client, object))
		}
		problems = append(problems, fmt.Errorf("%s:%s: %s %q exists and %swrite another %s", s.ctx.Project(), key, kind,
			qualified(object), s.whose(client, strings.ToLower(kind), object), instead))
	}
	found := objects{stack: s, client: client, lists: map[string][]cluster.Object{}}
	if !s.plan.OnEKS() {
		for _, namespace := range s.credentialsNamespaces() {
			object, err := found.object(coreSecret, namespace, credentialsName)
			if err != nil {
				return nil, err
			}
			check(stackfile.KeyNamespace, "namespace", coreSecret, object)
		}
	}
	for _, store := range s.plan.Stores {
		kind := secretsync.StoreKind(store.Namespace)
		object, err := found.object(kind, store.Namespace, store.Name)
		if err != nil {
			return nil, err
		}
		key, instead := s.storeKey(store)
		check(key, instead, kind, object)
	}
	for _, secret := range s.plan.Secrets {
		object, err := found.object(secretsync.SecretKind, secret.Namespace, secret.Name)
		if err != nil {
			return nil, err
		}
		check(stackfile.KeySecrets+"."+secret.Name, "name", secretsync.SecretKind, object)
		target, err := found.object(coreSecret, secret.Namespace, secret.Target)
		if err != nil {
			return nil, err
		}
		problems = append(problems, s.checkTarget(client, secret, target))
	}
	return problems, nil
}

// checkTarget refuses a Secret of others, which the operator would write over and, as its owner, delete
// one day.
func (s *stack) checkTarget(client *cluster.Client, secret *plan.Secret, found *cluster.Object) error {
	if found == nil || !secret.Overwrites() || s.owns(found) || syncedByOperator(found) {
		return nil
	}
	return fmt.Errorf("%s:%s.%s: Secret %q exists and is not this stack's; write another target, or creationPolicy: "+
		"Merge to add to it, or have it taken over: %s", s.ctx.Project(), stackfile.KeySecrets, secret.Name,
		qualified(found), s.takeOver(client, "secret", found))
}

// syncedByOperator tells whether a Secret is the operator's, which marks what it writes, in every version.
func syncedByOperator(secret *cluster.Object) bool {
	for _, marks := range []map[string]string{secret.Labels, secret.Annotations} {
		for key := range marks {
			if strings.HasPrefix(key, "reconcile.external-secrets.io/") {
				return true
			}
		}
	}
	return false
}

// credentialsNamespaces are where the Secrets with the access key will be.
func (s *stack) credentialsNamespaces() []string {
	namespaces := map[string]bool{}
	for _, store := range s.plan.Stores {
		namespaces[store.Auth.Credentials.Namespace] = true
	}
	return slices.Sorted(maps.Keys(namespaces))
}

// storeKey is the setting by which a store could get out of another's way, and what to
// write another of.
func (s *stack) storeKey(store *plan.Store) (key, instead string) {
	named := store.Name != plan.LocalStore && store.Name != plan.EKSStore
	switch {
	case !store.Source.Default:
		return stackfile.KeyStores + "." + store.Name, "name"
	case named, !s.plan.OnEKS() && store.Namespace == "":
		return stackfile.KeyStore + ".name", "name"
	case store.Namespace == "":
		return stackfile.KeyCluster, "cluster"
	default:
		return stackfile.KeyNamespace, "namespace"
	}
}

// objects are those of the operator in the cluster, and Secrets; each list is asked for once.
type objects struct {
	stack  *stack
	client *cluster.Client
	lists  map[string][]cluster.Object
}

// object is the one of that name; nil where there is none.
func (o *objects) object(kind, namespace, name string) (*cluster.Object, error) {
	ctx, version, key := o.stack.ctx.Context(), o.stack.plan.APIVersion, kind+"/"+namespace
	if kind == coreSecret {
		version = "v1"
	}
	list, ok := o.lists[key]
	if !ok {
		var err error
		list, _, err = o.client.List(ctx, version, namespace, cluster.Resource(kind))
		// Who may read Secrets may read their values: a preview does without.
		spared := kind == coreSecret && o.stack.ctx.DryRun() && cluster.Forbidden(err)
		if err != nil && !spared {
			return nil, err
		}
		o.lists[key] = list
	}
	at := slices.IndexFunc(list, func(object cluster.Object) bool { return object.Name == name })
	if at < 0 {
		return nil, nil //nolint:nilnil // as the client has it
	}
	return &list[at], nil
}

func (s *stack) contextFlag(client *cluster.Client) string {
	if s.kubeContext == "" {
		return ""
	}
	return " --context " + client.Context()
}

// checkForeign refuses to have the CRDs deleted while others use them.
func (s *stack) checkForeign(ctx context.Context, client *cluster.Client) error {
	foreign, err := s.foreign(ctx, client)
	if err != nil {
		return err
	}
	if len(foreign) == 0 {
		return nil
	}
	more := ""
	if n := len(foreign) - maxNamed; n > 0 {
		foreign, more = foreign[:maxNamed], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Errorf("%s:%s: false: the operator's CRDs would go, and with them what is not this stack's: %s%s; "+
		"write keepCRDs: true, or delete these first", s.ctx.Project(), stackfile.KeyKeepCRDs,
		strings.Join(foreign, ", "), more)
}

// foreign are the operator's custom resources that this stack did not make.
func (s *stack) foreign(ctx context.Context, client *cluster.Client) ([]string, error) {
	var foreign []string
	for _, resource := range []string{
		"externalsecrets", "secretstores", "clustersecretstores",
		"clusterexternalsecrets", "pushsecrets", "clusterpushsecrets",
	} {
		for _, version := range []string{chart.APIv1, chart.APIv1beta1, "external-secrets.io/v1alpha1"} {
			objects, exists, err := client.List(ctx, version, "", resource)
			if err != nil {
				return nil, err
			}
			for i := range objects {
				if !s.owns(&objects[i]) {
					foreign = append(foreign, strings.TrimSuffix(resource, "s")+" "+qualified(&objects[i]))
				}
			}
			if exists {
				break // every version shows the same objects
			}
		}
	}
	return foreign, nil
}

func qualified(object *cluster.Object) string {
	if object.Namespace == "" {
		return object.Name
	}
	return object.Namespace + "/" + object.Name
}
