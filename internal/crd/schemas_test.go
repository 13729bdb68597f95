package crd_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/crd"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for chart, want := range map[string]struct {
		held  string
		exact bool
	}{
		"0.8.7":  {"0.9.20", false}, // older than all
		"0.9.13": {"0.9.20", false},
		"0.9.20": {"0.9.20", true},
		"0.12.1": {"0.10.7", false},
		"0.16.2": {"0.16.1", false},
		"0.20.4": {"0.20.4", true},
		"1.0.0":  {"0.20.4", false},
		"1.3.1":  {"1.3.2", false},
		"1.3.2":  {"1.3.2", true},
		"2.0.1":  {"2.0.0", false},
		"2.14.0": {"2.0.0", false},
		"10.0.0": {"2.0.0", false},
	} {
		t.Run(chart, func(t *testing.T) {
			t.Parallel()
			schemas := newSchemas(t, chart)
			assert.Equal(t, want.held, schemas.Held.String())
			assert.Equal(t, want.exact, schemas.Exact)
		})
	}
}

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

// TestDoubt proves what is an error and what a warning where the chart's own
// release is not held.
func TestDoubt(t *testing.T) {
	t.Parallel()
	manifest := secret(map[string]any{"manifest": map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}})
	for name, test := range map[string]struct {
		chart, version, kind string
		object               map[string]any
		want                 map[string]bool // by problem, whether it is sure
	}{
		"NextAllowsTheField": {
			"1.1.0", "v1", "ExternalSecret", manifest,
			map[string]bool{"spec.target.manifest: there is no such field; " +
				"write one of creationPolicy, deletionPolicy, immutable, name or template": false},
		},
		"NextDoesNotKnowItEither": {
			"1.1.0", "v1", "ExternalSecret", secret(map[string]any{"manifset": 1}),
			map[string]bool{"spec.target.manifset: there is no such field; " +
				"write one of creationPolicy, deletionPolicy, immutable, name or template": true},
		},
		"NextServesTheVersion": {
			"0.15.0", "v1", "ExternalSecret", secret(nil),
			map[string]bool{`apiVersion: "external-secrets.io/v1": is not served by release 0.14.4; ` +
				"write external-secrets.io/v1beta1": false},
		},
		"SameMinorVersion": {
			"1.3.0", "v1", "ExternalSecret", manifest, nil,
		},
		"YoungerFieldThatIsKnown": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{
				"sessionTagsPolicy": "Custom", "customSessionTags": map[string]any{"team": "a"}, "service": "CertificateManager",
			}), nil,
		},
		"YoungerChoiceThatIsKnown": {
			"2.14.0", "v1", "ExternalSecret", secret(map[string]any{"creationPolicy": "CreateOrMerge"}), nil,
		},
		"YoungerThanTheChart": {
			"2.7.0", "v1", "ExternalSecret", secret(map[string]any{"creationPolicy": "CreateOrMerge"}),
			map[string]bool{`spec.target.creationPolicy: "CreateOrMerge": is no such choice; ` +
				"write Owner, Orphan, Merge or None": false},
		},
		"FieldThatMayBeYounger": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"endpoint": "http://127.0.0.1:4566"}),
			map[string]bool{"spec.provider.aws.endpoint: there is no such field; write one of additionalRoles, auth, " +
				"customSessionTags, externalID, prefix, region, role, secretsManager, service, sessionTags, " +
				"sessionTagsPolicy or transitiveTagKeys": false},
		},
		"FieldThatIsATypingError": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"externalId": "a"}),
			map[string]bool{"spec.provider.aws.externalId: there is no such field; write externalID": true},
		},
		"ShortFieldThatIsLikeNone": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"se": 1}),
			map[string]bool{"spec.provider.aws.se: there is no such field; write one of additionalRoles, auth, " +
				"customSessionTags, externalID, prefix, region, role, secretsManager, service, sessionTags, " +
				"sessionTagsPolicy or transitiveTagKeys": false},
		},
		"ShortProviderThatIsLikeNone": {
			"2.14.0", "v1", "SecretStore",
			map[string]any{"spec": map[string]any{"provider": map[string]any{"a": 1}}},
			map[string]bool{"spec.provider.a: there is no such field; write aws": false},
		},
		"WrongType": {
			"2.14.0", "v1", "SecretStore", store(map[string]any{"role": 1}),
			map[string]bool{`spec.provider.aws.role: "1": must be text, not a number; write text, in quotes`: true},
		},
		"WrongTypeOfTwo": {
			"2.14.0", "v1", "SecretStore",
			map[string]any{"spec": map[string]any{
				"provider":        map[string]any{"aws": map[string]any{"service": "SecretsManager", "region": "us-east-1"}},
				"refreshInterval": true,
			}},
			map[string]bool{`spec.refreshInterval: "true": must be a whole number or text, not true or false; ` +
				"write a whole number or text, in quotes": true},
		},
		"UnheldProvider": {
			"2.14.0", "v1", "SecretStore",
			map[string]any{"spec": map[string]any{"provider": map[string]any{"openBao": map[string]any{}}}},
			map[string]bool{"spec.provider.openBao: is not held here, and its fields were not checked": false},
		},
		"VersionOfTheAPI": {
			"2.14.0", "v2", "SecretStore", store(nil),
			map[string]bool{`apiVersion: "external-secrets.io/v2": is not served by release 2.0.0; ` +
				"write external-secrets.io/v1 or v1beta1": false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got map[string]bool
			for _, problem := range newSchemas(t, test.chart).Check(crd.Group+"/"+test.version, test.kind, test.object) {
				if got == nil {
					got = map[string]bool{}
				}
				got[problem.String()] = !problem.Unsure
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// TestLater proves that all is at its place that is known of releases younger
// than those held.
func TestLater(t *testing.T) {
	t.Parallel()
	generator := map[string]any{"generatorRef": map[string]any{"kind": "GitlabDeployToken", "name": "a"}}
	remote := map[string]any{"key": "a", "nullBytePolicy": "Fail"}
	object := map[string]any{"spec": map[string]any{
		"syncWindows": map[string]any{
			"kind": "deny", "windows": []any{map[string]any{"schedule": "0 22 * * 1-5", "duration": "8h0m0s"}},
		},
		"data": []any{map[string]any{"secretKey": "a", "remoteRef": remote, "sourceRef": generator}},
		"dataFrom": []any{
			map[string]any{"extract": remote, "sourceRef": generator},
			map[string]any{"find": map[string]any{"nullBytePolicy": "Ignore"}},
		},
		"target": map[string]any{"template": map[string]any{"templateFrom": []any{
			map[string]any{"literal": "a: b", "valuesDecodingStrategy": "Base64"},
		}}},
	}}
	clusterStore := store(nil)
	clusterStore["spec"].(map[string]any)["refreshInterval"] = "1h0m0s"
	unknown := []string{
		"spec.data[0].remoteRef.nullBytePolicy", "spec.data[0].sourceRef.generatorRef.kind",
		"spec.dataFrom[0].extract.nullBytePolicy", "spec.dataFrom[0].sourceRef.generatorRef.kind",
		"spec.dataFrom[1].find.nullBytePolicy", "spec.syncWindows",
		"spec.target.template.templateFrom[0].valuesDecodingStrategy", "spec.refreshInterval",
	}
	for chart, want := range map[string][]string{"2.0.0": unknown, "2.14.0": nil} {
		for _, api := range []string{"external-secrets.io/v1", "external-secrets.io/v1beta1"} {
			schemas := newSchemas(t, chart)
			problems := append(schemas.Check(api, "ExternalSecret", object),
				schemas.Check(api, "ClusterSecretStore", clusterStore)...)
			var got []string
			for _, problem := range problems {
				path, _, _ := strings.Cut(problem.String(), ":")
				got = append(got, path)
			}
			assert.Equal(t, want, got, "%s %s", chart, api)
		}
	}

	none := map[string]any{"spec": map[string]any{"syncWindows": map[string]any{"kind": "deny", "windows": []any{}}}}
	problems := newSchemas(t, "2.14.0").Check("external-secrets.io/v1", "ExternalSecret", none)
	assert.Equal(t, []crd.Problem{{
		Path: []string{"spec", "syncWindows", "windows"}, Rule: "breaks the rule minItems: 1",
		Write: "a list, each entry a map with duration and schedule",
	}}, problems)
}
