package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"eso-aws/sandbox/internal/kubeapi"
)

type object map[string]any

func named(name string) object { return object{"metadata": object{"name": name}} }

// createNamespace creates a namespace that does not belong to the program, waits for the objects that Kubernetes
// creates in it, and deletes it after the test.
func createNamespace(t *testing.T, name string) {
	t.Helper()
	api := own(t).API()
	must(t, api.Create(t.Context(), "/api/v1/namespaces", named(name), nil))
	t.Cleanup(func() { deleteNamespace(t, name) })
	for _, path := range []string{"/serviceaccounts/default", "/configmaps/kube-root-ca.crt"} {
		eventually(t, func() error {
			return api.Get(t.Context(), "/api/v1/namespaces/"+name+path, nil)
		})
	}
}

// TestNamespaceThatExists proves that up neither adopts nor deletes namespaces and Secrets of others, unless the
// user requests it.
func TestNamespaceThatExists(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	api := own(t).API()
	createNamespace(t, "zio-lucene")
	const foreign = "/api/v1/namespaces/zio-lucene/configmaps"
	must(t, api.Create(t.Context(), foreign, named("foreign"), nil))
	s := newStack(t, nil)

	before := everything(t)
	s.mustFail(t, []string{"eso-aws:namespaces.zio-lucene", "exists", "create: false"}, up()...)
	sameObjects(t, before)

	s.edit(t, func(c config) {
		c["eso-aws:namespaces"].(config)["zio-lucene"] = map[string]any{"create": false}
	})
	must(t, api.Create(t.Context(), strings.TrimSuffix(secrets, "/"), object{
		"metadata": object{"name": "datadog-api-key"}, "stringData": object{"api-key": "of others"},
	}, nil))
	before = everything(t)
	takeOver := "kubectl annotate secret datadog-api-key eso-aws/stack=organization/eso-aws/local --overwrite -n zio-lucene"
	s.mustFail(t, []string{
		`eso-aws:secrets.datadog-api-key: Secret "zio-lucene/datadog-api-key" exists and does not belong to this ` +
			"stack; set another target, set creationPolicy: Merge to add keys to it, or, to replace it, run " + takeOver,
	}, up()...)
	sameObjects(t, before)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "of others"}))
	kubectl(t, strings.Fields(takeOver)[1:]...)
	s.up(t)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
	s.noChanges(t)

	// As after pulumi stack rename.
	kubectl(t, "annotate", "externalsecret", "datadog-api-key", "eso-aws/stack=organization/eso-aws/earlier", "--overwrite",
		"--namespace=zio-lucene")
	takeOver = "kubectl annotate externalsecret datadog-api-key eso-aws/stack=organization/eso-aws/local --overwrite -n zio-lucene"
	s.mustFail(t, []string{
		"exists and belongs to stack organization/eso-aws/earlier; set another name; if this stack was renamed or moved, run " +
			takeOver,
	}, up()...)
	kubectl(t, strings.Fields(takeOver)[1:]...)
	s.up(t)
	s.noChanges(t)
	s.destroy(t)
	must(t, api.Get(t.Context(), foreign+"/foreign", nil))
	gone(t, secrets+"datadog-api-key")
}

// TestNamespaceThatIsMissing proves that the program does not create a namespace with create: false.
func TestNamespaceThatIsMissing(t *testing.T) {
	take(t)
	s := newStack(t, func(c config) {
		c["eso-aws:namespaces"].(config)["zio-lucene"] = map[string]any{"create": false}
	})
	before := everything(t)
	s.mustFail(t, []string{"kubectl create namespace zio-lucene --context sandbox"}, up()...)
	sameObjects(t, before)
}

// TestNamespaceThatIsNoLongerUsed proves that up does not delete a namespace of the stack with the objects of
// others in it when its last secret goes.
func TestNamespaceThatIsNoLongerUsed(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	s := newStack(t, func(c config) {
		c["eso-aws:secrets"].(config)["second"] = config{
			"namespace": "web", "data": config{"api-key": "zio-lucene/datadog-api-key"},
		}
	})
	s.up(t)
	api := own(t).API()
	const foreign = "/api/v1/namespaces/web/configmaps"
	must(t, api.Create(t.Context(), foreign, named("precious"), nil))

	s.edit(t, func(c config) { delete(c["eso-aws:secrets"].(config), "second") })
	before := everything(t)
	s.mustFail(t, []string{
		`eso-aws:namespaces.web: namespace "web" belongs to this stack but is no longer declared`, "set create: true and run pulumi up to keep it",
	}, up()...)
	sameObjects(t, before)

	s.edit(t, func(c config) { c["eso-aws:namespaces"].(config)["web"] = config{"create": true} })
	s.up(t)
	must(t, api.Get(t.Context(), foreign+"/precious", nil))
	gone(t, "/api/v1/namespaces/web/secrets/second")
	s.noChanges(t)

	s.edit(t, func(c config) { delete(c["eso-aws:namespaces"].(config), "web") })
	kubectl(t, "delete", "namespace", "web")
	gone(t, "/api/v1/namespaces/web")
	s.up(t)
	s.noChanges(t)
	s.destroy(t)
}

func deleteNamespace(t *testing.T, name string) {
	t.Helper()
	api := own(t).API()
	ctx := context.WithoutCancel(t.Context())
	if err := api.Delete(ctx, "/api/v1/namespaces/"+name); err != nil && !kubeapi.NotFound(err) {
		t.Error(err)
	}
	gone(t, "/api/v1/namespaces/"+name)
}

// gone waits until Kubernetes has removed an object that was deleted: finalizers and the garbage collector are
// asynchronous.
func gone(t *testing.T, path string) {
	t.Helper()
	eventually(t, func() error {
		err := own(t).API().Get(context.WithoutCancel(t.Context()), path, nil)
		if kubeapi.NotFound(err) {
			return nil
		}
		return errors.Join(fmt.Errorf("%s still exists", path), err)
	})
}
