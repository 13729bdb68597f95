package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestCheckValues: what a version uses, at any depth, and what it does not.
func TestCheckValues(t *testing.T) {
	t.Parallel()
	type values = map[string]any
	anything := values{
		"resources": values{"limits": values{"cpu": 1}}, "image": values{"tag": "x"},
		"podDisruptionBudget": values{"maxUnavailable": 1}, "securityContext": values{"runAsGroup": 1},
		"global": values{"mine": true}, "replicaCount": 2, "extraEnv": []any{},
	}
	const image = "available: flavour, pullPolicy, repository, tag"
	const newer, remove = "; set a newer chartVersion or remove it", "; remove it"
	for name, test := range map[string]struct {
		version string
		values  values
		want    []string
	}{
		"Known": {version: "0.20.4", values: anything},
		"Patch": {version: "1.3.1", values: anything},
		"Between": {
			version: "1.0.0", values: values{"crds": values{"unsafeServeV1Beta1": true}, "image": values{"made": 1}},
			want: []string{"warning: image.made: unknown value as of chart 0.20.4, the nearest known; " + image},
		},
		"Older": {version: "0.9.0", values: anything},
		"Deep": {
			version: "1.3.2", values: values{"webhook": values{"image": values{"size": "x"}}},
			want: []string{"webhook.image.size: unknown value; " + image},
		},
		"Misspelled": {
			version: "1.3.2", values: values{"webhook": values{"image": values{"tags": "x"}}},
			want: []string{"webhook.image.tags: unknown value; did you mean tag?"},
		},
		"NoMap": {
			version: "1.3.2", values: values{"log": "debug", "image": nil},
			want: []string{"log: must be a map, not a string; set level or timeEncoding in it"},
		},
		"NewerKnown": {
			version: "0.20.4", values: values{"crds": values{"unsafeServeV1Beta1": true}},
			want: []string{"crds.unsafeServeV1Beta1: not supported by chart 0.20.4 (since 1.3.2)" + newer},
		},
		"Newer": {
			version: "2.5.0",
			values:  values{"readinessProbe": values{"enabled": true}, "rbac": values{"serviceAccountTokenCreate": false}},
		},
		"TooEarly": {
			version: "2.4.0", values: values{"rbac": values{"serviceAccountTokenCreate": false}},
			want: []string{"warning: rbac.serviceAccountTokenCreate: not supported by chart 2.4.0 (since 2.5.0)" + newer},
		},
		"NotKnownYet": {
			version: "2.14.0", values: values{"brandNewFeature": true},
			want: []string{"warning: brandNewFeature: unknown value as of chart 2.9.0, the newest known" + remove},
		},
		"Removed": {
			version: "2.8.0", values: values{"certController": values{"startupProbe": values{"port": 1, "useReadinessProbePort": true, "periodSeconds": 5}}},
			want: []string{
				"warning: certController.startupProbe.port: not supported by chart 2.8.0 (removed in 2.8.0)" + remove,
				"warning: certController.startupProbe.useReadinessProbePort: not supported by chart 2.8.0 (removed in 2.8.0)" + remove,
			},
		},
		"NotRemovedYet": {
			version: "2.7.0", values: values{"certController": values{"startupProbe": values{"port": 1}}},
		},
		"WholeSince": {
			version: "2.6.0", values: values{"podDisruptionBudget": values{"unhealthyPodEvictionPolicy": "AlwaysAllow"}},
		},
		"NotWholeBefore": {
			version: "2.5.0", values: values{"podDisruptionBudget": values{"unhealthyPodEvictionPolicy": "AlwaysAllow"}},
			want: []string{"warning: podDisruptionBudget.unhealthyPodEvictionPolicy: not supported by chart 2.5.0 (since 2.6.0)" + newer},
		},
		"OfTheNewest": {
			version: "2.14.0", values: values{
				"hostAliases": []any{}, "vault": values{"enableTokenCache": true, "tokenCacheSize": 1}, "leaderElectionID": "a",
				"webhook": values{
					"readinessProbe": values{"periodSeconds": 5, "port": 1}, "networkPolicy": values{"enabled": true},
					"metrics": values{"listen": values{"auth": values{"enabled": true}, "secure": values{"enabled": true}, "port": 1}},
				},
				"rbac": values{"aggregateToAdmin": true}, "runtimeClassName": "a", "certController": values{"schedulerName": "a"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, linesOf(newRelease(test.version).CheckValues(test.values)))
		})
	}
}
