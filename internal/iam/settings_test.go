package iam_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/problem"
)

func TestPartitionOf(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]iam.Partition{
		"eu-west-1": iam.AWS, "ap-southeast-2": iam.AWS, "mx-central-1": iam.AWS, "cn-northwest-1": iam.China,
		"us-gov-east-1": iam.GovCloud,
	} {
		got, problems := iam.PartitionOf(region)
		require.Empty(t, problems)
		assert.Equal(t, want, got, region)
	}
	const unknown = "must be a region of partition aws, aws-cn or aws-us-gov"
	for region, want := range map[string]problem.Problem{
		"":               {Value: "", Kind: problem.Required, Rule: "must be an AWS region, such as eu-west-1"},
		"eu-west-1a":     {Value: "eu-west-1a", Kind: problem.Invalid, Rule: "must be an AWS region, such as eu-west-1"},
		"us-iso-east-1":  {Value: "us-iso-east-1", Kind: problem.NotSupported, Rule: unknown},
		"eu-isoe-west-1": {Value: "eu-isoe-west-1", Kind: problem.NotSupported, Rule: unknown},
		"eusc-de-east-1": {Value: "eusc-de-east-1", Kind: problem.NotSupported, Rule: unknown},
	} {
		_, problems := iam.PartitionOf(region)
		assert.Equal(t, []problem.Problem{want}, problems)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	tags := map[string]string{}
	for i := range 50 {
		tags[fmt.Sprint("key-", i)] = strings.Repeat("ü", 256)
	}
	for name, settings := range map[string]iam.RoleSettings{
		"Least": {Name: "a"},
		"Most": {
			Name: strings.Repeat("a", 64), Path: "/" + strings.Repeat("a", 510) + "/",
			PermissionsBoundary: "arn:aws-us-gov:iam::111122223333:policy/team/boundary",
			MaxSession:          12 * time.Hour, Tags: tags,
		},
		"AWS": {Name: "+=,.@_-", Path: "/", PermissionsBoundary: "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess", MaxSession: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, settings.Validate(iam.GovCloud))
		})
	}
}

func TestSettingsRefuse(t *testing.T) {
	t.Parallel()
	const (
		name    = `: must be a valid role name (letters, digits and "+=,.@_-", at most 64 characters)`
		path    = `: must be a valid IAM path (starting and ending with "/", at most 512 characters)`
		policy  = ": must be the ARN of an IAM policy (arn:<partition>:iam::<account>:policy/<name>)"
		session = ": must be between 1h and 12h, in whole seconds"
		tag     = `(letters, digits, spaces and "_.:/=+-@", at most `
	)
	many := map[string]string{}
	for i := range 51 {
		many[fmt.Sprint(i)] = ""
	}
	long := strings.Repeat("a", 65)
	for want, test := range map[string]struct {
		settings iam.RoleSettings
		kind     problem.Kind
	}{
		`name: ""` + name:                          {iam.RoleSettings{}, problem.Required},
		`name: "a b"` + name:                       {iam.RoleSettings{Name: "a b"}, problem.Invalid},
		`name: "` + long + `"` + name:              {iam.RoleSettings{Name: long}, problem.Invalid},
		`path: "team"` + path:                      {iam.RoleSettings{Name: "a", Path: "team"}, problem.Invalid},
		`path: "/team"` + path:                     {iam.RoleSettings{Name: "a", Path: "/team"}, problem.Invalid},
		`path: "/a b/"` + path:                     {iam.RoleSettings{Name: "a", Path: "/a b/"}, problem.Invalid},
		`permissionsBoundary: "boundary"` + policy: {iam.RoleSettings{Name: "a", PermissionsBoundary: "boundary"}, problem.Invalid},
		`permissionsBoundary: "arn:aws:iam::111122223333:role/a"` + policy: {
			iam.RoleSettings{Name: "a", PermissionsBoundary: "arn:aws:iam::111122223333:role/a"}, problem.Invalid,
		},
		`permissionsBoundary: "arn:aws-cn:iam::aws:policy/a": must be in partition aws, not aws-cn`: {
			iam.RoleSettings{Name: "a", PermissionsBoundary: "arn:aws-cn:iam::aws:policy/a"}, problem.Conflict,
		},
		`maxSession: "59m59s"` + session:        {iam.RoleSettings{Name: "a", MaxSession: time.Hour - time.Second}, problem.Limit},
		`maxSession: "12h0m1s"` + session:       {iam.RoleSettings{Name: "a", MaxSession: 12*time.Hour + time.Second}, problem.Limit},
		`maxSession: "1h0m0.5s"` + session:      {iam.RoleSettings{Name: "a", MaxSession: time.Hour + time.Second/2}, problem.Limit},
		`tags: must be at most 50 tags, not 51`: {iam.RoleSettings{Name: "a", Tags: many}, problem.Limit},
		`tags[""]: "": must be a valid tag key ` + tag + `128 characters)`: {
			iam.RoleSettings{Name: "a", Tags: map[string]string{"": ""}}, problem.Required,
		},
		`tags["a#"]: "a#": must be a valid tag key ` + tag + `128 characters)`: {
			iam.RoleSettings{Name: "a", Tags: map[string]string{"a#": ""}}, problem.Invalid,
		},
		`tags["AWS:a"]: "AWS:a": must not start with "aws:", which AWS reserves`: {
			iam.RoleSettings{Name: "a", Tags: map[string]string{"AWS:a": ""}}, problem.Reserved,
		},
		`tags.team: "team": must differ from Team in more than case; remove one of them`: {
			iam.RoleSettings{Name: "a", Tags: map[string]string{"Team": "", "team": ""}}, problem.Duplicate,
		},
		`tags.a: "<": must be a valid tag value ` + tag + `256 characters)`: {
			iam.RoleSettings{Name: "a", Tags: map[string]string{"a": "<"}}, problem.Invalid,
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			problems := test.settings.Validate(iam.AWS)
			assert.Equal(t, want, lines(problems))
			assert.Equal(t, test.kind, problems[0].Kind)
		})
	}
}

// TestSettingsOfAnyPartition: an empty partition is not checked.
func TestSettingsOfAnyPartition(t *testing.T) {
	t.Parallel()
	assert.Empty(t, iam.RoleSettings{Name: "a", PermissionsBoundary: "arn:aws-cn:iam::aws:policy/a"}.Validate(""))
}

func TestServiceAccount(t *testing.T) {
	t.Parallel()
	account := iam.ServiceAccount{Namespace: "external-secrets", Name: "mine"}
	assert.Empty(t, account.Validate())
	assert.Equal(t, "system:serviceaccount:external-secrets:mine", account.Subject())

	assert.Equal(t, `name: "*": must be a valid Kubernetes name (lowercase letters, digits, "-" and ".", at most 253 characters)
namespace: "a.b": must be a valid namespace name (lowercase letters, digits and "-", at most 63 characters)`,
		lines(iam.ServiceAccount{Namespace: "a.b", Name: "*"}.Validate()))
}
