package pattern_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// TestPatterns: what each pattern accepts and refuses, by Matches and by the text and length
// that the JSON schema has.
func TestPatterns(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws-cn:"
	long := func(length int) string { return strings.Repeat("a", length) }
	for name, test := range map[string]struct {
		pattern        pattern.Pattern
		accept, refuse []string
	}{
		"Duration":         {pattern.Duration, []string{"1h", "0", "1h30m", "1.5h", "-5m"}, []string{"", "1d", "h", "1 h"}},
		"Amount":           {pattern.Amount, []string{"10", "2.50"}, []string{"", "-1", "1e3", "."}},
		"Namespace":        {pattern.Namespace, []string{"a", "a-1", long(63)}, []string{"", "A", "a.b", "-a", "a-", long(64)}},
		"ObjectName":       {pattern.ObjectName, []string{"a", "a.b-1", long(253)}, []string{"", "A", "a_b", ".a", "a..b", "-a", long(254)}},
		"SecretKey":        {pattern.SecretKey, []string{"a", ".a", "A_b-c.d", ".a.", long(253)}, []string{"", ".", "..", "..a", "a b", "ä", long(254)}},
		"MetadataKey":      {pattern.MetadataKey, []string{"a", "A.b_c", "a.b/C-d", "a/" + long(63)}, []string{"", "/a", "a/", "A/b", "a/b/c", "a/" + long(64), "-a"}},
		"LabelValue":       {pattern.LabelValue, []string{"", "a", "A.b_c-d", long(63)}, []string{"-a", "a/", "a b", long(64)}},
		"SecretType":       {pattern.SecretType, []string{"Opaque", "kubernetes.io/tls", long(253)}, []string{"", "/a", "a b", long(254)}},
		"Account":          {pattern.Account, []string{"111122223333"}, []string{"", "1", "1111222233334", "*"}},
		"Region":           {pattern.Region, []string{"eu-west-1", "us-gov-east-1", "ap-southeast-2"}, []string{"", "eu-west-1a", "useast1", "*"}},
		"ClusterName":      {pattern.ClusterName, []string{"dev", "0_a-B", long(100)}, []string{"", "a.b", "-a", long(101)}},
		"IssuerURL":        {pattern.IssuerURL, []string{"https://a.b/id/C", "a.b:443/x"}, []string{"", "http://a", "https://", "a/*"}},
		"SecretName":       {pattern.SecretName, []string{"a", "prod/a_+=.@-", "rds!db-1", long(512)}, []string{"", "a b", "a*", "a!b!c", long(513)}},
		"SecretPrefix":     {pattern.SecretPrefix, []string{"prod/"}, []string{"", "prod/*"}},
		"SecretVersion":    {pattern.SecretVersion, []string{"AWSPREVIOUS", "uuid/" + long(32)}, []string{"", "a b", "a/b", long(257)}},
		"VersionID":        {pattern.VersionID, []string{"01234567-89ab-cdef-0123-456789abcdef"}, []string{"", "AWSPREVIOUS"}},
		"ParameterName":    {pattern.ParameterName, []string{"a", "/a/b_c.d-e", long(1011)}, []string{"", "a/b", "/a//b", "/", long(1012)}},
		"ParameterPath":    {pattern.ParameterPath, []string{"/", "/a", "/a/b/"}, []string{"", "a", "/a/*", "//"}},
		"ParameterVersion": {pattern.ParameterVersion, []string{"3", "label", "_l.1-a"}, []string{"", "03", "a b"}},
		"SecretARN": {
			pattern.SecretARN,
			[]string{arn + "secretsmanager:cn-north-1:111122223333:secret:rds!a/b-AbCdEf"},
			[]string{"", arn + "secretsmanager::111122223333:secret:a", arn + "secretsmanager:cn-north-1:1:secret:a", arn + "secretsmanager:cn-north-1:111122223333:secret:*"},
		},
		"ParameterARN": {
			pattern.ParameterARN,
			[]string{arn + "ssm:cn-north-1:111122223333:parameter/a/b"},
			[]string{arn + "ssm:cn-north-1:111122223333:parameter", arn + "ssm:cn-north-1:111122223333:parameter/*"},
		},
		"KMSKeyARN": {
			pattern.KMSKeyARN,
			[]string{arn + "kms:cn-north-1:111122223333:key/mrk-1"},
			[]string{arn + "kms:cn-north-1:111122223333:alias/a", arn + "kms:cn-north-1:111122223333:key/*", "alias/a"},
		},
		"ClusterARN": {
			pattern.ClusterARN,
			[]string{arn + "eks:cn-north-1:111122223333:cluster/a"},
			[]string{arn + "eks::111122223333:cluster/a", arn + "eks:cn-north-1:111122223333:cluster/*", "x" + arn + "eks:cn-north-1:111122223333:cluster/a"},
		},
		"RoleARN": {
			pattern.RoleARN,
			[]string{arn + "iam::111122223333:role/a", arn + "iam::111122223333:role/team/x/a"},
			[]string{arn + "iam::aws:role/a", arn + "iam:cn-north-1:111122223333:role/a", arn + "iam::111122223333:role/*", arn + "iam::111122223333:user/a"},
		},
		"PolicyARN": {
			pattern.PolicyARN,
			[]string{arn + "iam::aws:policy/A", arn + "iam::111122223333:policy/team/a"},
			[]string{arn + "iam::other:policy/a", arn + "iam::aws:policy/", arn + "iam::aws:role/a"},
		},
		"ProviderARN": {
			pattern.ProviderARN,
			[]string{arn + "iam::111122223333:oidc-provider/a.b/id/C"},
			[]string{arn + "iam::111122223333:saml-provider/a", arn + "iam::111122223333:oidc-provider/*"},
		},
		"RoleName": {pattern.RoleName, []string{"a", "+=,.@_-", long(64)}, []string{"", "a b", "a/b", long(65)}},
		"RolePath": {pattern.RolePath, []string{"/", "/a/b/", "/" + long(510) + "/"}, []string{"", "a", "/a", "/a b/", "/" + long(511) + "/"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written := regexp.MustCompile(test.pattern.Text)
			for want, names := range map[bool][]string{true: test.accept, false: test.refuse} {
				for _, name := range names {
					assert.Equal(t, want, test.pattern.Matches(name), name)
					fits := test.pattern.MaxLength == 0 || len(name) <= test.pattern.MaxLength
					assert.Equal(t, want, fits && written.MatchString(name), "the text and the length: %s", name)
				}
			}
		})
	}
}

// TestTags: tags may have letters of every script, and are counted in characters.
func TestTags(t *testing.T) {
	t.Parallel()
	assert.True(t, pattern.TagKey.Matches(strings.Repeat("ü", 128)))
	assert.False(t, pattern.TagKey.Matches(strings.Repeat("ü", 129)))
	assert.False(t, pattern.TagKey.Matches(""))
	assert.True(t, pattern.TagValue.Matches(""))
	assert.True(t, pattern.TagValue.Matches("チーム a_.:/=+-@1"))
	assert.False(t, pattern.TagValue.Matches("a#"))
}

// TestMetadataKey: the domain has a limit of its own, which the text cannot say.
func TestMetadataKey(t *testing.T) {
	t.Parallel()
	assert.True(t, pattern.MetadataKey.Matches(strings.Repeat("a", 253)+"/b"))
	assert.False(t, pattern.MetadataKey.Matches(strings.Repeat("a", 254)+"/b"))
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const rule = "must be an AWS region, such as eu-west-1"
	assert.Nil(t, pattern.Region.Check("eu-west-1"))
	assert.Equal(t, []problem.Problem{{Value: "x", Kind: problem.Invalid, Rule: rule}}, pattern.Region.Check("x"))
	assert.Equal(t, []problem.Problem{{Value: "", Kind: problem.Required, Rule: rule}}, pattern.Region.Check(""))
}

// FuzzDuration: the pattern accepts what Go parses, but for durations of more than 290 years.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{"", "0", "+1h", "-.5h", "1.h", "1h30m10s", "1µs", "1μs", "1ms", ".h", "1", "9999999999h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := time.ParseDuration(text); err == nil || len(text) < 10 {
			assert.Equal(t, err == nil, pattern.Duration.Matches(text), "%q", text)
		}
	})
}

// FuzzKubernetes: the texts for the JSON schema say what Kubernetes says.
func FuzzKubernetes(f *testing.F) {
	for _, text := range []string{"", "a", "A", "a.b", ".a", "..a", "a/b", "a-", strings.Repeat("a", 64), strings.Repeat("a.", 127)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range []pattern.Pattern{pattern.Namespace, pattern.ObjectName, pattern.SecretKey, pattern.LabelValue} {
			fits := p.MaxLength == 0 || len(text) <= p.MaxLength
			assert.Equal(t, p.Matches(text), fits && regexp.MustCompile(p.Text).MatchString(text), "%s: %q", p.Rule, text)
		}
	})
}
