package iam_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/iamtest"
	"eso-aws/internal/problem"
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

// texts returns the documents as AWS takes them, and checks their size.
func texts(t *testing.T, documents []iam.Document) []string {
	t.Helper()
	list := make([]string, len(documents))
	for i, document := range documents {
		list[i] = document.JSON()
		require.LessOrEqual(t, len(list[i]), iam.MaxPolicySize)
		require.Equal(t, len(list[i]), document.Size(), "the document has no white space")
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
			documents, problems := iam.Permissions(account, iam.Grants{
				Region:   region,
				Secrets:  []string{"datadog/api-key", "app-secret", arn("secretsmanager", "secret:shared-AbCdEf")},
				Prefixes: []string{"team/"}, ListSecrets: true, BatchGet: true, KMSKeys: []string{arn("kms", "key/mrk-1")},
			})
			require.Empty(t, problems)
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

// TestPermissionsDecide: the policies allow what is granted, and nothing similar.
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
			test.grants.Region = region
			documents, problems := iam.Permissions(account, test.grants)
			require.Empty(t, problems)
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

// TestPermissionsSearches: searches, in both services.
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
			test.grants.Region = region
			documents, problems := iam.Permissions(account, test.grants)
			require.Empty(t, problems)
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

// TestPermissionsOfRegions: every region has its own secrets and keys. Statements that differ
// in their resources only are one.
func TestPermissionsOfRegions(t *testing.T) {
	t.Parallel()
	const otherKey = "arn:aws:kms:us-east-1:" + account + ":key/b"
	documents, problems := iam.Permissions(account, iam.Grants{
		Region: region, Secrets: []string{"a"}, KMSKeys: []string{key}, ListSecrets: true,
		AssumeRoles: []string{"arn:aws:iam::" + other + ":role/reader"},
	}, iam.Grants{
		Region: "us-east-1", Secrets: []string{"b"}, KMSKeys: []string{otherKey}, ListSecrets: true,
	})
	require.Empty(t, problems)
	assert.Equal(t, []iam.Row{
		{Action: "secretsmanager:DescribeSecret", Resources: documents[0].Statement[0].Resource},
		{Action: "secretsmanager:GetSecretValue", Resources: []string{
			secrets + "a-??????", "arn:aws:secretsmanager:us-east-1:" + account + ":secret:b-??????",
		}},
		{Action: "secretsmanager:ListSecrets", Resources: []string{"*"}},
		{Action: "sts:AssumeRole", Resources: []string{"arn:aws:iam::" + other + ":role/reader"}},
		{Action: "kms:Decrypt", Resources: []string{key}, Conditions: []string{"kms:ViaService = " + via}},
		{Action: "kms:Decrypt", Resources: []string{otherKey}, Conditions: []string{"kms:ViaService = secretsmanager.us-east-1.amazonaws.com"}},
	}, iam.Table(documents...))
	names := map[string]bool{}
	for _, statement := range documents[0].Statement {
		assert.False(t, names[statement.Sid], statement.Sid)
		names[statement.Sid] = true
	}
}

// TestPermissionsNone: no grants take no policy. IAM refuses one without statements.
func TestPermissionsNone(t *testing.T) {
	t.Parallel()
	documents, problems := iam.Permissions(account, iam.Grants{Region: region})
	require.Empty(t, problems)
	assert.Empty(t, documents)
}

// TestPermissionsOrder: order and duplicates change nothing, and secrets below a prefix are left
// out.
func TestPermissionsOrder(t *testing.T) {
	t.Parallel()
	grants := iam.Grants{
		Region:   region,
		Secrets:  []string{"b", "a", "b", secrets + "a", "team/x", "team/", secrets + "team/y-a1B2c3", foreign + "team/z"},
		Prefixes: []string{"team/", "other", "team/sub/"}, KMSKeys: []string{key, key},
	}
	given := grants
	given.Secrets = slices.Clone(grants.Secrets)
	forward, problems := iam.Permissions(account, grants)
	require.Empty(t, problems)
	assert.Equal(t, given, grants, "the grants are not changed")

	slices.Reverse(grants.Secrets)
	slices.Reverse(grants.Prefixes)
	backward, problems := iam.Permissions(account, grants)
	require.Empty(t, problems)
	assert.Equal(t, forward, backward)
	assert.Equal(t, []iam.Row{
		{Action: "secretsmanager:DescribeSecret", Resources: forward[0].Statement[0].Resource},
		{Action: "secretsmanager:GetSecretValue", Resources: []string{
			secrets + "a-??????", secrets + "b-??????", secrets + "other*", secrets + "team/*", foreign + "team/z-??????",
		}},
		{Action: "kms:Decrypt", Resources: []string{key}, Conditions: []string{"kms:ViaService = " + via}},
	}, iam.Table(forward...))
}

func named(count int, format string) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf(format, i)
	}
	return names
}

// TestPermissionsSplit: many secrets and keys take several policies, which grant each of them
// once. Other accounts take as many.
func TestPermissionsSplit(t *testing.T) {
	t.Parallel()
	grants := iam.Grants{
		Region: region, Secrets: named(400, "app/%03d/password"),
		ListSecrets: true, KMSKeys: named(120, "arn:aws:kms:eu-west-1:"+account+":key/%03d"),
	}
	known, problems := iam.Permissions(account, grants)
	require.Empty(t, problems)
	texts(t, known)
	var granted, keys []string
	for _, row := range iam.Table(known...) {
		switch row.Action {
		case "secretsmanager:GetSecretValue":
			granted = append(granted, row.Resources...)
		case "kms:Decrypt":
			keys = append(keys, row.Resources...)
			assert.Equal(t, []string{"kms:ViaService = " + via}, row.Conditions)
		}
	}
	assert.Equal(t, named(400, secrets+"app/%03d/password-??????"), granted)
	assert.Equal(t, grants.KMSKeys, keys)
	assert.Len(t, known, 7)

	elsewhere, problems := iam.Permissions(other, grants)
	require.Empty(t, problems)
	require.Len(t, elsewhere, len(known))
	for i, document := range elsewhere {
		assert.Equal(t, known[i].Size(), document.Size())
		assert.Equal(t, i < 6, strings.Contains(document.JSON(), ":"+other+":"), "policy %d", i)
	}
}

// TestPermissionsTooMany: nothing is widened to fit.
func TestPermissionsTooMany(t *testing.T) {
	t.Parallel()
	const rule = "secrets: must fit into 10 managed policies, as many as a role can have, but 1000 names take 14; "
	for name, test := range map[string]struct {
		secrets []string
		want    string
	}{
		"Prefix": {
			append(named(300, "prod/app/%03d/password"), named(700, "prod/db/%03d/password")...),
			`add "prod/" to permissions.prefixes, which covers 1000 of them, if the operator may read everything below it`,
		},
		"Longest": {
			named(1000, "prod/db/%03d-password"),
			`add "prod/db/" to permissions.prefixes, which covers 1000 of them, if the operator may read everything below it`,
		},
		"NoPrefix": {
			named(1000, "password-of-app-%03d"),
			"remove some, or rename the secrets so that they share a prefix, and add it to permissions.prefixes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			grants := iam.Grants{Region: region, Secrets: test.secrets}
			documents, problems := iam.Permissions(account, grants)
			assert.Equal(t, rule+test.want, lines(problems))
			assert.Equal(t, problem.Limit, problems[0].Kind)
			assert.Empty(t, documents)
			assert.Equal(t, problems, iam.CheckGrants(grants))
		})
	}
	documents, problems := iam.Permissions(account, iam.Grants{
		Region: region, Prefixes: []string{"prod/"}, Secrets: named(1000, "prod/db/%03d-password"),
	})
	require.Empty(t, problems, "the fix works")
	assert.Len(t, documents, 1)
}

// lines are problems, one a line.
func lines(problems []problem.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, p.String())
	}
	return strings.Join(all, "\n")
}

func TestPermissionsRefuse(t *testing.T) {
	t.Parallel()
	_, problems := iam.Permissions("12", iam.Grants{
		Region: "cn-north-1",
		Secrets: []string{
			"", "a*", "a b", "fine", "arn:aws-cn:secretsmanager:cn-north-1:1:secret:a", foreign + "a",
			"arn:aws-cn:secretsmanager:cn-northwest-1:" + account + ":secret:a", "arn:aws-cn:secretsmanager:cn-north-1:" + account + ":secret:*",
		},
		Prefixes:    []string{"", "a/*"},
		KMSKeys:     []string{"alias/mine", "arn:aws-cn:kms:cn-north-1:" + account + ":alias/mine"},
		AssumeRoles: []string{"reader", "arn:aws:iam::" + other + ":role/reader"},
	})
	const (
		name   = `: must be a valid secret name (letters, digits and "/_+=.@-", at most 512 characters)`
		prefix = `: must be a valid beginning of secret names (letters, digits and "/_+=.@-", at most 512 characters)`
		arn    = ": must be the ARN of a secret (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>)"
		key    = ": must be the ARN of a KMS key, not of an alias (arn:<partition>:kms:<region>:<account>:key/<id>)"
	)
	assert.Equal(t, `account: "12": must be an AWS account ID (12 digits)
assumeRoles[0]: "reader": must be the ARN of an IAM role (arn:<partition>:iam::<account>:role/<name>)
assumeRoles[1]: "arn:aws:iam::444455556666:role/reader": must be in partition aws-cn, not aws
kmsKeys[0]: "alias/mine"`+key+`
kmsKeys[1]: "arn:aws-cn:kms:cn-north-1:111122223333:alias/mine"`+key+`
prefixes[0]: ""`+prefix+`
prefixes[1]: "a/*"`+prefix+`
secrets[0]: ""`+name+`
secrets[1]: "a*"`+name+`
secrets[2]: "a b"`+name+`
secrets[4]: "arn:aws-cn:secretsmanager:cn-north-1:1:secret:a"`+arn+`
secrets[5]: "`+foreign+`a": must be in partition aws-cn, not aws
secrets[6]: "arn:aws-cn:secretsmanager:cn-northwest-1:111122223333:secret:a": must be in region cn-north-1, not cn-northwest-1
secrets[7]: "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:*"`+arn, lines(problems))
	kinds := map[problem.Kind]int{}
	for _, p := range problems {
		kinds[p.Kind]++
	}
	assert.Equal(t, map[problem.Kind]int{problem.Invalid: 9, problem.Required: 2, problem.Conflict: 3}, kinds)
}

func TestPermissionsRefuseSearches(t *testing.T) {
	t.Parallel()
	_, problems := iam.Permissions(account, iam.Grants{
		Region:           region,
		Parameters:       []string{"a/b", "fine", "/a/b", "/a//b", "arn:aws:ssm:us-east-1:" + account + ":parameter/a", secrets + "a"},
		ParameterPaths:   []string{"", "prod", "/prod/*", "/"},
		Tagged:           []iam.Tagged{{}, {Prefix: "a*", Tags: map[string]string{"a": "b"}}, {Tags: map[string]string{"*": "${x}"}}},
		TaggedParameters: []iam.Tagged{{Prefix: "a", Tags: map[string]string{"aws:x": "b"}}},
	})
	const (
		name = `: must be a valid parameter name (letters, digits and "_.-", or a path of these such as /prod/app)`
		path = ": must be a path of parameters, such as /prod/app"
		tag  = `(letters, digits, spaces and "_.:/=+-@", at most `
	)
	assert.Equal(t, `parameterPaths[0]: ""`+path+`
parameterPaths[1]: "prod"`+path+`
parameterPaths[2]: "/prod/*"`+path+`
parameters[0]: "a/b"`+name+`
parameters[3]: "/a//b"`+name+`
parameters[4]: "arn:aws:ssm:us-east-1:111122223333:parameter/a": must be in region eu-west-1, not us-east-1
parameters[5]: "`+secrets+`a": must be the ARN of a parameter (arn:<partition>:ssm:<region>:<account>:parameter/<name>)
tagged[0].tags: must not be empty
tagged[1].prefix: "a*": must be a valid beginning of secret names (letters, digits and "/_+=.@-", at most 512 characters)
tagged[2].tags["*"]: "*": must be a valid tag key `+tag+`128 characters)
tagged[2].tags["*"]: "${x}": must be a valid tag value `+tag+`256 characters)
taggedParameters[0].prefix: "a"`+path, lines(problems))
}

// TestPermissionsRegion: without a known region there is no policy.
func TestPermissionsRegion(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{
		"":              `region: "": must be an AWS region, such as eu-west-1`,
		"us-iso-east-1": `region: "us-iso-east-1": must be a region of partition aws, aws-cn or aws-us-gov`,
	} {
		documents, problems := iam.Permissions(account, iam.Grants{Region: region, Secrets: []string{"app"}})
		assert.Equal(t, want, lines(problems))
		assert.Empty(t, documents)
	}
}
