package chart_test

import (
	"maps"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/chart"
	"eso-aws/internal/problem"
)

// secret is an ExternalSecret with fields of target.
func secret(target map[string]any) map[string]any {
	return map[string]any{"spec": map[string]any{"target": target}}
}

// store is a SecretStore with fields of aws, beside those that it needs.
func store(aws map[string]any) map[string]any {
	all := map[string]any{"service": "SecretsManager", "region": "us-east-1"}
	maps.Copy(all, aws)
	return map[string]any{"spec": map[string]any{"provider": map[string]any{"aws": all}}}
}

// TestDoubt proves what is an error and what a warning where the CRDs of the chart itself are
// not known.
func TestDoubt(t *testing.T) {
	t.Parallel()
	manifest := secret(map[string]any{"manifest": map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}})
	const (
		fieldsOfTarget = "available: creationPolicy, deletionPolicy, immutable, name, template"
		fieldsOfAWS    = "available: additionalRoles, auth, customSessionTags, externalID, prefix, region, role, " +
			"secretsManager, service, sessionTags, sessionTagsPolicy, transitiveTagKeys"
	)
	for name, test := range map[string]struct {
		chart, version, kind string
		object               map[string]any
		want                 []string
	}{
		"Older": {
			"0.8.7", "v1beta1", "ExternalSecret", secret(map[string]any{"manifset": 1}),
			[]string{"spec.target.manifset: unknown field; " + fieldsOfTarget},
		},
		"NextAllowsTheField": {
			"1.1.0", "v1", "ExternalSecret", manifest,
			[]string{"warning: spec.target.manifest: unknown field as of chart 0.20.4, the nearest known; " + fieldsOfTarget},
		},
		"NextDoesNotKnowItEither": {
			"1.1.0", "v1", "ExternalSecret", secret(map[string]any{"manifset": 1}),
			[]string{"spec.target.manifset: unknown field; " + fieldsOfTarget},
		},
		"NextServesTheVersion": {
			"0.15.0", "v1", "ExternalSecret", secret(nil),
			[]string{`warning: apiVersion: "external-secrets.io/v1": not served by chart 0.14.4; set external-secrets.io/v1beta1`},
		},
		"SameMinorVersion": {
			"1.3.0", "v1", "ExternalSecret", manifest, nil,
		},
		"NewerFieldThatIsKnown": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{
				"sessionTagsPolicy": "Custom", "customSessionTags": map[string]any{"team": "a"}, "service": "CertificateManager",
			}), nil,
		},
		"NewerChoiceThatIsKnown": {
			"2.14.0", "v1", "ExternalSecret", secret(map[string]any{"creationPolicy": "CreateOrMerge"}), nil,
		},
		"NewerThanTheChart": {
			"2.7.0", "v1", "ExternalSecret", secret(map[string]any{"creationPolicy": "CreateOrMerge"}),
			[]string{`warning: spec.target.creationPolicy: "CreateOrMerge": not supported by chart 2.7.0 (since 2.8.0); ` +
				"set a newer chartVersion or remove it"},
		},
		"FieldThatMayBeNewer": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"endpoint": "http://127.0.0.1:4566"}),
			[]string{"warning: spec.provider.aws.endpoint: unknown field as of chart 2.9.0, the newest known; " + fieldsOfAWS},
		},
		"FieldOfAChartWithNotes": {
			"2.5.1", "v1", "SecretStore", store(map[string]any{"endpoint": "http://127.0.0.1:4566"}),
			[]string{"warning: spec.provider.aws.endpoint: unknown field as far as chart 2.5.1 is known; " + fieldsOfAWS},
		},
		"FieldThatIsATypingError": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"externalId": "a"}),
			[]string{"spec.provider.aws.externalId: unknown field; did you mean externalID?"},
		},
		"ShortFieldThatResemblesNone": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"se": 1}),
			[]string{"warning: spec.provider.aws.se: unknown field as of chart 2.9.0, the newest known; " + fieldsOfAWS},
		},
		"ShortProviderThatResemblesNone": {
			"2.14.0", "v1", "SecretStore",
			map[string]any{"spec": map[string]any{"provider": map[string]any{"a": 1}}},
			[]string{"warning: spec.provider.a: unknown field as of chart 2.9.0, the newest known; available: aws"},
		},
		"WrongType": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"role": 1}),
			[]string{`spec.provider.aws.role: "1": must be a string, not a number; write it in quotes`},
		},
		"WrongTypeOfTwo": {
			"2.14.0", "v1", "SecretStore",
			map[string]any{"spec": map[string]any{
				"provider":        map[string]any{"aws": map[string]any{"service": "SecretsManager", "region": "us-east-1"}},
				"refreshInterval": true,
			}},
			[]string{`spec.refreshInterval: "true": must be a whole number or a string, not a boolean; write it in quotes`},
		},
		"ProviderThatIsNotKnown": {
			"2.14.0", "v1", "SecretStore",
			map[string]any{"spec": map[string]any{"provider": map[string]any{"openBao": map[string]any{}}}},
			[]string{"warning: spec.provider.openBao: was not checked: only the fields of aws are known"},
		},
		"VersionOfTheAPI": {
			"2.14.0", "v2", "SecretStore", store(nil),
			[]string{`warning: apiVersion: "external-secrets.io/v2": not served by chart 2.0.0; ` +
				"set external-secrets.io/v1 or v1beta1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newRelease(test.chart).CheckObject(chart.Group+"/"+test.version, test.kind, test.object)
			assert.Equal(t, test.want, linesOf(got))
		})
	}
}

// windows is an ExternalSecret with windows of syncWindows.
func windows(entries ...any) map[string]any {
	return map[string]any{"spec": map[string]any{"syncWindows": map[string]any{
		"kind": "deny", "windows": append([]any{}, entries...),
	}}}
}

// TestNotes proves that what the release notes say of CRDs is at its place.
func TestNotes(t *testing.T) {
	t.Parallel()
	generator := map[string]any{"generatorRef": map[string]any{"kind": "GitlabDeployToken", "name": "a"}}
	remote := map[string]any{"key": "a", "nullBytePolicy": "Fail"}
	object := windows(map[string]any{"schedule": "0 22 * * 1-5", "duration": "8h0m0s"})
	maps.Copy(object["spec"].(map[string]any), map[string]any{
		"data": []any{map[string]any{"secretKey": "a", "remoteRef": remote, "sourceRef": generator}},
		"dataFrom": []any{
			map[string]any{"extract": remote, "sourceRef": generator},
			map[string]any{"find": map[string]any{"nullBytePolicy": "Ignore"}},
		},
		"target": map[string]any{"template": map[string]any{"templateFrom": []any{
			map[string]any{"literal": "a: b", "valuesDecodingStrategy": "Base64"},
		}}},
	})
	clusterStore := store(nil)
	clusterStore["spec"].(map[string]any)["refreshInterval"] = "1h0m0s"
	unknown := []string{
		"spec.data[0].remoteRef.nullBytePolicy", "spec.data[0].sourceRef.generatorRef.kind",
		"spec.dataFrom[0].extract.nullBytePolicy", "spec.dataFrom[0].sourceRef.generatorRef.kind",
		"spec.dataFrom[1].find.nullBytePolicy", "spec.syncWindows",
		"spec.target.template.templateFrom[0].valuesDecodingStrategy", "spec.refreshInterval",
	}
	for version, want := range map[string][]string{"2.0.0": unknown, "2.14.0": nil} {
		for _, api := range []string{chart.APIv1, chart.APIv1beta1} {
			release := newRelease(version)
			problems := append(release.CheckObject(api, "ExternalSecret", object),
				release.CheckObject(api, "ClusterSecretStore", clusterStore)...)
			var got []string
			for _, p := range problems {
				got = append(got, p.Path.String())
			}
			assert.Equal(t, want, got, "%s %s", version, api)
		}
	}
	assert.Equal(t, []problem.Problem{{
		Path: problem.Path{"spec", "syncWindows", "windows"}, Kind: problem.Required, Rule: "must not be empty",
		Fix: "write a list, each entry a map with duration and schedule",
	}}, newRelease("2.14.0").CheckObject(chart.APIv1, "ExternalSecret", windows()))
}

// TestSince proves from which version on something is allowed, and up to which.
func TestSince(t *testing.T) {
	t.Parallel()
	provider := func(name string) map[string]any {
		return map[string]any{"spec": map[string]any{"provider": map[string]any{name: map[string]any{}}}}
	}
	generator := func(kind string) map[string]any {
		ref := map[string]any{"generatorRef": map[string]any{"kind": kind, "name": "a"}}
		return map[string]any{"spec": map[string]any{"dataFrom": []any{map[string]any{"sourceRef": ref}}}}
	}
	templated := func(target map[string]any) map[string]any {
		target["template"] = map[string]any{"templateFrom": []any{map[string]any{"target": "spec.a", "literal": "a: b"}}}
		return secret(target)
	}
	for name, test := range map[string]struct {
		kind        string
		object      map[string]any
		last, first string // the last version that refuses or warns, and the first that does not
		path, want  string
	}{
		"ovh":                {"SecretStore", provider("ovh"), "2.2.0", "2.3.0", "spec.provider.ovh", "not supported by chart 2.2.0 (since 2.3.0)"},
		"openBao":            {"SecretStore", provider("openBao"), "2.6.0", "2.7.0", "spec.provider.openBao", "not supported by chart 2.6.0 (since 2.7.0)"},
		"beyondtrust":        {"SecretStore", provider("beyondtrustworkloadcredentials"), "2.6.0", "2.7.0", "spec.provider.beyondtrustworkloadcredentials", "not supported by chart 2.6.0 (since 2.7.0)"},
		"crd":                {"ClusterSecretStore", provider("crd"), "2.7.0", "2.8.0", "spec.provider.crd", "not supported by chart 2.7.0 (since 2.8.0)"},
		"CertificateManager": {"SecretStore", store(map[string]any{"service": "CertificateManager"}), "2.7.0", "2.8.0", "spec.provider.aws.service", "not supported by chart 2.7.0 (since 2.8.0)"},
		"GitlabDeployToken":  {"ExternalSecret", generator("GitlabDeployToken"), "2.7.0", "2.8.0", "spec.dataFrom[0].sourceRef.generatorRef.kind", "not supported by chart 2.7.0 (since 2.8.0)"},
		"beyondtrustSecret":  {"ExternalSecret", generator("BeyondtrustWorkloadCredentialsDynamicSecret"), "2.6.0", "2.7.0", "spec.dataFrom[0].sourceRef.generatorRef.kind", "not supported by chart 2.6.0 (since 2.7.0)"},
		"targetOfASecret":    {"ExternalSecret", templated(map[string]any{}), "2.9.0", "2.8.0", "spec.target.template.templateFrom[0].target", "must be Data, Annotations or Labels as far as chart 2.9.0 is known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := func(version string) []string {
				var found []string
				for _, p := range newRelease(version).CheckObject(chart.APIv1, test.kind, test.object) {
					if p.Path.String() == test.path && p.Rule != "was not checked: only the fields of aws are known" {
						found = append(found, p.Rule)
					}
				}
				return found
			}
			assert.Empty(t, rules(test.first))
			require.Len(t, rules(test.last), 1)
			assert.Equal(t, test.want, rules(test.last)[0])
		})
	}
	manifest := map[string]any{"manifest": map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}}
	assert.Empty(t, newRelease("2.9.0").CheckObject(chart.APIv1, "ExternalSecret", templated(manifest)))
}

// TestSyncWindows: the operator cannot list any ExternalSecret while one of them has a duration
// that does not parse.
func TestSyncWindows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schedule, duration string
		want               []string
	}{
		"Right":      {"0 22 * * 1-5", "8h30m", nil},
		"Word":       {"@daily", "1.5h", nil},
		"Zone":       {"CRON_TZ=Europe/Berlin 0 22 * * *", "90m0s", nil},
		"Every":      {"@every 4h", "0", nil},
		"NoSchedule": {"tomorrow", "8h", []string{`spec.syncWindows.windows[0].schedule: "tomorrow": must be a valid cron schedule (such as "0 22 * * 1-5" or "@daily")`}},
		"Empty":      {"", "8h", []string{`spec.syncWindows.windows[0].schedule: "": must not be empty; set it to a valid cron schedule (such as "0 22 * * 1-5" or "@daily")`}},
		"NoDuration": {"@daily", "8 hours", []string{`spec.syncWindows.windows[0].duration: "8 hours": must be a valid duration (such as 8h or 1h30m)`}},
		"Days":       {"@daily", "1d", []string{`spec.syncWindows.windows[0].duration: "1d": must be a valid duration (such as 8h or 1h30m)`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := windows(map[string]any{"schedule": test.schedule, "duration": test.duration})
			assert.Equal(t, test.want, linesOf(newRelease("2.14.0").CheckObject(chart.APIv1, "ExternalSecret", object)))
		})
	}
}

// TestNotesAreRead proves that nothing in the notes is passed over.
func TestNotesAreRead(t *testing.T) {
	t.Parallel()
	notes := chart.CRDNotes()
	require.NotEmpty(t, notes)
	for i, note := range notes {
		assert.True(t, note.Since.GT(semver.Version{}) && note.Schema != nil, "%v", note)
		assert.True(t, i == 0 || note.Since.GTE(notes[i-1].Since), "the notes are laid over each other in their order")
	}
	for _, file := range []string{"values.txt", "functions.txt"} {
		lines, err := chart.UnreadNotes(file)
		require.NoError(t, err)
		assert.Empty(t, lines, file)
	}
}
