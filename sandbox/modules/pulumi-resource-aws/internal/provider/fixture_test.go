package provider_test

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"eso-aws/sandbox/aws"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/blang/semver"
	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/provider"
)

const (
	roleToken        = "aws:iam/role:Role"
	policyToken      = "aws:iam/policy:Policy"
	attachmentToken  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	associationToken = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	addonToken       = "aws:eks/addon:Addon"

	region     = "eu-west-1"
	issuer     = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
	clusterARN = "arn:aws:eks:eu-west-1:000000000000:cluster/prod"

	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},` +
		`"Action":["sts:AssumeRole","sts:TagSession"]}]}`
	document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Action":["secretsmanager:GetSecretValue"],"Resource":["*"]}]}`
)

type object = map[string]any

// fixture is the stand-in as the engine sees it, over gRPC, and the account behind it.
type fixture struct {
	plugin.Provider

	iam *iam.Client
	eks *eks.Client
}

// start serves a provider to the engine's own client.
func start(t *testing.T, env map[string]string) plugin.Provider {
	t.Helper()
	served := provider.New(provider.Options{
		Version: semver.MustParse("6.83.2"), Getenv: func(name string) string { return env[name] },
	})
	stop := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(s *grpc.Server) error {
		pulumirpc.RegisterResourceProviderServer(s, provider.Server(served))
		return nil
	}})
	noError(t, err)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(handle.Port))
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	noError(t, err)
	t.Cleanup(func() {
		noError(t, conn.Close())
		close(stop)
		noError(t, <-handle.Done)
	})
	engine := plugin.NewProviderWithClient(nil, pulumirpc.NewResourceProviderClient(conn), false)
	_, err = engine.Handshake(t.Context(), plugin.ProviderHandshakeRequest{})
	noError(t, err)
	return engine
}

// newFixture returns a configured provider and an account with the cluster prod. The wrappers see every request.
func newFixture(t *testing.T, config resource.PropertyMap, wrap ...func(http.Handler) http.Handler) *fixture {
	t.Helper()
	account := aws.New(aws.Options{})
	noError(t, account.PutCluster(aws.Cluster{
		Name: "prod", Region: region, Version: "1.34", Endpoint: "https://127.0.0.1:6443", CA: []byte("pem"), Issuer: issuer,
		Keys: func(context.Context) ([]byte, error) { return []byte(`{"keys":[]}`), nil },
	}))
	var handler http.Handler = account
	for _, w := range wrap {
		handler = w(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	engine := start(t, environment(server.URL))
	noError(t, configure(t, engine, config))
	clients := sdk.Config{BaseEndpoint: &server.URL, Region: region, Credentials: sdk.CredentialsProviderFunc(
		func(context.Context) (sdk.Credentials, error) {
			return sdk.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		})}
	return &fixture{engine, iam.NewFromConfig(clients), eks.NewFromConfig(clients)}
}

func configure(t *testing.T, engine plugin.Provider, config resource.PropertyMap) error {
	t.Helper()
	at := urn("pulumi:providers:aws", "default")
	_, err := engine.Configure(t.Context(), plugin.ConfigureRequest{
		URN: &at, Name: new("default"), Type: new(at.Type()), ID: new(resource.ID("id")), Inputs: config,
	})
	return err
}

func environment(endpoint string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
	}
}

// made is a resource as the engine remembers it.
type made struct {
	id              resource.ID
	inputs, outputs resource.PropertyMap
}

func urn(token, name string) resource.URN {
	return resource.NewURN("stack", "project", "", tokens.Type(token), name)
}

func (f *fixture) tryCheck(t *testing.T, token string, olds, news resource.PropertyMap) plugin.CheckResponse {
	t.Helper()
	resp, err := f.Check(t.Context(), plugin.CheckRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), Olds: olds, News: news, AllowUnknowns: true,
		RandomSeed: []byte("seed"),
	})
	noError(t, err)
	return resp
}

func (f *fixture) check(t *testing.T, token string, news resource.PropertyMap) resource.PropertyMap {
	t.Helper()
	resp := f.tryCheck(t, token, nil, news)
	equal(t, resp.Failures, []plugin.CheckFailure(nil))
	return resp.Properties
}

func (f *fixture) tryCreate(t *testing.T, token string, inputs resource.PropertyMap) (plugin.CreateResponse, error) {
	t.Helper()
	return f.Create(t.Context(), plugin.CreateRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), Properties: f.check(t, token, inputs),
	})
}

func (f *fixture) create(t *testing.T, token string, inputs object) *made {
	t.Helper()
	resp, err := f.tryCreate(t, token, properties(inputs))
	noError(t, err)
	return &made{resp.ID, f.check(t, token, properties(inputs)), resp.Properties}
}

// preview returns the outputs that are known before there is anything.
func (f *fixture) preview(t *testing.T, token string, inputs resource.PropertyMap) resource.PropertyMap {
	t.Helper()
	resp, err := f.Create(t.Context(), plugin.CreateRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), Properties: f.check(t, token, inputs), Preview: true,
	})
	noError(t, err)
	return resp.Properties
}

func (f *fixture) diff(t *testing.T, token string, old *made, news resource.PropertyMap) plugin.DiffResult {
	t.Helper()
	diff, err := f.Diff(t.Context(), plugin.DiffRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), ID: old.id, AllowUnknowns: true,
		OldInputs: old.inputs, OldOutputs: old.outputs, NewInputs: f.tryCheck(t, token, old.inputs, news).Properties,
	})
	noError(t, err)
	return diff
}

// kinds returns the kind of change of each input.
func kinds(d plugin.DiffResult) map[string]plugin.DiffKind {
	found := map[string]plugin.DiffKind{}
	for path, property := range d.DetailedDiff {
		found[path] = property.Kind
	}
	return found
}

func (f *fixture) update(t *testing.T, token string, old *made, news object) *made {
	t.Helper()
	inputs := f.check(t, token, properties(news))
	request := plugin.UpdateRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), ID: old.id,
		OldInputs: old.inputs, OldOutputs: old.outputs, NewInputs: inputs,
	}
	resp, err := f.Update(t.Context(), request)
	noError(t, err)
	return &made{old.id, inputs, resp.Properties}
}

func (f *fixture) read(t *testing.T, token string, old *made) *made {
	t.Helper()
	resp, err := f.Read(t.Context(), plugin.ReadRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), ID: old.id, Inputs: old.inputs, State: old.outputs,
	})
	noError(t, err)
	return &made{resp.ID, resp.Inputs, resp.Outputs}
}

// imported reads by nothing but an ID.
func (f *fixture) imported(t *testing.T, token, id string) *made {
	t.Helper()
	return f.read(t, token, &made{id: resource.ID(id)})
}

func (f *fixture) tryDelete(t *testing.T, token string, old *made) error {
	t.Helper()
	_, err := f.Delete(t.Context(), plugin.DeleteRequest{
		URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), ID: old.id, Inputs: old.inputs, Outputs: old.outputs,
	})
	return err
}

// gone deletes a resource twice and wants it not to be found afterwards.
func (f *fixture) gone(t *testing.T, token string, old *made) {
	t.Helper()
	noError(t, f.tryDelete(t, token, old))
	noError(t, f.tryDelete(t, token, old))
	equal(t, f.read(t, token, old), &made{})
}

// steady replaces what differs from run to run by what kind of value it is.
func steady(outputs resource.PropertyMap, changing ...resource.PropertyKey) object {
	plain := outputs.Mappable()
	for _, key := range changing {
		if value, ok := plain[string(key)].(string); ok && value != "" {
			plain[string(key)] = "some"
		}
	}
	return plain
}

func properties(m object) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }

func unknown() resource.PropertyValue { return resource.MakeComputed(resource.NewProperty("")) }

func with(m object, changes object) object {
	all := object{}
	maps.Copy(all, m)
	for key, value := range changes {
		if value == nil {
			delete(all, key)
		} else {
			all[key] = value
		}
	}
	return all
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("got error %v\nwant      %s", err, want)
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(made{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
