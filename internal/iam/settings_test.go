package iam_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
)

func TestPartitionOf(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]iam.Partition{
		"eu-west-1": iam.AWS, "ap-southeast-2": iam.AWS, "mx-central-1": iam.AWS, "cn-northwest-1": iam.China,
		"us-gov-east-1": iam.GovCloud,
	} {
		got, err := iam.PartitionOf(region)
		require.NoError(t, err)
		assert.Equal(t, want, got, region)
	}
	for region, want := range map[string]string{
		"":               `region: "": is no AWS region; write one such as eu-west-1`,
		"eu-west-1a":     `region: "eu-west-1a": is no AWS region; write one such as eu-west-1`,
		"us-iso-east-1":  `region: "us-iso-east-1": is in a partition that is not known here; write a region of aws, aws-cn or aws-us-gov`,
		"eu-isoe-west-1": `region: "eu-isoe-west-1": is in a partition that is not known here; write a region of aws, aws-cn or aws-us-gov`,
		"eusc-de-east-1": `region: "eusc-de-east-1": is in a partition that is not known here; write a region of aws, aws-cn or aws-us-gov`,
	} {
		_, err := iam.PartitionOf(region)
		require.EqualError(t, err, want)
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
			assert.NoError(t, settings.Validate(iam.GovCloud))
		})
	}
}

func TestSettingsRefuse(t *testing.T) {
	t.Parallel()
	const (
		name    = "letters, digits and +=,.@_-, 64 at most"
		path    = "one that begins and ends with /, 512 characters at most"
		policy  = "arn:aws:iam::<account>:policy/<name>"
		session = "1h to 12h, in whole seconds"
		text    = "letters, digits, spaces and _.:/=+-@, "
	)
	many := map[string]string{}
	for i := range 51 {
		many[fmt.Sprint(i)] = ""
	}
	for want, settings := range map[string]iam.RoleSettings{
		`name: "": is no name of a role; write ` + name:                                {},
		`name: "a b": is no name of a role; write ` + name:                             {Name: "a b"},
		`name: "` + strings.Repeat("a", 65) + `": is no name of a role; write ` + name: {Name: strings.Repeat("a", 65)},
		`path: "team": is no path; write ` + path:                                      {Name: "a", Path: "team"},
		`path: "/team": is no path; write ` + path:                                     {Name: "a", Path: "/team"},
		`path: "/a b/": is no path; write ` + path:                                     {Name: "a", Path: "/a b/"},
		`permissionsBoundary: "boundary": is no ARN of a policy; write ` + policy:      {Name: "a", PermissionsBoundary: "boundary"},
		`permissionsBoundary: "arn:aws:iam::111122223333:role/a": is no ARN of a policy; write ` + policy: {
			Name: "a", PermissionsBoundary: "arn:aws:iam::111122223333:role/a",
		},
		`permissionsBoundary: "arn:aws-cn:iam::aws:policy/a": is of partition aws-cn, not of aws; ` +
			`write the ARN of one there`: {Name: "a", PermissionsBoundary: "arn:aws-cn:iam::aws:policy/a"},
		`maxSession: "59m59s": is no duration of a session; write ` + session:        {Name: "a", MaxSession: time.Hour - time.Second},
		`maxSession: "12h0m1s": is no duration of a session; write ` + session:       {Name: "a", MaxSession: 12*time.Hour + time.Second},
		`maxSession: "1h0m0.5s": is no duration of a session; write ` + session:      {Name: "a", MaxSession: time.Hour + time.Second/2},
		`tags: "51": are too many; write 50 at most`:                                 {Name: "a", Tags: many},
		`tags: "": is no key of a tag; write ` + text + `1 to 128`:                   {Name: "a", Tags: map[string]string{"": ""}},
		`tags: "a#": is no key of a tag; write ` + text + `1 to 128`:                 {Name: "a", Tags: map[string]string{"a#": ""}},
		`tags: "AWS:a": begins with aws:, which is AWS's own; write another key`:     {Name: "a", Tags: map[string]string{"AWS:a": ""}},
		`tags: "team": is Team to IAM, which tells no case apart; write one of them`: {Name: "a", Tags: map[string]string{"Team": "", "team": ""}},
		`tags["a"]: "<": is no value of a tag; write ` + text + `256 at most`:        {Name: "a", Tags: map[string]string{"a": "<"}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, settings.Validate(iam.AWS), want)
		})
	}
}

func TestServiceAccount(t *testing.T) {
	t.Parallel()
	account := iam.ServiceAccount{Name: "mine"}.WithDefaults()
	assert.Equal(t, iam.ServiceAccount{Namespace: "external-secrets", Name: "mine"}, account)
	require.NoError(t, account.Validate())
	assert.Equal(t, "system:serviceaccount:external-secrets:mine", account.Subject())

	require.EqualError(t, iam.ServiceAccount{Namespace: "a.b", Name: "*"}.Validate(),
		`namespace: "a.b": is no name of a namespace; write lower-case letters, digits and -, 63 at most
serviceAccount: "*": is no name of a service account; write lower-case letters, digits, - and ., 253 at most`)
}
