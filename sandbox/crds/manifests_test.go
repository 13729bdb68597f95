package crds_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eso-aws/sandbox/crds"
)

// rendered is what the program makes of a stack file, with a chart.
type rendered struct {
	File, Chart, Refused string
	Manifests            []map[string]any
}

// TestManifestsAreAccepted: of every stack file of the program's that must load, each store and each
// ExternalSecret is accepted by an API server that has the CRDs of a release, unless the program
// itself refuses the file with that chart.
func TestManifestsAreAccepted(t *testing.T) {
	t.Parallel()
	versions := []string{"0.9.20", "0.16.1", "0.20.4", "1.3.2"}
	byChart := map[string][]rendered{}
	for _, r := range manifests(t, versions) {
		byChart[r.Chart] = append(byChart[r.Chart], r)
	}
	box := start(t)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			release, err := crds.Find(version)
			if err != nil {
				t.Fatal(err)
			}
			served, err := crds.Serve(t.Context(), box.API(), release)
			if err != nil {
				t.Fatal(err)
			}
			refused, accepted := 0, map[string]int{}
			for _, r := range byChart[version] {
				if r.Refused != "" {
					refused++
				}
				for _, manifest := range r.Manifests {
					if err := served.Accept(t.Context(), manifest); err != nil {
						t.Errorf("%s: %v", filepath.Base(r.File), err)
						continue
					}
					accepted[manifest["apiVersion"].(string)]++
				}
			}
			t.Logf("ESO %s accepts %v of %d files; with its chart the program refuses %d of %d",
				version, accepted, len(byChart[version])-refused, refused, len(byChart[version]))
			if len(byChart[version]) < 2*refused || len(accepted) == 0 {
				t.Errorf("of %d files the program refuses %d: that leaves too few", len(byChart[version]), refused)
			}
		})
	}
}

// manifests are what the program makes of its own stack files, with each of the charts.
func manifests(t *testing.T, charts []string) []rendered {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "internal/config/testdata/valid/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found no stack files: %v", err)
	}
	args := append([]string{"run", "./internal/configtest/manifests", "-charts", strings.Join(charts, ",")}, files...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env, cmd.Stderr = root, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off"), t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("rendering the manifests: %v", err)
	}
	var all []rendered
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var r rendered
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("reading the manifests: %v", err)
		}
		all = append(all, r)
	}
}
