package crd

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/blang/semver"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Group is the API group of what is held.
const Group = "external-secrets.io"

//go:embed schemas/*.json
var files embed.FS

// Schemas are those that fit a chart best.
type Schemas struct {
	// Held is the release of ESO whose schemas they are, and Exact tells
	// whether it is the chart's. Its patches apart, a release is as good as
	// another of the same minor version: see [Problem].
	Held  semver.Version
	Exact bool

	kinds kinds
	// next are those of the next release that is held, where the chart is
	// between the two; else nil.
	next kinds
	// beyond tells that the chart is younger than all that is held.
	beyond bool
}

// kinds are schemas by version of the API, and kind.
type kinds map[string]map[string]*schema

// schema is that of a kind, as it is held, and compiled when it is needed.
type schema struct {
	raw     map[string]any
	compile func() (*jsonschema.Schema, error)
}

// For returns the schemas for a chart of a version: those of a release of the
// same minor version, else of the nearest one that is older, else of the
// oldest. An error is one of this program.
func For(chart semver.Version) (*Schemas, error) {
	versions, err := held()
	if err != nil {
		return nil, err
	}
	i, sameMinor := nearest(versions, chart)
	s := &Schemas{Held: versions[i], Exact: versions[i].EQ(chart)}
	s.beyond = !sameMinor && i == len(versions)-1
	if s.kinds, err = load(s.Held, chart, s.beyond); err != nil {
		return nil, err
	}
	if !sameMinor && chart.GT(s.Held) && !s.beyond {
		s.next, err = load(versions[i+1], chart, false)
	}
	return s, err
}

// held are the releases whose schemas are held, the oldest first.
func held() ([]semver.Version, error) {
	entries, err := files.ReadDir("schemas")
	if err != nil {
		return nil, fmt.Errorf("listing the schemas: %w", err)
	}
	versions := make([]semver.Version, 0, len(entries))
	for _, entry := range entries {
		version, err := semver.Parse(strings.TrimSuffix(entry.Name(), ".json"))
		if err != nil {
			return nil, fmt.Errorf("reading the name of the schemas %q: %w", entry.Name(), err)
		}
		versions = append(versions, version)
	}
	slices.SortFunc(versions, semver.Version.Compare)
	return versions, nil
}

func nearest(versions []semver.Version, chart semver.Version) (i int, sameMinor bool) {
	for n, version := range versions {
		if version.Major == chart.Major && version.Minor == chart.Minor {
			return n, true
		}
		if version.LT(chart) {
			i = n
		}
	}
	return i, false
}

func load(version, chart semver.Version, beyond bool) (kinds, error) {
	name := version.String() + ".json"
	data, err := files.ReadFile("schemas/" + name)
	if err != nil {
		return nil, fmt.Errorf("reading the schemas: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("reading the schemas %s: %w", name, err)
	}
	if beyond {
		if document, err = withLater(document, chart); err != nil {
			return nil, err
		}
	}
	compiler := jsonschema.NewCompiler()
	url := "crd:///" + name // else it were below the working directory
	if err := compiler.AddResource(url, document); err != nil {
		return nil, fmt.Errorf("reading the schemas %s: %w", name, err)
	}
	loaded, compiling := kinds{}, sync.Mutex{} // a compiler is for one at a time
	for version, held := range document.(map[string]any) {
		loaded[version] = map[string]*schema{}
		for kind, raw := range held.(map[string]any) {
			loaded[version][kind] = &schema{raw.(map[string]any), sync.OnceValues(func() (*jsonschema.Schema, error) {
				compiling.Lock()
				defer compiling.Unlock()
				return compiler.Compile(url + "#/" + version + "/" + kind)
			})}
		}
	}
	return loaded, nil
}
