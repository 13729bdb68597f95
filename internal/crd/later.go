package crd

import (
	_ "embed" // for later.json
	"encoding/json"
	"fmt"

	"github.com/blang/semver"
)

//go:embed later.json
var laterJSON []byte

// later is what a release younger than all that is held has added, as its notes
// and documentation tell.
type later struct {
	// Since is the release that has it, or where that is not known, the first
	// that may.
	Since semver.Version
	// Kinds are those that have it.
	Kinds []string
	// Schema is laid over theirs.
	Schema map[string]any
}

// withLater lays over schemas what the releases up to the chart's have added.
func withLater(document any, chart semver.Version) (any, error) {
	var all []later
	if err := json.Unmarshal(laterJSON, &all); err != nil {
		return nil, fmt.Errorf("reading what is known of later releases: %w", err)
	}
	for _, kinds := range document.(map[string]any) {
		for _, added := range all {
			if chart.LT(added.Since) {
				continue
			}
			for _, kind := range added.Kinds {
				kinds := kinds.(map[string]any)
				kinds[kind] = overlay(kinds[kind], added.Schema)
			}
		}
	}
	return document, nil
}

// overlay lays a value over another: maps are joined, anything else is
// replaced.
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
