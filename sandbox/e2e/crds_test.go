package e2e

import (
	"strings"
	"testing"

	"eso-aws/sandbox/internal/kubeapi"
)

const crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/externalsecrets.external-secrets.io"

// TestCRDsOfOthersStay proves that a destroy deletes the CRDs only on request, and never if others use them.
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

	refused := []string{"eso-aws:keepCRDs", "ExternalSecret others/foreign"}
	s.edit(t, func(c config) { c["eso-aws:keepCRDs"] = false })
	s.mustFail(t, refused, up()...)

	// It is allowed until others use the CRDs, and checked again right before the deletion.
	must(t, api.Delete(t.Context(), others+"/foreign"))
	gone(t, others+"/foreign")
	s.up(t)
	s.mustFail(t, []string{"--run-program"}, "destroy", "--yes", "--skip-preview")
	must(t, api.Get(t.Context(), crd, nil))
	s.must(t, "destroy", "--yes", "--skip-preview", "--run-program")
	gone(t, crd)
}

// TestManifests proves that the API server accepts every field of the program's manifests.
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

// strictly validates a manifest with the API server, including unknown fields, in a dry run.
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
