package chart_test

import (
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"

	"eso-aws/internal/chart"
)

// TestCheck: what a version takes, at any depth, and what it does not.
func TestCheck(t *testing.T) {
	t.Parallel()
	anything := map[string]any{
		"resources": map[string]any{"limits": map[string]any{"cpu": 1}}, "image": map[string]any{"tag": "x"},
		"podDisruptionBudget": map[string]any{"maxUnavailable": 1}, "securityContext": map[string]any{"runAsGroup": 1},
		"global": map[string]any{"mine": true}, "replicaCount": 2, "extraEnv": []any{},
	}
	for name, test := range map[string]struct {
		version string
		held    string
		values  map[string]any
		want    []chart.Unknown
	}{
		"Known": {version: "0.20.4", held: "0.20.4", values: anything},
		"Patch": {version: "1.3.1", held: "1.3.2", values: anything},
		"Between": {
			version: "1.0.0", held: "0.20.4", values: map[string]any{"crds": map[string]any{"unsafeServeV1Beta1": true}, "image": map[string]any{"made": 1}},
			want: []chart.Unknown{{
				Path: []string{"image", "made"}, Known: []string{"flavour", "pullPolicy", "repository", "tag"},
			}},
		},
		"Older": {version: "0.9.0", held: "0.9.20", values: anything},
		"Deep": {
			version: "1.3.2", held: "1.3.2", values: map[string]any{"webhook": map[string]any{"image": map[string]any{"tags": "x"}}},
			want: []chart.Unknown{{
				Path: []string{"webhook", "image", "tags"}, Known: []string{"flavour", "pullPolicy", "repository", "tag"},
			}},
		},
		"NoMap": {
			version: "1.3.2", held: "1.3.2", values: map[string]any{"log": "debug", "image": nil},
			want: []chart.Unknown{{Path: []string{"log"}, Known: []string{"level", "timeEncoding"}, Map: true}},
		},
		"Later": {
			version: "2.5.0", held: "1.3.2",
			values: map[string]any{
				"readinessProbe": map[string]any{"enabled": true}, "rbac": map[string]any{"serviceAccountTokenCreate": false},
			},
		},
		"TooEarly": {
			version: "2.4.0", held: "1.3.2", values: map[string]any{"rbac": map[string]any{"serviceAccountTokenCreate": false}},
			want: []chart.Unknown{{
				Path:  []string{"rbac", "serviceAccountTokenCreate"},
				Known: []string{"aggregateToEdit", "aggregateToView", "create", "servicebindings"},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := chart.For(semver.MustParse(test.version))
			assert.Equal(t, test.held, values.Held.String())
			assert.Equal(t, test.held == test.version, values.Exact)
			assert.Equal(t, test.want, values.Check(test.values))
		})
	}
}
