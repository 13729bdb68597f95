package aws_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"eso-aws/sandbox/aws"
)

const (
	issuer   = "https://oidc.test/id/ABC"
	provider = "arn:aws:iam::000000000000:oidc-provider/oidc.test/id/ABC"
	roleARN  = "arn:aws:iam::000000000000:role/eso"
	subject  = "system:serviceaccount:external-secrets:external-secrets"

	// irsaTrust trusts the operator's service account.
	irsaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
		"Principal":{"Federated":"` + provider + `"},"Condition":{"StringEquals":{
		"oidc.test/id/ABC:sub":"` + subject + `","oidc.test/id/ABC:aud":"sts.amazonaws.com"}}}]}`
	// rootTrust trusts whom the account trusts.
	rootTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
		"Principal":{"AWS":"arn:aws:iam::000000000000:root"}}]}`
)

func (f *fixture) iam(options ...func(*iam.Options)) *iam.Client {
	return iam.New(iam.Options{
		BaseEndpoint: &f.url, Region: "us-east-1", Credentials: credentials("test", "test", ""),
		HTTPSignerV4: clockSigner{v4.NewSigner(), f.clock}, RetryMaxAttempts: 1,
	}, options...)
}

func (f *fixture) eks(options ...func(*eks.Options)) *eks.Client {
	return eks.New(eks.Options{
		BaseEndpoint: &f.url, Region: region, Credentials: credentials("test", "test", ""),
		HTTPSignerV4: clockSigner{v4.NewSigner(), f.clock}, RetryMaxAttempts: 1,
	}, options...)
}

// as returns a client of Secrets Manager with a session's credentials.
func (f *fixture) as(c *ststypes.Credentials) *secretsmanager.Client {
	return f.secrets(func(o *secretsmanager.Options) { o.Credentials = session(c) })
}

func (f *fixture) stsAs(c *ststypes.Credentials) *sts.Client {
	return f.sts(func(o *sts.Options) { o.Credentials = session(c) })
}

func session(c *ststypes.Credentials) sdk.CredentialsProvider {
	return credentials(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
}

// issuing is a cluster that signs tokens and publishes its keys.
type issuing struct {
	key     *rsa.PrivateKey
	id      string
	fetched atomic.Int32
}

func newIssuing(t *testing.T) *issuing {
	t.Helper()
	return &issuing{key: must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048)), id: "first"}
}

// Keys returns the API server's /openid/v1/jwks.
func (i *issuing) Keys(context.Context) ([]byte, error) {
	i.fetched.Add(1)
	return json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: i.key.Public(), KeyID: i.id, Algorithm: "RS256", Use: "sig"},
	}})
}

// token returns one of the operator's, as change makes it.
func (i *issuing) token(t *testing.T, audience string, change ...func(map[string]any)) string {
	t.Helper()
	claims := map[string]any{
		"iss": issuer, "sub": subject, "aud": []string{audience},
		"iat": start.Unix(), "nbf": start.Unix(), "exp": start.Add(24 * time.Hour).Unix(),
		"kubernetes.io": map[string]any{
			"namespace":      "external-secrets",
			"serviceaccount": map[string]any{"name": "external-secrets", "uid": "sa-uid"},
			"pod":            map[string]any{"name": "external-secrets-0", "uid": "pod-uid"},
		},
	}
	for _, c := range change {
		c(claims)
	}
	return sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, i.id, claims)
}

func sign(t *testing.T, key jose.SigningKey, id string, claims map[string]any) string {
	t.Helper()
	signer := must[jose.Signer](t)(jose.NewSigner(key, (&jose.SignerOptions{}).WithHeader("kid", id)))
	return must[string](t)(jwt.Signed(signer).Claims(claims).Serialize())
}

func claim(name string, value any) func(map[string]any) {
	return func(claims map[string]any) { claims[name] = value }
}

// clustered returns a fixture with the cluster prod, its provider, and the secrets
// app/db and web/db. It has a second account, with nothing in it.
func clustered(t *testing.T) (*fixture, *issuing) {
	t.Helper()
	f, i := newFixture(t, twoAccounts()), newIssuing(t)
	err := f.PutCluster(aws.Cluster{
		Name: "prod", Region: region, Version: "1.34", Endpoint: "https://127.0.0.1:6443", CA: []byte("pem"),
		Issuer: issuer, Keys: i.Keys,
	})
	if err != nil {
		t.Fatal(err)
	}
	must[*iam.CreateOpenIDConnectProviderOutput](t)(f.iam().CreateOpenIDConnectProvider(t.Context(),
		&iam.CreateOpenIDConnectProviderInput{Url: sdk.String(issuer), ClientIDList: []string{"sts.amazonaws.com"}}))
	for _, name := range []string{"app/db", "web/db"} {
		if err := f.PutSecret(region, name, "made-up"); err != nil {
			t.Fatal(err)
		}
	}
	return f, i
}

// role makes a role with one inline policy of statements, if there are any.
func (f *fixture) role(t *testing.T, name, trust, statements string) {
	t.Helper()
	makeRole(t, f.iam(), name, trust, statements)
}

func makeRole(t *testing.T, c *iam.Client, name, trust, statements string) {
	t.Helper()
	must[*iam.CreateRoleOutput](t)(c.CreateRole(t.Context(),
		&iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}))
	if statements != "" {
		putPolicy(t, c, name, statements)
	}
}

func policyOf(statements string) *string {
	return sdk.String(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
}

// permit makes the statements all that the role may do.
func (f *fixture) permit(t *testing.T, role, statements string) {
	t.Helper()
	putPolicy(t, f.iam(), role, statements)
}

func putPolicy(t *testing.T, c *iam.Client, role, statements string) {
	t.Helper()
	must[*iam.PutRolePolicyOutput](t)(c.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: &role, PolicyName: sdk.String("inline"), PolicyDocument: policyOf(statements),
	}))
}

// managed creates a managed policy from statements and returns its ARN.
func (f *fixture) managed(t *testing.T, name, statements string) string {
	t.Helper()
	return *must[*iam.CreatePolicyOutput](t)(f.iam().CreatePolicy(t.Context(),
		&iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: policyOf(statements)})).Policy.Arn
}

// assume returns a session of the role, started by the administrator.
func (f *fixture) assume(t *testing.T, role string, change ...func(*sts.AssumeRoleInput)) *ststypes.Credentials {
	t.Helper()
	in := &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: sdk.String("me")}
	for _, c := range change {
		c(in)
	}
	return must[*sts.AssumeRoleOutput](t)(f.sts().AssumeRole(t.Context(), in)).Credentials
}

// secretARN returns a secret's, as the administrator sees it.
func (f *fixture) secretARN(t *testing.T, name string) string {
	t.Helper()
	return arnOf(t, f.secrets(), name)
}

// deniedTo returns AWS's sentence about a session of a role.
func deniedTo(role, session, action, resource, reason string) refusal {
	return refusal{"AccessDeniedException", fmt.Sprintf("User: arn:aws:sts::000000000000:assumed-role/%s/%s is not "+
		"authorized to perform: %s on resource: %s %s", role, session, action, resource, reason)}
}

// get reads a secret and tells how that was refused, if it was.
func get(t *testing.T, c *secretsmanager.Client, id string) refusal {
	t.Helper()
	out, err := c.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id})
	if err != nil {
		return refusalOf(t, err)
	}
	equal(t, *out.SecretString, "made-up")
	return refusal{}
}

// agent serves the cluster's Pod Identity agent.
func (f *fixture) agent(t *testing.T) string {
	t.Helper()
	served := httptest.NewServer(f.PodIdentityAgent(region, "prod"))
	t.Cleanup(served.Close)
	return served.URL
}
