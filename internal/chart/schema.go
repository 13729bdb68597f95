package chart

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/blang/semver"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// crds are the CRDs of a release.
type crds struct {
	kinds kinds
	// next are those of the next known release, where the chart lies between two; else nil.
	next kinds
}

// kinds are schemas by version of the API, and kind.
type kinds map[string]map[string]*schema

// schema is that of a kind: as it was read, and compiled when it is needed.
type schema struct {
	raw     map[string]any
	compile func() (*jsonschema.Schema, error)
}

// has reports whether any version of the API has a kind.
func (k kinds) has(kind string) bool {
	for _, version := range k {
		if version[kind] != nil {
			return true
		}
	}
	return false
}

func (r *Release) readCRDs() (*crds, error) {
	near := r.nearest(crdsFile)
	read, err := r.readKinds(near.version)
	if err != nil || near.next == nil {
		return &crds{kinds: read}, err
	}
	next, err := r.readKinds(*near.next)
	return &crds{kinds: read, next: next}, err
}

// readKinds reads the schemas of a known version, with what the release notes add to them.
func (r *Release) readKinds(version semver.Version) (kinds, error) {
	name := "versions/" + version.String() + "/" + crdsFile
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the CRDs: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("reading the CRDs %s: %w", name, err)
	}
	if err := r.addNotes(document); err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	url := "crd:///" + name // a relative one is taken for a file
	if err := compiler.AddResource(url, document); err != nil {
		return nil, fmt.Errorf("reading the CRDs %s: %w", name, err)
	}
	read, compiling := kinds{}, sync.Mutex{} // a compiler is not safe for concurrent use
	for version, schemas := range document.(map[string]any) {
		read[version] = map[string]*schema{}
		for kind, raw := range schemas.(map[string]any) {
			read[version][kind] = &schema{raw.(map[string]any), sync.OnceValues(func() (*jsonschema.Schema, error) {
				compiling.Lock()
				defer compiling.Unlock()
				return compiler.Compile(url + "#/" + version + "/" + kind)
			})}
		}
	}
	return read, nil
}

// crdNote is what a release added to CRDs, as its notes and documentation say.
type crdNote struct {
	Since semver.Version
	Kinds []string
	// Schema is laid over theirs.
	Schema map[string]any
}

func crdNotes() ([]crdNote, error) {
	data, err := files.ReadFile("notes/" + crdsFile)
	if err != nil {
		return nil, fmt.Errorf("reading the notes on CRDs: %w", err)
	}
	var notes []crdNote
	if err := json.Unmarshal(data, &notes); err != nil {
		return nil, fmt.Errorf("reading the notes on CRDs: %w", err)
	}
	return notes, nil
}

// addNotes lays over schemas what the releases up to this one added.
func (r *Release) addNotes(document any) error {
	notes, err := crdNotes()
	for _, schemas := range document.(map[string]any) {
		for _, note := range notes {
			if r.version.LT(note.Since) {
				continue
			}
			for _, kind := range note.Kinds {
				schemas := schemas.(map[string]any)
				schemas[kind] = overlay(schemas[kind], note.Schema)
			}
		}
	}
	return err
}

// overlay lays a value over another one: maps are joined, anything else is replaced.
func overlay(under, over any) any {
	lower, isMap := under.(map[string]any)
	upper, ok := over.(map[string]any)
	if !isMap || !ok {
		return over
	}
	for key, value := range upper {
		lower[key] = overlay(lower[key], value)
	}
	return lower
}
