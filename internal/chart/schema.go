package chart

import (
	"bytes"
	"encoding/json"
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
	compile func() *jsonschema.Schema
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

func (r *Release) readCRDs() *crds {
	near := r.nearest(crdsFile)
	read := &crds{kinds: r.readKinds(near.version)}
	if near.next != nil {
		read.next = r.readKinds(*near.next)
	}
	return read
}

// readKinds reads the schemas of a known version, with what the release notes add to them.
func (r *Release) readKinds(version semver.Version) kinds {
	name := "versions/" + version.String() + "/" + crdsFile
	document := embedded(jsonschema.UnmarshalJSON(bytes.NewReader(embedded(files.ReadFile(name))))).(map[string]any)
	r.addNotes(document)
	compiler := jsonschema.NewCompiler()
	url := "crd:///" + name // a relative one is taken for a file
	if err := compiler.AddResource(url, document); err != nil {
		panic(err) // as must does
	}
	read, compiling := kinds{}, sync.Mutex{} // a compiler is not safe for concurrent use
	for version, schemas := range document {
		read[version] = map[string]*schema{}
		for kind, raw := range schemas.(map[string]any) {
			read[version][kind] = &schema{raw.(map[string]any), sync.OnceValue(func() *jsonschema.Schema {
				compiling.Lock()
				defer compiling.Unlock()
				return compiler.MustCompile(url + "#/" + version + "/" + kind)
			})}
		}
	}
	return read
}

// crdNote is what a release added to CRDs, as its notes and documentation say.
type crdNote struct {
	Since semver.Version
	Kinds []string
	// Schema is laid over theirs.
	Schema map[string]any
}

func crdNotes() []crdNote {
	var notes []crdNote
	if err := json.Unmarshal(embedded(files.ReadFile("notes/"+crdsFile)), &notes); err != nil {
		panic(err) // as must does
	}
	return notes
}

// addNotes lays over schemas what the releases up to this one added.
func (r *Release) addNotes(document map[string]any) {
	for _, schemas := range document {
		for _, note := range crdNotes() {
			if r.version.LT(note.Since) {
				continue
			}
			for _, kind := range note.Kinds {
				schemas := schemas.(map[string]any)
				schemas[kind] = overlay(schemas[kind], note.Schema)
			}
		}
	}
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
