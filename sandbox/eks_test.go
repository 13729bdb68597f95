package sandbox_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eso-aws/sandbox"
)

const (
	irsaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
		"Principal":{"Federated":"PROVIDER"},"Condition":{"StringEquals":{
		"ISSUER:sub":"system:serviceaccount:zio:irsa","ISSUER:aud":"sts.amazonaws.com"}}}]}`
	podTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],
		"Principal":{"Service":"pods.eks.amazonaws.com"},"Condition":{"StringEquals":{
		"aws:RequestTag/kubernetes-namespace":"zio","aws:RequestTag/kubernetes-service-account":"associated"}}}]}`
)

func signer(a sandbox.Access) sdk.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(a.AccessKeyID, a.SecretAccessKey, "")
}

func eksOf(s *sandbox.Sandbox, region string) *eks.Client {
	return eks.New(eks.Options{BaseEndpoint: sdk.String(s.Endpoint()), Region: region, Credentials: signer(s.Access())})
}

func iamOf(s *sandbox.Sandbox) *iam.Client {
	return iam.New(iam.Options{BaseEndpoint: sdk.String(s.Endpoint()), Region: "us-east-1", Credentials: signer(s.Access())})
}

func put(t *testing.T, s *sandbox.Sandbox, clusters ...sandbox.Cluster) {
	t.Helper()
	for _, c := range clusters {
		if err := s.PutCluster(c); err != nil {
			t.Fatal(err)
		}
	}
}

// describe returns what EKS says of a cluster.
func describe(t *testing.T, s *sandbox.Sandbox, c sandbox.Cluster) *types.Cluster {
	t.Helper()
	out, err := eksOf(s, c.Region).DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: &c.Name})
	if err != nil {
		t.Fatal(err)
	}
	return out.Cluster
}

func makeRole(t *testing.T, s *sandbox.Sandbox, name, trust string) (arn string) {
	t.Helper()
	made, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	return *made.Role.Arn
}

// associate associates zio/associated with a role.
func associate(t *testing.T, s *sandbox.Sandbox, c sandbox.Cluster, role string) {
	t.Helper()
	_, err := eksOf(s, c.Region).CreatePodIdentityAssociation(t.Context(), &eks.CreatePodIdentityAssociationInput{
		ClusterName: &c.Name, Namespace: sdk.String("zio"), ServiceAccount: sdk.String("associated"), RoleArn: &role,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The one cluster has every name that it was given, and IAM trusts its issuer.
func TestPutCluster(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	dev, prod := sandbox.Cluster{Name: "dev", Region: "us-east-1"}, sandbox.Cluster{Name: "prod", Region: "eu-west-1"}
	put(t, s, dev, prod, dev)
	for _, c := range []sandbox.Cluster{dev, prod} {
		got := describe(t, s, c)
		issuer := *got.Identity.Oidc.Issuer
		want := &types.Cluster{
			Name: &c.Name, Arn: sdk.String("arn:aws:eks:" + c.Region + ":000000000000:cluster/" + c.Name), CreatedAt: got.CreatedAt,
			Version: sdk.String("1.34"), Endpoint: sdk.String(s.URL()), Status: types.ClusterStatusActive, Tags: map[string]string{},
			CertificateAuthority: &types.Certificate{Data: sdk.String(base64.StdEncoding.EncodeToString(s.CA()))},
			Identity:             &types.Identity{Oidc: &types.OIDC{Issuer: &issuer}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.Cluster{}, types.Certificate{}, types.Identity{}, types.OIDC{})); diff != "" {
			t.Errorf("the cluster (-want +got):\n%s", diff)
		}
		host := strings.TrimPrefix(issuer, "https://")
		provider, err := iamOf(s).GetOpenIDConnectProvider(t.Context(), &iam.GetOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: sdk.String("arn:aws:iam::000000000000:oidc-provider/" + host),
		})
		if err != nil {
			t.Fatal(err)
		}
		if *provider.Url != host || len(provider.ClientIDList) != 1 || provider.ClientIDList[0] != "sts.amazonaws.com" {
			t.Errorf("the OIDC provider is of %s for %q", *provider.Url, provider.ClientIDList)
		}
	}
	if err := s.PutCluster(sandbox.Cluster{Region: "us-east-1"}); err == nil || !strings.Contains(err.Error(), "name: must not be empty") {
		t.Errorf("got %v, want that the name is empty", err)
	}
}

// What the node is told of service accounts leads to the agent of the cluster with the association.
func TestIdentities(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	url := regexp.MustCompile(`--identity=(\S+)`).FindStringSubmatch(read(t, dir, "logs/node.log"))[1]
	told := func(account string) (region, agent string) {
		t.Helper()
		var answer struct{ Region, Credentials string }
		_, body := ask(t, url+"/pods/zio/"+account, "")
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Region, answer.Credentials
	}
	if region, agent := told("associated"); region != "" || agent != "" {
		t.Errorf("without a cluster it is told %q and %q", region, agent)
	}
	prod := sandbox.Cluster{Name: "prod", Region: "eu-west-1"}
	put(t, s, sandbox.Cluster{Name: "dev", Region: "us-east-1"}, prod)
	associate(t, s, prod, makeRole(t, s, "eso", podTrust))
	if region, agent := told("other"); region != "us-east-1" || agent != "" {
		t.Errorf("without an association it is told %q and %q", region, agent)
	}
	region, agent := told("associated")
	if want := url + "/agent/eu-west-1/prod/v1/credentials"; region != "eu-west-1" || agent != want {
		t.Errorf("it is told %q and %q, want %q", region, agent, want)
	}
	status, body := ask(t, agent, "no-token")
	if status != http.StatusBadRequest || !strings.HasSuffix(body, "(InvalidTokenException): The token provided is not a valid JWT\n") {
		t.Errorf("the agent answers %d %s", status, body)
	}
}

func ask(t *testing.T, url, token string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(data)
}
