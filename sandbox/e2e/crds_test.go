package e2e

import (
	"strings"
	"testing"

	"eso-aws/sandbox/internal/kubeapi"
)

const crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/externalsecrets.external-secrets.io"

// TestCRDsOfOthersStay proves that the CRDs go only where that is wanted, and never with what is others'.
func TestCRDsOfOthersStay(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	api := own(t).API()
	s := newStack(t, nil)
	s.up(t)
	createNamespace(t, "others")
	const others = "/apis/external-secrets.io/v1/namespaces/others/externalsecrets"
	must(t, api.Create(t.Context(), others, object{
		"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
		"metadata": object{"name": "foreign"},
		"spec": object{
			"secretStoreRef": object{"name": "none"},
			"data":           []object{{"secretKey": "a", "remoteRef": object{"key": "b"}}},
		},
	}, nil))

	refused := []string{"eso-aws:keepCRDs", "externalsecret others/foreign"}
	s.edit(t, func(c config) { c["eso-aws:keepCRDs"] = false })
	s.mustFail(t, refused, up()...)

	// Allowed while nobody else uses them, refused once somebody does, at the last moment too.
	must(t, api.Delete(t.Context(), others+"/foreign"))
	s.up(t)
	s.mustFail(t, []string{"--run-program"}, "destroy", "--yes", "--skip-preview")
	must(t, api.Get(t.Context(), crd, nil))
	s.must(t, "destroy", "--yes", "--skip-preview", "--run-program")
	if err := api.Get(t.Context(), crd, nil); !kubeapi.NotFound(err) {
		t.Errorf("after destroy with keepCRDs: false the CRD is still there: %v", err)
	}
}

// TestManifests proves that the API server takes what the program writes, down to the last field.
func TestManifests(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	s := newStack(t, nil)
	s.up(t)
	checked := 0
	for _, r := range s.resources(t) {
		if !strings.Contains(r.Type, "external-secrets.io") {
			continue
		}
		checked++
		strictly(t, own(t).API(), r.Inputs)
	}
	if checked != 2 {
		t.Errorf("checked %d manifests, want the store's and the ExternalSecret's", checked)
	}
}

// strictly has the API server check a manifest, unknown fields included, and not keep it.
func strictly(t *testing.T, api *kubeapi.Client, manifest map[string]any) {
	t.Helper()
	copied := object{}
	for key, value := range manifest {
		if !strings.HasPrefix(key, "__") { // the provider's own notes
			copied[key] = value
		}
	}
	metadata := copied["metadata"].(map[string]any)
	copied["metadata"] = object{"name": "strict-" + metadata["name"].(string), "annotations": metadata["annotations"]}
	version, kind := copied["apiVersion"].(string), copied["kind"].(string)
	path := "/apis/" + version + "/namespaces/" + metadata["namespace"].(string) + "/" + strings.ToLower(kind) + "s"
	if err := api.Create(t.Context(), path+"?fieldValidation=Strict&dryRun=All", copied, nil); err != nil {
		t.Errorf("%s %s is not what the API server knows: %v", version, kind, err)
	}
	copied["spec"].(map[string]any)["endpoint"] = "http://127.0.0.1"
	if err := api.Create(t.Context(), path+"?fieldValidation=Strict&dryRun=All", copied, nil); err == nil {
		t.Errorf("the API server takes a %s with an unknown field: the check above proves nothing", kind)
	}
}
