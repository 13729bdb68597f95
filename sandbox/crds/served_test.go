package crds_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
	"eso-aws/sandbox/crds"
)

// table is the program's own one of objects, which says what its check finds wrong with them.
type table struct {
	Releases map[string][]string // with the versions of the API to try
	Objects  map[string]object
}

type object struct {
	Kind, APIVersion string
	Object           map[string]any
	Problems         map[string][]string // by the release from which on they are found
}

// TestAgreement proves that the program's check and an API server's agree on every object of the
// program's table, for each release. That the check says what the table does is for the program's own
// tests to prove.
func TestAgreement(t *testing.T) {
	t.Parallel()
	var table table
	data, err := os.ReadFile("../../internal/chart/testdata/objects.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Releases) != len(crds.Releases()) {
		t.Errorf("the program tries %d releases of %d", len(table.Releases), len(crds.Releases()))
	}
	box := start(t)
	for _, release := range crds.Releases() {
		t.Run(release.Version, func(t *testing.T) {
			t.Parallel()
			served, err := crds.Serve(t.Context(), box.API(), release)
			if err != nil {
				t.Fatal(err)
			}
			for name, o := range table.Objects {
				manifests := o.manifests(table.Releases[release.Version])
				if len(manifests) == 0 {
					t.Errorf("%s was not tried", name)
				}
				for _, manifest := range manifests {
					err := served.Accept(t.Context(), manifest)
					if want := o.refused(release.Version); want != (err != nil) {
						t.Errorf("%s of %v: the API server says %v, and the program refuses it: %t",
							name, manifest["apiVersion"], err, want)
					}
				}
			}
		})
	}
}

func TestAcceptWantsAKindOfESO(t *testing.T) {
	t.Parallel()
	err := (&crds.Served{}).Accept(t.Context(), map[string]any{"apiVersion": "v1", "kind": "Secret"})
	want := `the kind Secret of "v1": it is none of ESO's; write the manifest of a store or an ExternalSecret`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	if release, err := crds.Find("0.20.4"); err != nil || release.Version != "0.20.4" {
		t.Errorf("got %s, %v", release.Version, err)
	}
	_, err := crds.Find("0.20.3")
	want := `release "0.20.3" of ESO: its module cannot be had; take one of ` +
		"0.9.20, 0.10.7, 0.14.4, 0.16.1, 0.17.0, 0.18.2, 0.19.2, 0.20.4, 1.3.2, 2.0.0"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// manifests are the object's, one for each version of the API to try.
func (o object) manifests(versions []string) []map[string]any {
	var manifests []map[string]any
	for _, version := range versions {
		manifest := maps.Clone(o.Object)
		manifest["kind"], manifest["apiVersion"] = o.Kind, "external-secrets.io/"+version
		if o.APIVersion != "" {
			manifest["apiVersion"] = o.APIVersion
		}
		manifests = append(manifests, manifest)
	}
	return manifests
}

// refused reports whether the program finds more than warnings.
func (o object) refused(release string) bool {
	refused := false
	for _, r := range crds.Releases() {
		if problems, ok := o.Problems[r.Version]; ok {
			refused = slices.ContainsFunc(problems, func(line string) bool { return !strings.HasPrefix(line, "warning: ") })
		}
		if r.Version == release {
			break
		}
	}
	return refused
}

// start starts a control plane that ends with the test.
func start(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	source, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	binaries, err := build.All(t.Context(), build.Options{Source: source, Report: func(build.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Binaries: *binaries, NoNode: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Stop)
	return box
}
