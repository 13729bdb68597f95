package crds

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	operatorModule = "github.com/external-secrets/external-secrets"
	// crdGenerator makes a CRD of Go types. Of those of 0.20.4 it makes what is in that release's
	// bundle.
	crdGenerator = "sigs.k8s.io/controller-tools/cmd/controller-gen@v0.20.0"
)

// Release is one of ESO's.
type Release struct {
	// Version is the release's, and that of the chart that installs it.
	Version string

	module    string // path@version of the Go module that holds the CRDs
	typesOnly bool   // the module holds them as Go types
	// optional is a version of the API that the chart can be told to serve, though the CRDs do not.
	optional string
}

// Releases are those whose modules can be had, the oldest first.
func Releases() []Release {
	var releases []Release
	for _, version := range []string{
		"0.9.20", "0.10.7", "0.14.4", "0.16.1", "0.17.0", "0.18.2", "0.19.2", "0.20.4", "1.3.2",
	} {
		releases = append(releases, Release{Version: version, module: operatorModule + "@v" + version})
	}
	releases[len(releases)-1].optional = "v1beta1" // by crds.unsafeServeV1Beta1, which came with 1.3.0
	return append(releases, Release{
		// ESO's own module has the wrong path for versions from 2.0 on; this commit is a week younger
		// than 2.0.0.
		Version: "2.0.0", module: operatorModule + "/apis@v0.0.0-20260213133823-31b0c7c37342",
		typesOnly: true, optional: "v1beta1",
	})
}

// Find returns a release by its version.
func Find(version string) (Release, error) {
	var versions []string
	for _, release := range Releases() {
		if release.Version == version {
			return release, nil
		}
		versions = append(versions, release.Version)
	}
	return Release{}, fmt.Errorf("release %q of ESO: its module cannot be had; take one of %s",
		version, strings.Join(versions, ", "))
}

// CRDs are those of stores and ExternalSecrets.
func (r Release) CRDs(ctx context.Context) ([]CRD, error) {
	documents, err := r.documents(ctx)
	if err != nil {
		return nil, err
	}
	var crds []CRD
	for document := range bytes.SplitSeq(documents, []byte("---\n")) {
		if !isWanted(document) {
			continue
		}
		crd, err := ParseCRD(document, r.optional)
		if err != nil {
			return nil, fmt.Errorf("reading a CRD of %s: %w", r.module, err)
		}
		crds = append(crds, crd)
	}
	if len(crds) != 3 {
		return nil, fmt.Errorf("reading the CRDs of %s: there are %d of stores and ExternalSecrets, want 3",
			r.module, len(crds))
	}
	return crds, nil
}

// isWanted looks at the text: to decode all the others would take seconds.
func isWanted(document []byte) bool {
	for _, kind := range []string{"ExternalSecret", "SecretStore", "ClusterSecretStore"} {
		if bytes.Contains(document, []byte("\n    kind: "+kind+"\n")) {
			return true
		}
	}
	return false
}

// documents are the YAML documents with the CRDs.
func (r Release) documents(ctx context.Context) ([]byte, error) {
	dir, err := download(ctx, r.module)
	if err != nil {
		return nil, err
	}
	if r.typesOnly {
		return generate(ctx, dir)
	}
	bundle, err := os.ReadFile(filepath.Join(dir, "deploy", "crds", "bundle.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the CRDs of %s: %w", r.module, err)
	}
	return bundle, nil
}

// generate makes the YAML documents with the CRDs of the Go types in a folder.
func generate(ctx context.Context, dir string) ([]byte, error) {
	made, err := os.MkdirTemp("", "eso-aws-crds-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for CRDs: %w", err)
	}
	defer os.RemoveAll(made) //nolint:errcheck // the system clears such folders too
	args := []string{"run", crdGenerator, "crd", "paths=./externalsecrets/...", "output:crd:dir=" + made}
	if _, err := goCommand(ctx, dir, args...); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(made, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("looking for the CRDs: %w", err)
	}
	var documents []byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a CRD: %w", err)
		}
		documents = append(documents, data...) // each starts with ---
	}
	return documents, nil
}

// download returns the folder of a module, "path@version", in the go command's cache.
func download(ctx context.Context, module string) (string, error) {
	out, err := goCommand(ctx, "/", "mod", "download", "-json", module) // in no module
	if err != nil {
		return "", err
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		return "", fmt.Errorf("reading where %s is: %w", module, err)
	}
	return downloaded.Dir, nil
}

// goCommand runs the go command and returns what it prints.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, out, exit.Stderr)
	}
	return out, err
}
