package iam_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/iamtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	account = "111122223333"
	other   = "444455556666"
	region  = "eu-west-1"
	secrets = "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:"
	foreign = "arn:aws:secretsmanager:eu-west-1:" + other + ":secret:"
	key     = "arn:aws:kms:eu-west-1:" + account + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	via     = "secretsmanager.eu-west-1.amazonaws.com"
)

// texts are the documents as AWS takes them, each within IAM's quota.
func texts(t *testing.T, documents []iam.Document) []string {
	t.Helper()
	list := make([]string, len(documents))
	for i, document := range documents {
		list[i] = document.JSON()
		require.LessOrEqual(t, len(list[i]), iam.MaxPolicySize)
		require.Equal(t, len(list[i]), document.Size(), "there is no white space to leave out")
	}
	return list
}

// TestPermissionsGolden: the exact documents in each partition.
func TestPermissionsGolden(t *testing.T) {
	t.Parallel()
	for partition, region := range map[iam.Partition]string{
		iam.AWS: region, iam.China: "cn-north-1", iam.GovCloud: "us-gov-west-1",
	} {
		t.Run(string(partition), func(t *testing.T) {
			t.Parallel()
			arn := func(service, resource string) string {
				return iam.ARN{partition, service, region, other, resource}.String()
			}
			documents, err := iam.Permissions(iam.Grants{
				Partition: partition, Region: region, Account: account,
				Secrets:  []string{"datadog/api-key", "app-secret", arn("secretsmanager", "secret:shared-AbCdEf")},
				Prefixes: []string{"team/"}, ListSecrets: true, BatchGet: true, KMSKeys: []string{arn("kms", "key/mrk-1")},
			})
			require.NoError(t, err)
			var got bytes.Buffer
			for _, text := range texts(t, documents) {
				require.NoError(t, json.Indent(&got, []byte(text), "", "  "))
				got.WriteString("\n")
			}
			path := fmt.Sprintf("testdata/permissions-%s.json", partition)
			if *update {
				require.NoError(t, os.WriteFile(path, got.Bytes(), 0o600))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err, "write it with: go test ./internal/iam -update")
			assert.Equal(t, string(want), got.String())
		})
	}
}

// TestPermissionsDecide: what is granted is allowed, and its neighbours are not.
func TestPermissionsDecide(t *testing.T) {
	t.Parallel()
	const get, describe = "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"
	read := func(arn string) iamtest.Request { return iamtest.Request{Action: get, Resource: arn} }
	on := func(action, arn string) iamtest.Request { return iamtest.Request{Action: action, Resource: arn} }
	decrypt := func(key, via string) iamtest.Request {
		return iamtest.Request{Action: "kms:Decrypt", Resource: key, Context: map[string]string{"kms:ViaService": via}}
	}
	for name, test := range map[string]struct {
		grants        iam.Grants
		allow, refuse []iamtest.Request
	}{
		"Name": {
			grants: iam.Grants{Secrets: []string{"app"}},
			allow:  []iamtest.Request{read(secrets + "app-a1B2c3"), on(describe, secrets+"app-a1B2c3")},
			refuse: []iamtest.Request{
				read(secrets + "app"), read(secrets + "app2-a1B2c3"), read(secrets + "app/db-a1B2c3"),
				read(secrets + "app-secret-a1B2c3"), read(secrets + "my-app-a1B2c3"), read(foreign + "app-a1B2c3"),
				read("arn:aws:secretsmanager:eu-west-2:" + account + ":secret:app-a1B2c3"),
				on("secretsmanager:PutSecretValue", secrets+"app-a1B2c3"),
				on("secretsmanager:DeleteSecret", secrets+"app-a1B2c3"),
				on("secretsmanager:GetResourcePolicy", secrets+"app-a1B2c3"),
				on("secretsmanager:ListSecrets", "*"), on("secretsmanager:BatchGetSecretValue", "*"),
				decrypt(key, via),
			},
		},
		"NameLikeAWholeARN": {
			grants: iam.Grants{Secrets: []string{"my-secret"}},
			allow:  []iamtest.Request{read(secrets + "my-secret-a1B2c3")},
			refuse: []iamtest.Request{read(secrets + "my-secret"), read(secrets + "my-a1B2c3")},
		},
		"OfAnAWSService": {
			grants: iam.Grants{Secrets: []string{"rds!db-0a1b", foreign + "rds!cluster-2c3d-a1B2c3"}},
			allow:  []iamtest.Request{read(secrets + "rds!db-0a1b-a1B2c3"), read(foreign + "rds!cluster-2c3d-a1B2c3")},
			refuse: []iamtest.Request{read(secrets + "db-0a1b-a1B2c3"), read(foreign + "rds!cluster-2c3d-zzzzzz")},
		},
		"WholeARN": {
			grants: iam.Grants{Secrets: []string{foreign + "app-a1B2c3"}},
			allow:  []iamtest.Request{read(foreign + "app-a1B2c3")},
			refuse: []iamtest.Request{
				read(foreign + "app-zzzzzz"), read(foreign + "app-a1B2c3-zzzzzz"), read(secrets + "app-a1B2c3"),
			},
		},
		"PartialARN": {
			grants: iam.Grants{Secrets: []string{foreign + "db/password", foreign + "db-ab_def"}},
			allow:  []iamtest.Request{read(foreign + "db/password-a1B2c3"), read(foreign + "db-ab_def-a1B2c3")},
			refuse: []iamtest.Request{read(foreign + "db/password"), read(foreign + "db/password-old-a1B2c3")},
		},
		"Prefix": {
			grants: iam.Grants{Prefixes: []string{"team/"}},
			allow:  []iamtest.Request{read(secrets + "team/a-a1B2c3"), read(secrets + "team/b/c-a1B2c3")},
			refuse: []iamtest.Request{
				read(secrets + "team-a1B2c3"), read(secrets + "team2/a-a1B2c3"), read(foreign + "team/a-a1B2c3"),
				on("secretsmanager:ListSecrets", "*"), on("secretsmanager:BatchGetSecretValue", "*"),
			},
		},
		"List": {
			grants: iam.Grants{ListSecrets: true},
			allow:  []iamtest.Request{on("secretsmanager:ListSecrets", "*")},
			refuse: []iamtest.Request{on("secretsmanager:BatchGetSecretValue", "*"), read(secrets + "app-a1B2c3")},
		},
		"Batch": {
			grants: iam.Grants{BatchGet: true},
			allow:  []iamtest.Request{on("secretsmanager:BatchGetSecretValue", "*")},
			refuse: []iamtest.Request{on("secretsmanager:ListSecrets", "*"), read(secrets + "app-a1B2c3")},
		},
		"Key": {
			grants: iam.Grants{KMSKeys: []string{key}},
			allow:  []iamtest.Request{decrypt(key, via)},
			refuse: []iamtest.Request{
				decrypt(key, "s3.eu-west-1.amazonaws.com"), decrypt(key, "secretsmanager.eu-west-2.amazonaws.com"),
				on("kms:Decrypt", key), decrypt(key+"0", via),
				{Action: "kms:Encrypt", Resource: key, Context: map[string]string{"kms:ViaService": via}},
				{Action: "kms:GenerateDataKey", Resource: key, Context: map[string]string{"kms:ViaService": via}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.grants.Partition, test.grants.Region, test.grants.Account = iam.AWS, region, account
			documents, err := iam.Permissions(test.grants)
			require.NoError(t, err)
			for want, requests := range map[bool][]iamtest.Request{true: test.allow, false: test.refuse} {
				for _, request := range requests {
					got, err := iamtest.Allowed(request, texts(t, documents)...)
					require.NoError(t, err)
					assert.Equal(t, want, got, "%+v", request)
				}
			}
		})
	}
}

// TestPermissionsSearches: what is looked for, in both services.
func TestPermissionsSearches(t *testing.T) {
	t.Parallel()
	const parameters = "arn:aws:ssm:eu-west-1:" + account + ":parameter/"
	const get, getSecret, byPath = "ssm:GetParameter", "secretsmanager:GetSecretValue", "ssm:GetParametersByPath"
	on := func(action, arn string, context ...string) iamtest.Request {
		request := iamtest.Request{Action: action, Resource: arn, Context: map[string]string{}}
		for i := 0; i < len(context); i += 2 {
			request.Context[context[i]] = context[i+1]
		}
		return request
	}
	for name, test := range map[string]struct {
		grants        iam.Grants
		allow, refuse []iamtest.Request
	}{
		"Tags": {
			grants: iam.Grants{
				Tagged:      []iam.Tagged{{Tags: map[string]string{"env": "prod", "team": "a"}}},
				ListSecrets: true, BatchGet: true,
			},
			allow: []iamtest.Request{
				on(getSecret, secrets+"x-a1B2c3", "aws:ResourceTag/env", "prod", "aws:ResourceTag/team", "a"),
				on("secretsmanager:ListSecrets", "*"), on("secretsmanager:BatchGetSecretValue", "*"),
			},
			refuse: []iamtest.Request{
				on(getSecret, secrets+"x-a1B2c3"), on(getSecret, secrets+"x-a1B2c3", "aws:ResourceTag/env", "prod"),
				on(getSecret, secrets+"x-a1B2c3", "aws:ResourceTag/env", "production", "aws:ResourceTag/team", "a"),
				on(getSecret, foreign+"x-a1B2c3", "aws:ResourceTag/env", "prod", "aws:ResourceTag/team", "a"),
			},
		},
		"TagsBelowAPath": {
			grants: iam.Grants{Tagged: []iam.Tagged{{Prefix: "prod/", Tags: map[string]string{"env": "prod"}}}},
			allow:  []iamtest.Request{on(getSecret, secrets+"prod/x-a1B2c3", "aws:ResourceTag/env", "prod")},
			refuse: []iamtest.Request{
				on(getSecret, secrets+"prod/x-a1B2c3"), on(getSecret, secrets+"x-a1B2c3", "aws:ResourceTag/env", "prod"),
			},
		},
		"TwoTags": {
			grants: iam.Grants{Tagged: []iam.Tagged{
				{Tags: map[string]string{"env": "prod"}}, {Prefix: "b/", Tags: map[string]string{"env": "test"}},
			}},
			allow: []iamtest.Request{
				on(getSecret, secrets+"x-a1B2c3", "aws:ResourceTag/env", "prod"),
				on(getSecret, secrets+"b/x-a1B2c3", "aws:ResourceTag/env", "test"),
			},
			refuse: []iamtest.Request{on(getSecret, secrets+"x-a1B2c3", "aws:ResourceTag/env", "test")},
		},
		"Parameters": {
			grants: iam.Grants{Parameters: []string{"/prod/db", "plain", "arn:aws:ssm:eu-west-1:" + other + ":parameter/shared"}},
			allow: []iamtest.Request{
				on(get, parameters+"prod/db"), on(get, parameters+"plain"),
				on(get, "arn:aws:ssm:eu-west-1:"+other+":parameter/shared"),
			},
			refuse: []iamtest.Request{
				on(get, parameters+"prod/db2"), on(get, parameters+"prod/db/x"), on(get, parameters+"shared"),
				on("ssm:PutParameter", parameters+"plain"), on("ssm:GetParameterHistory", parameters+"plain"),
				on("ssm:DescribeParameters", "*"), on(byPath, parameters+"prod"),
			},
		},
		"ParameterPath": {
			grants: iam.Grants{ParameterPaths: []string{"/prod/app/"}},
			allow: []iamtest.Request{
				on(byPath, parameters+"prod/app"), on(byPath, parameters+"prod/app/"), on(byPath, parameters+"prod/app/x"),
			},
			refuse: []iamtest.Request{on(byPath, parameters+"prod"), on(byPath, parameters+"prod/app2"), on(get, parameters+"prod/app/x")},
		},
		"ParameterTags": {
			grants: iam.Grants{TaggedParameters: []iam.Tagged{{Prefix: "/prod", Tags: map[string]string{"env": "prod"}}}},
			allow: []iamtest.Request{
				on(get, parameters+"prod/x", "aws:ResourceTag/env", "prod"), on("ssm:DescribeParameters", "*"),
				on("tag:GetResources", "*"),
			},
			refuse: []iamtest.Request{on(get, parameters+"prod/x"), on(get, parameters+"x", "aws:ResourceTag/env", "prod")},
		},
		"ParameterKey": {
			grants: iam.Grants{Parameters: []string{"plain"}, KMSKeys: []string{key}},
			allow:  []iamtest.Request{on("kms:Decrypt", key, "kms:ViaService", "ssm.eu-west-1.amazonaws.com")},
			refuse: []iamtest.Request{on("kms:Decrypt", key, "kms:ViaService", via)},
		},
		"BothKeys": {
			grants: iam.Grants{Parameters: []string{"plain"}, Secrets: []string{"app"}, KMSKeys: []string{key}},
			allow: []iamtest.Request{
				on("kms:Decrypt", key, "kms:ViaService", "ssm.eu-west-1.amazonaws.com"), on("kms:Decrypt", key, "kms:ViaService", via),
			},
			refuse: []iamtest.Request{on("kms:Decrypt", key, "kms:ViaService", "ssm.eu-west-2.amazonaws.com")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.grants.Partition, test.grants.Region, test.grants.Account = iam.AWS, region, account
			documents, err := iam.Permissions(test.grants)
			require.NoError(t, err)
			for want, requests := range map[bool][]iamtest.Request{true: test.allow, false: test.refuse} {
				for _, request := range requests {
					got, err := iamtest.Allowed(request, texts(t, documents)...)
					require.NoError(t, err)
					assert.Equal(t, want, got, "%+v", request)
				}
			}
		})
	}
}

// TestPermissionsOfRegions: each has its own secrets and keys, and one statement of a
// name that differs in nothing else.
func TestPermissionsOfRegions(t *testing.T) {
	t.Parallel()
	const otherKey = "arn:aws:kms:us-east-1:" + account + ":key/b"
	documents, err := iam.Permissions(iam.Grants{
		Partition: iam.AWS, Region: region, Account: account, Secrets: []string{"a"}, KMSKeys: []string{key}, ListSecrets: true,
		AssumeRoles: []string{"arn:aws:iam::" + other + ":role/reader"},
	}, iam.Grants{
		Partition: iam.AWS, Region: "us-east-1", Account: account, Secrets: []string{"b"}, KMSKeys: []string{otherKey}, ListSecrets: true,
	})
	require.NoError(t, err)
	assert.Equal(t, []iam.Row{
		{Action: "secretsmanager:DescribeSecret", On: documents[0].Statement[0].Resource},
		{Action: "secretsmanager:GetSecretValue", On: []string{
			secrets + "a-??????", "arn:aws:secretsmanager:us-east-1:" + account + ":secret:b-??????",
		}},
		{Action: "secretsmanager:ListSecrets", On: []string{"*"}},
		{Action: "sts:AssumeRole", On: []string{"arn:aws:iam::" + other + ":role/reader"}},
		{Action: "kms:Decrypt", On: []string{key}, When: []string{"kms:ViaService = " + via}},
		{Action: "kms:Decrypt", On: []string{otherKey}, When: []string{"kms:ViaService = secretsmanager.us-east-1.amazonaws.com"}},
	}, iam.Table(documents...))
	names := map[string]bool{}
	for _, statement := range documents[0].Statement {
		assert.False(t, names[statement.Sid], statement.Sid)
		names[statement.Sid] = true
	}
}

// TestPermissionsNone: no policy has no statement, which IAM would refuse.
func TestPermissionsNone(t *testing.T) {
	t.Parallel()
	documents, err := iam.Permissions(iam.Grants{Partition: iam.AWS, Region: region})
	require.NoError(t, err)
	assert.Empty(t, documents)
}

// TestPermissionsOrder: the order and number of times that something is given
// change nothing, and what is below a prefix is not named again.
func TestPermissionsOrder(t *testing.T) {
	t.Parallel()
	grants := iam.Grants{
		Partition: iam.AWS, Region: region, Account: account,
		Secrets:  []string{"b", "a", "b", secrets + "a", "team/x", "team/", secrets + "team/y-a1B2c3", foreign + "team/z"},
		Prefixes: []string{"team/", "other", "team/sub/"}, KMSKeys: []string{key, key},
	}
	given := grants
	given.Secrets = slices.Clone(grants.Secrets)
	forward, err := iam.Permissions(grants)
	require.NoError(t, err)
	assert.Equal(t, given, grants, "what is given is not written to")

	slices.Reverse(grants.Secrets)
	slices.Reverse(grants.Prefixes)
	backward, err := iam.Permissions(grants)
	require.NoError(t, err)
	assert.Equal(t, forward, backward)
	assert.Equal(t, []iam.Row{
		{Action: "secretsmanager:DescribeSecret", On: forward[0].Statement[0].Resource},
		{Action: "secretsmanager:GetSecretValue", On: []string{
			secrets + "a-??????", secrets + "b-??????", secrets + "other*", secrets + "team/*", foreign + "team/z-??????",
		}},
		{Action: "kms:Decrypt", On: []string{key}, When: []string{"kms:ViaService = " + via}},
	}, iam.Table(forward...))
}

func named(count int, format string) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf(format, i)
	}
	return names
}

// TestPermissionsSplit: many secrets and keys take several policies, which grant
// all of them and each once, as many whether or not the account is known.
func TestPermissionsSplit(t *testing.T) {
	t.Parallel()
	grants := iam.Grants{
		Partition: iam.AWS, Region: region, Account: account, Secrets: named(400, "app/%03d/password"),
		ListSecrets: true, KMSKeys: named(120, "arn:aws:kms:eu-west-1:"+account+":key/%03d"),
	}
	known, err := iam.Permissions(grants)
	require.NoError(t, err)
	texts(t, known)
	var granted, keys []string
	for _, row := range iam.Table(known...) {
		switch row.Action {
		case "secretsmanager:GetSecretValue":
			granted = append(granted, row.On...)
		case "kms:Decrypt":
			keys = append(keys, row.On...)
			assert.Equal(t, []string{"kms:ViaService = " + via}, row.When)
		}
	}
	assert.Equal(t, named(400, secrets+"app/%03d/password-??????"), granted)
	assert.Equal(t, grants.KMSKeys, keys)
	assert.Len(t, known, 7)

	grants.Account = ""
	unknown, err := iam.Permissions(grants)
	require.NoError(t, err)
	require.Len(t, unknown, len(known))
	for i, document := range unknown {
		assert.Equal(t, known[i].Size(), document.Size())
		assert.Equal(t, i < 6, document.NeedsAccount(), "policy %d", i)
		later, err := document.WithAccount(account)
		require.NoError(t, err)
		assert.Equal(t, known[i], later)
	}
}

// TestPermissionsTooMany: nothing is widened to make it fit.
func TestPermissionsTooMany(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secrets []string
		want    string
	}{
		"Prefix": {
			append(named(300, "prod/app/%03d/password"), named(700, "prod/db/%03d/password")...),
			"secrets: 1000 names: take 14 managed policies of 6144 characters, and a role has 10 at most; " +
				`write a prefix if the operator may read all below it, such as "prod/" for 1000 of them`,
		},
		"Longest": {
			named(1000, "prod/db/%03d-password"),
			"secrets: 1000 names: take 14 managed policies of 6144 characters, and a role has 10 at most; " +
				`write a prefix if the operator may read all below it, such as "prod/db/" for 1000 of them`,
		},
		"NoPrefix": {
			named(1000, "password-of-app-%03d"),
			"secrets: 1000 names: take 14 managed policies of 6144 characters, and a role has 10 at most; " +
				"write fewer secrets, or name them alike and write a prefix",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			grants := iam.Grants{Partition: iam.AWS, Region: region, Secrets: test.secrets}
			documents, err := iam.Permissions(grants)
			require.EqualError(t, err, test.want)
			assert.Empty(t, documents)
		})
	}
	documents, err := iam.Permissions(iam.Grants{
		Partition: iam.AWS, Region: region, Prefixes: []string{"prod/"}, Secrets: named(1000, "prod/db/%03d-password"),
	})
	require.NoError(t, err, "the proposal is followed")
	assert.Len(t, documents, 1)
}

func TestPermissionsRefuse(t *testing.T) {
	t.Parallel()
	_, err := iam.Permissions(iam.Grants{
		Partition: iam.China, Region: region, Account: "12",
		Secrets: []string{
			"", "a*", "a b", "fine", "arn:aws-cn:secretsmanager:eu-west-1:1:secret:a", foreign + "a",
			"arn:aws-cn:secretsmanager:cn-north-1:" + account + ":secret:a", "arn:aws-cn:secretsmanager:eu-west-1:" + account + ":secret:*",
		},
		Prefixes: []string{"", "a/*"},
		KMSKeys:  []string{"alias/mine", "arn:aws-cn:kms:eu-west-1:" + account + ":alias/mine"},
	})
	const secretARN = "arn:aws-cn:secretsmanager:<region>:<account>:secret:<name>"
	require.EqualError(t, err, `partition: "aws-cn": is not the partition of region eu-west-1; write aws
account: "12": is no AWS account; write its 12 digits
secrets[0]: "": is no name of a secret; write letters, digits and /_+=.@-, 512 at most, or an ARN
secrets[1]: "a*": is no name of a secret; write letters, digits and /_+=.@-, 512 at most, or an ARN
secrets[2]: "a b": is no name of a secret; write letters, digits and /_+=.@-, 512 at most, or an ARN
secrets[4]: "arn:aws-cn:secretsmanager:eu-west-1:1:secret:a": is no ARN of a secret; write `+secretARN+`
secrets[5]: "`+foreign+`a": is of partition aws, not of aws-cn; write the ARN of one there
secrets[6]: "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a": is in region cn-north-1, not in eu-west-1; write the ARN of one there
secrets[7]: "arn:aws-cn:secretsmanager:eu-west-1:111122223333:secret:*": is no ARN of a secret; write `+secretARN+`
prefixes[0]: "": is no beginning of a secret's name; write letters, digits and /_+=.@-, 1 to 512
prefixes[1]: "a/*": is no beginning of a secret's name; write letters, digits and /_+=.@-, 1 to 512
kmsKeys[0]: "alias/mine": is no ARN of a KMS key, which an alias is not; write arn:aws-cn:kms:<region>:<account>:key/<id>
kmsKeys[1]: "arn:aws-cn:kms:eu-west-1:111122223333:alias/mine": is no ARN of a KMS key, which an alias is not; write arn:aws-cn:kms:<region>:<account>:key/<id>`)
}

func TestPermissionsRefuseSearches(t *testing.T) {
	t.Parallel()
	_, err := iam.Permissions(iam.Grants{
		Partition: iam.AWS, Region: region,
		Parameters:       []string{"a/b", "fine", "/a/b", "/a//b", "arn:aws:ssm:us-east-1:" + account + ":parameter/a", secrets + "a"},
		ParameterPaths:   []string{"", "prod", "/prod/*", "/"},
		Tagged:           []iam.Tagged{{}, {Prefix: "a*", Tags: map[string]string{"a": "b"}}, {Tags: map[string]string{"*": "${x}"}}},
		TaggedParameters: []iam.Tagged{{Prefix: "a", Tags: map[string]string{"aws:x": "b"}}},
	})
	const name = "letters, digits and _.-, or parts of these that begin with /, or an ARN"
	const tag = "letters, digits, spaces and _.:/=+-@, "
	require.EqualError(t, err, `parameters[0]: "a/b": is no name of a parameter; write `+name+`
parameters[3]: "/a//b": is no name of a parameter; write `+name+`
parameters[4]: "arn:aws:ssm:us-east-1:111122223333:parameter/a": is in region us-east-1, not in eu-west-1; write the ARN of one there
parameters[5]: "`+secrets+`a": is no ARN of a parameter; write arn:aws:ssm:<region>:<account>:parameter/<name>
parameterPaths[0]: "": is no path of parameters; write one such as /prod/app
parameterPaths[1]: "prod": is no path of parameters; write one such as /prod/app
parameterPaths[2]: "/prod/*": is no path of parameters; write one such as /prod/app
taggedParameters[0]: "a": is no path of parameters; write one such as /prod/app
tagged[0]: "": has no tags; write one at least
tagged[1]: "a*": is no beginning of a secret's name; write letters, digits and /_+=.@-, 1 to 512
tagged[2]: "*": is no key of a tag; write `+tag+`1 to 128
tagged[2]["*"]: "${x}": is no value of a tag; write `+tag+`256 at most`)
}

func TestWithAccountRefuses(t *testing.T) {
	t.Parallel()
	_, err := iam.NewDocument().WithAccount("*")
	require.EqualError(t, err, `account: "*": is no AWS account; write its 12 digits`)
}
