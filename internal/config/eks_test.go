package config_test

import (
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
