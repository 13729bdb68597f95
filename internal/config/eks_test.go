package config_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/iam"
	"eso-aws/internal/plan"
	"eso-aws/secretsync"
)

// account stands for the account of the cluster.
const account = "111122223333"

func stackFile(t *testing.T, stack string) map[string]string {
	t.Helper()
	return configtest.File(t, "../../Pulumi."+stack+".yaml")
}

// policies are those of IAM for the secrets of that name or ARN.
func policies(t *testing.T, grants iam.Grants) []iam.Document {
	t.Helper()
	grants.Region = "us-east-1"
	documents, wrong := iam.Permissions(account, grants)
	require.Empty(t, wrong)
	return documents
}

// granted are the policies of a plan.
func granted(t *testing.T, p *plan.Plan) []iam.Document {
	t.Helper()
	documents, wrong := iam.Permissions(account, p.Grants()...)
	require.Empty(t, wrong)
	return documents
}

func TestLoadEKS(t *testing.T) {
	t.Parallel()
	got, err := load(stackFile(t, "dev"))
	require.NoError(t, err)
	assert.True(t, got.OnEKS())
	assert.Equal(t, plan.IRSA, got.Auth())
	assert.Equal(t, "us-east-1", got.Region)
	assert.Equal(t, map[string]bool{"zio-lucene": false, "external-secrets": true}, got.Namespaces)
	assert.Empty(t, got.Endpoint)
	assert.Equal(t, plan.Cluster{
		Name: "dev", Region: "us-east-1", Partition: iam.AWS, Role: iam.RoleSettings{Name: "external-secrets-irsa"},
	}, got.Cluster)
	assert.Equal(t, policies(t, iam.Grants{Secrets: []string{"zio-lucene/datadog-api-key"}}), granted(t, got))
	assert.Equal(t, secretsync.Auth{ServiceAccount: &secretsync.ServiceAccount{
		Namespace: "external-secrets", Name: "external-secrets",
	}}, got.Stores[0].Auth)
}

func TestLoadEKSEverything(t *testing.T) {
	t.Parallel()
	const key = "arn:aws:kms:us-east-1:111122223333:key/0a1b"
	values := configtest.With(stackFile(t, "training"), map[string]string{
		"region":           "us-east-1",
		"podIdentityAgent": "true",
		"role": `{"name":"eso","path":"/a/","maxSession":"2h","tags":{"a":"b"},` +
			`"permissionsBoundary":"arn:aws:iam::aws:policy/PowerUserAccess"}`,
		"permissions": `{"kmsKeys":["` + key + `"],"prefixes":["prod/"],"listSecrets":true,"batchGetSecretValue":true}`,
	})
	values["aws:profile"] = "staging"
	got, err := load(values)
	require.NoError(t, err)
	assert.Equal(t, plan.PodIdentity, got.Auth())
	assert.True(t, got.File.PodIdentityAgent)
	assert.Equal(t, plan.Cluster{
		Name: "training", Region: "us-east-1", Partition: iam.AWS, Profile: "staging",
		Role: iam.RoleSettings{
			Name: "eso", Path: "/a/", MaxSession: 2 * time.Hour, Tags: map[string]string{"a": "b"},
			PermissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess",
		},
	}, got.Cluster)
	assert.Equal(t, policies(t, iam.Grants{
		Secrets: []string{"training/db-credentials"}, KMSKeys: []string{key}, Prefixes: []string{"prod/"},
		ListSecrets: true, BatchGet: true,
	}), granted(t, got))
	assert.Equal(t, secretsync.Auth{}, got.Stores[0].Auth)
}

// TestLoadEKSOtherRegion: the secrets are elsewhere because the configuration says so.
func TestLoadEKSOtherRegion(t *testing.T) {
	t.Parallel()
	got, err := load(configtest.With(stackFile(t, "dev"), map[string]string{"region": "eu-west-1"}))
	require.NoError(t, err)
	assert.Equal(t, "eu-west-1 us-east-1", got.Region+" "+got.Cluster.Region)
	assert.Contains(t, granted(t, got)[0].JSON(), ":eu-west-1:"+account+":secret:zio-lucene/datadog-api-key-??????")
}

// TestLoadEKSAssumedRole: that role reads the secrets. With Pod Identity the sessions have
// tags, which are passed on to it.
func TestLoadEKSAssumedRole(t *testing.T) {
	t.Parallel()
	const role = "arn:aws:iam::444455556666:role/reader"
	for stack, tags := range map[string]bool{"dev": false, "training": true} {
		got, err := load(configtest.With(stackFile(t, stack), map[string]string{"store": `{"role":"` + role + `"}`}))
		require.NoError(t, err)
		assert.Equal(t, role, got.Secrets[0].From.Role)
		assert.Equal(t, policies(t, iam.Grants{AssumeRoles: []string{role}, TagSession: tags}), granted(t, got))
		assert.Equal(t, tags, strings.Contains(granted(t, got)[0].JSON(), `["sts:AssumeRole","sts:TagSession"]`))
	}
}

// TestLoadEKSErrors: one wrong value each, and the whole message.
func TestLoadEKSErrors(t *testing.T) {
	t.Parallel()
	const emulator = `: is for an emulator of AWS, and target is eks; write target: local, or take it away`
	many := map[string]any{}
	for i := range 2000 {
		many[fmt.Sprintf("s%d", i)] = map[string]any{"data": map[string]any{
			"k": "prod/" + strings.Repeat("x", 300) + fmt.Sprint(i),
		}}
	}
	tooMany, err := json.Marshal(many)
	require.NoError(t, err)

	for name, test := range map[string]struct {
		stack  string
		change map[string]string
		aws    map[string]string
		want   string
	}{
		"Endpoint": {
			change: map[string]string{"endpoint": "http://localhost:4566"},
			want:   `eso-aws:endpoint: "http://localhost:4566"` + emulator,
		},
		"AccessKeyID":     {change: map[string]string{"accessKeyId": "test"}, want: `eso-aws:accessKeyId: [secret]` + emulator},
		"SecretAccessKey": {change: map[string]string{"secretAccessKey": "s3cr3t"}, want: `eso-aws:secretAccessKey: [secret]` + emulator},
		"KeyInEnvironment": {
			change: map[string]string{"chartValues": `{"extraEnv":[{"name":"AWS_ACCESS_KEY_ID","value":"AKIA"}]}`},
			want: `eso-aws:chartValues.extraEnv[0]: AWS_ACCESS_KEY_ID would take the place of the operator's role; ` +
				`take it away`,
		},
		"EndpointInEnvironment": {
			change: map[string]string{"chartValues": `{"extraEnv":[{"name":"AWS_ENDPOINT_URL","value":"http://localstack:4566"}]}`},
			want: `eso-aws:chartValues.extraEnv[0]: AWS_ENDPOINT_URL leads to no AWS, but target is eks; ` +
				`write target: local for an emulator, or an https URL of AWS`,
		},
		"RoleAnnotation": {
			change: map[string]string{"chartValues": `{"serviceAccount":{"annotations":{"eks.amazonaws.com/role-arn":"x"}}}`},
			want: `eso-aws:chartValues.serviceAccount.annotations["eks.amazonaws.com/role-arn"]: ` +
				`is set by auth and role; set these instead`,
		},
		"ServiceAccountName": {
			change: map[string]string{"chartValues": `{"serviceAccount":{"name":"eso"}}`},
			want:   `eso-aws:chartValues.serviceAccount.name: must be external-secrets, because the role trusts that service account; remove it`,
		},
		"ClusterMissing": {
			change: map[string]string{"cluster": ""},
			want:   `eso-aws:cluster: is missing; write the name of an EKS cluster that is there`,
		},
		"ClusterName": {
			change: map[string]string{"cluster": "a b"},
			want:   `eso-aws:cluster: "a b": is no name of an EKS cluster; write letters, digits, - and _, 100 at most`,
		},
		"AWSRegionMissing": {
			aws:  map[string]string{"aws:region": ""},
			want: `aws:region: is missing; write the region of the cluster, such as us-east-1`,
		},
		"AWSRegionWrong": {
			aws:  map[string]string{"aws:region": "useast1"},
			want: `aws:region: "useast1": is no AWS region; write one such as eu-west-1`,
		},
		"Auth": {
			change: map[string]string{"auth": "irssa"},
			want:   `eso-aws:auth: "irssa": is neither irsa nor podIdentity; did you mean irsa?`,
		},
		"OIDCProviderWithPodIdentity": {
			stack:  "training",
			change: map[string]string{"oidcProviderArn": "arn:aws:iam::111122223333:oidc-provider/a/b"},
			want: `eso-aws:oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/a/b": ` +
				`is of no use with auth podIdentity; write auth: irsa, or take it away`,
		},
		"AgentWithIRSA": {
			change: map[string]string{"podIdentityAgent": "true"},
			want: `eso-aws:podIdentityAgent: "true": is of no use with auth irsa; ` +
				`write auth: podIdentity, or take it away`,
		},
		"OIDCProviderOfAnotherPartition": {
			change: map[string]string{"oidcProviderArn": "arn:aws-cn:iam::111122223333:oidc-provider/a/b"},
			want: `eso-aws:oidcProviderArn: "arn:aws-cn:iam::111122223333:oidc-provider/a/b": ` +
				`is of partition aws-cn, not of aws; write the ARN of one there`,
		},
		"RoleName": {
			change: map[string]string{"role": `{"name":"a b"}`},
			want:   `eso-aws:role.name: "a b": is no name of a role; write letters, digits and +=,.@_-, 64 at most`,
		},
		"RoleMember": {
			change: map[string]string{"role": `{"boundary":"x"}`},
			want: `eso-aws:role.boundary: there is no such setting; ` +
				`there is name, path, permissionsBoundary, maxSession, tags`,
		},
		"RoleSession": {
			change: map[string]string{"role": `{"maxSession":"long"}`},
			want:   `eso-aws:role.maxSession: "long": is no duration of h, m and s; write 1h to 12h, in whole seconds`,
		},
		"KMSKeyAlias": {
			change: map[string]string{"permissions": `{"kmsKeys":["arn:aws:kms:us-east-1:111122223333:alias/a"]}`},
			want: `eso-aws:permissions.kmsKeys[0]: "arn:aws:kms:us-east-1:111122223333:alias/a": is no ARN of a KMS key, which an alias is not; ` +
				`write arn:aws:kms:<region>:<account>:key/<id>`,
		},
		"KMSKeyText": {
			change: map[string]string{"permissions": `{"kmsKeys":"arn"}`},
			want:   `eso-aws:permissions.kmsKeys: "arn": must be a list, not text; write [arn]`,
		},
		"ListSecretsText": {
			change: map[string]string{"permissions": `{"listSecrets":"yes"}`},
			want:   `eso-aws:permissions.listSecrets: "yes": must be true or false, not text; write true or false`,
		},
		"PermissionsOfAssumedRole": {
			change: map[string]string{
				"store": `{"role":"arn:aws:iam::444455556666:role/r"}`, "permissions": `{"listSecrets":true}`,
			},
			want: `eso-aws:permissions: is of no use: the operator itself reads no secret, store.role does; take it away`,
		},
		"StoreRole": {
			change: map[string]string{"store": `{"role":"reader"}`},
			want:   `eso-aws:store.role: "reader": is no ARN of a role; write arn:aws:iam::<account>:role/<name>`,
		},
		"SecretOfAnotherRegion": {
			change: map[string]string{
				"secrets": `{"a":{"data":{"k":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"}}}`,
			},
			want: `eso-aws:secrets.a.data.k: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf": ` +
				`is in region "eu-west-1", not in the store's "us-east-1"; write the ARN of a secret there, or a store with region: eu-west-1`,
		},
		"TooManySecrets": {
			change: map[string]string{"secrets": string(tooMany)},
			want: `eso-aws:secrets: 2000 names: take 125 managed policies of 6144 characters, and a role has 10 at most; ` +
				`write a prefix if the operator may read all below it, such as "prod/" for 2000 of them`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := "dev"
			if test.stack != "" {
				stack = test.stack
			}
			values := configtest.With(stackFile(t, stack), test.change)
			maps.Copy(values, test.aws)
			_, err := load(values)
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestLoadLocalRefusesEKS: what would do nothing is said.
func TestLoadLocalRefusesEKS(t *testing.T) {
	t.Parallel()
	_, err := load(configtest.With(localConfig(t), map[string]string{"cluster": "dev", "auth": "irsa"}))
	assert.EqualError(t, err, `eso-aws:auth: "irsa": is for target eks, and this one is local; write target: eks, or take it away
eso-aws:cluster: "dev": is for target eks, and this one is local; write target: eks, or take it away`)
}
