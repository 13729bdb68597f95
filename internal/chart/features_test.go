package chart_test

import (
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/chart"
)

func TestCheckFeature(t *testing.T) {
	t.Parallel()
	const newer = "; set a newer chartVersion or remove it"
	for name, test := range map[string]struct {
		version string
		feature chart.Feature
		api     string
		want    string
	}{
		"Since":       {"2.8.0", chart.CreateOrMerge, chart.APIv1, ""},
		"Before":      {"2.7.0", chart.CreateOrMerge, chart.APIv1, "not supported by chart 2.7.0 (since 2.8.0)" + newer},
		"BeforePatch": {"0.20.1", chart.PriorityPolicy, chart.APIv1, "not supported by chart 0.20.1 (since 0.20.2)" + newer},
		"Until":       {"2.4.0", chart.BootstrapTokens, chart.APIv1, ""},
		"After":       {"2.4.1", chart.BootstrapTokens, chart.APIv1, "not supported by chart 2.4.1 (removed in 2.4.1); remove it"},
		"OlderAPI":    {"2.8.0", chart.CreateOrMerge, chart.APIv1beta1, "not supported by external-secrets.io/v1beta1; set apiVersion: external-secrets.io/v1 or remove it"},
		"AnyAPI":      {"0.16.0", chart.RefreshPolicy, chart.APIv1beta1, ""},
		"Unread":      {"0.0.0", chart.CreateOrMerge, chart.APIv1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			release := newRelease(test.version)
			assert.Equal(t, want, linesOf(release.CheckFeature(test.feature, test.api)))
			assert.Equal(t, test.want == "" || name == "OlderAPI", release.Supports(test.feature))
		})
	}
}

func TestCheckAPI(t *testing.T) {
	t.Parallel()
	optional := map[string]any{"crds": map[string]any{"unsafeServeV1Beta1": true}}
	for name, test := range map[string]struct {
		version, api string
		values       map[string]any
		want         string
	}{
		"New":           {"2.14.0", chart.APIv1, nil, ""},
		"NewInAnOldOne": {"0.15.1", chart.APIv1, nil, `"external-secrets.io/v1": not served by chart 0.15.1 (since 0.16.0); set external-secrets.io/v1beta1 or a newer chartVersion`},
		"Both":          {"0.16.2", chart.APIv1beta1, nil, ""},
		"Old":           {"0.17.0", chart.APIv1beta1, nil, `"external-secrets.io/v1beta1": not served by chart 0.17.0 (removed in 0.17.0, optional since 1.3.0 with crds.unsafeServeV1Beta1 in chartValues); set external-secrets.io/v1`},
		"Optional":      {"1.3.0", chart.APIv1beta1, optional, ""},
		"NotYet":        {"1.2.1", chart.APIv1beta1, optional, `"external-secrets.io/v1beta1": not served by chart 1.2.1 (removed in 0.17.0, optional since 1.3.0 with crds.unsafeServeV1Beta1 in chartValues); set external-secrets.io/v1`},
		"None":          {"2.14.0", "external-secrets.io/v2", nil, `"external-secrets.io/v2": must be external-secrets.io/v1 or external-secrets.io/v1beta1`},
		"Unread":        {"0.0.0", chart.APIv1beta1, nil, ""},
		"UnreadNone":    {"0.0.0", "v1", nil, `"v1": must be external-secrets.io/v1 or external-secrets.io/v1beta1`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			assert.Equal(t, want, linesOf(newRelease(test.version).CheckAPI(test.api, test.values)))
		})
	}
	assert.Equal(t, chart.APIv1beta1, newRelease("0.15.1").API())
	assert.Equal(t, chart.APIv1, newRelease("0.16.0").API())
	assert.Equal(t, chart.APIv1, chart.For(semver.Version{}).API())
}

func TestParse(t *testing.T) {
	t.Parallel()
	version, err := chart.Parse("v2.0.1")
	require.NoError(t, err)
	assert.Equal(t, "2.0.1", version.String())
	for text, want := range map[string]string{
		">=2.0": "must be an exact version", "": "must be an exact version", "0.8.9": "must be 0.9.0 or newer",
	} {
		_, err := chart.Parse(text)
		assert.EqualError(t, err, want)
	}
}
