package crds

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"eso-aws/sandbox/internal/kubeapi"
)

// Served is a release of ESO whose kinds an API server knows.
type Served struct {
	api   *kubeapi.Client
	group string
	crds  []CRD
}

// Serve teaches an API server the kinds of a release, under a group of their own, so that those of
// several releases are served at once. It returns when they are.
func Serve(ctx context.Context, api *kubeapi.Client, r Release) (*Served, error) {
	crds, err := r.CRDs(ctx)
	if err != nil {
		return nil, err
	}
	s := &Served{api: api, group: "eso-" + strings.ReplaceAll(r.Version, ".", "-") + ".sandbox", crds: crds}
	for _, crd := range crds {
		object := maps.Clone(crd.object)
		object["metadata"] = map[string]any{"name": crd.plural + "." + s.group}
		spec := maps.Clone(object["spec"].(map[string]any))
		spec["group"] = s.group
		delete(spec, "conversion") // by a webhook, which is not here
		object["spec"] = spec
		if err := api.Create(ctx, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object, nil); err != nil {
			return nil, fmt.Errorf("creating the CRD of %s of ESO %s: %w", crd.kind, r.Version, err)
		}
	}
	return s, s.ready(ctx)
}

// ready waits until the API server serves the kinds, and the namespace for their objects is there.
func (s *Served) ready(ctx context.Context) error {
	paths := []string{"/api/v1/namespaces/" + namespace}
	for _, crd := range s.crds {
		for _, version := range crd.versions {
			paths = append(paths, s.path(crd, version.name))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, path := range paths {
		for {
			err := s.api.Get(ctx, path, nil)
			if err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("waiting until the API server serves ESO's kinds: %w", err)
			case <-time.After(50 * time.Millisecond): // it takes some tenths of a second
			}
		}
	}
	return nil
}

// namespace is one that the API server makes for itself.
const namespace = "default"

// path is that of the collection of a kind's objects.
func (s *Served) path(crd CRD, version string) string {
	path := "/apis/" + s.group + "/" + version + "/"
	if !crd.cluster {
		path += "namespaces/" + namespace + "/"
	}
	return path + crd.plural
}

// Accept asks whether the API server would create an object of ESO's, given as its manifest. Nothing is
// created. The error is the API server's refusal; what it does not know is one, too. The object's
// namespace is not looked at.
func (s *Served) Accept(ctx context.Context, manifest map[string]any) error {
	apiVersion, _ := manifest["apiVersion"].(string)
	group, version, _ := strings.Cut(apiVersion, "/")
	for _, crd := range s.crds {
		if crd.kind != manifest["kind"] || crd.group != group {
			continue
		}
		object := maps.Clone(manifest)
		object["apiVersion"] = s.group + "/" + version
		if metadata, ok := manifest["metadata"].(map[string]any); ok && !crd.cluster {
			metadata = maps.Clone(metadata)
			metadata["namespace"] = namespace
			object["metadata"] = metadata
		}
		query := url.Values{"dryRun": {"All"}, "fieldValidation": {"Strict"}}
		return s.api.Create(ctx, s.path(crd, version)+"?"+query.Encode(), object, nil)
	}
	return fmt.Errorf("the kind %v of %q: it is none of ESO's; write the manifest of a store or an ExternalSecret",
		manifest["kind"], apiVersion)
}
