package stacks_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
)

const (
	account  = "111122223333"
	issuer   = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
	provider = "arn:aws:iam::" + account + ":oidc-provider/" + issuer

	getCluster  = "aws:eks/getCluster:getCluster"
	getProvider = "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider"
)

// eksStack is a committed stack of target eks, and its cluster.
type eksStack struct {
	api     *apiServer
	options graph.Options
	url, ca string
}

// newEKS returns a committed stack whose cluster is an apiServer.
func newEKS(t *testing.T, stack string, changes map[string]string) *eksStack {
	t.Helper()
	e := &eksStack{api: &apiServer{objects: map[string]any{
		namespacePath + "zio-lucene": object("", "zio-lucene", ""),
	}}}
	e.url, e.ca = e.api.serve(t)
	e.options = graph.Options{
		Organization: "acme", Project: "eso-aws", Stack: stack,
		Config: configtest.With(configtest.File(t, "../Pulumi."+stack+".yaml"), changes),
		Functions: map[string]graph.Function{
			getCluster:  e.cluster(nil),
			getProvider: oidcProvider("sts.amazonaws.com"),
		},
		Outputs: map[string]func(resource.PropertyMap) resource.PropertyMap{
			"aws:iam/role:Role":     arn("role"),
			"aws:iam/policy:Policy": arn("policy"),
		},
	}
	return e
}

// arn returns a function that adds the ARN to the inputs of an IAM resource of that kind.
func arn(kind string) func(resource.PropertyMap) resource.PropertyMap {
	return func(inputs resource.PropertyMap) resource.PropertyMap {
		path := "/"
		if value, ok := inputs["path"]; ok {
			path = value.StringValue()
		}
		return resource.PropertyMap{"arn": resource.NewProperty(
			"arn:aws:iam::" + account + ":" + kind + path + inputs["name"].StringValue())}
	}
}

// cluster returns an implementation of getCluster with changed results.
func (e *eksStack) cluster(changes map[string]any) graph.Function {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		name := args["name"].StringValue()
		answer := map[string]any{
			"arn": "arn:aws:eks:us-east-1:" + account + ":cluster/" + name, "name": name, "status": "ACTIVE",
			"endpoint": e.url, "certificateAuthorities": []any{map[string]any{"data": e.ca}},
			"identities": []any{map[string]any{"oidcs": []any{map[string]any{"issuer": "https://" + issuer}}}},
		}
		maps.Copy(answer, changes)
		return resource.NewPropertyMapFromMap(answer), nil
	}
}

func oidcProvider(clients ...any) graph.Function {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		if got := args["url"].StringValue(); got != "https://"+issuer {
			return nil, fmt.Errorf("asked for the provider of %s", got)
		}
		return resource.NewPropertyMapFromMap(map[string]any{"arn": provider, "clientIdLists": clients}), nil
	}
}

// awsCLI puts an `aws` first on the PATH that records its calls.
func awsCLI(t *testing.T) (calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	script := "#!/bin/sh\necho \"$*\" >> " + calls + `
echo '{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": {"token": "t"}}'
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "aws"), []byte(script), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")) //nolint:forbidigo // it is only added to
	return calls
}

// TestEKSGraph compares the graphs of the committed EKS stacks. The program generates a kubeconfig and ignores the
// current context.
func TestEKSGraph(t *testing.T) {
	calls := awsCLI(t)
	t.Setenv("KUBECONFIG", "/nowhere")
	for stack, changes := range map[string]map[string]string{
		"dev": {"role": `{"name":"eso-dev","path":"/eso/","maxSession":"2h","tags":{"team":"search"},` +
			`"permissionsBoundary":"arn:aws:iam::111122223333:policy/limits"}`},
		"training": {"podIdentityAgent": "true"},
	} {
		for name, changes := range map[string]map[string]string{"": nil, "-settings": changes} {
			e := newEKS(t, stack, changes)
			e.options.Functions[getCluster] = e.cluster(map[string]any{"status": "UPDATING"}) // which works
			got, err := run(e.options)
			require.NoError(t, err)
			assert.Empty(t, got.Log)
			golden(t, "testdata/"+stack+name+".golden", strings.NewReplacer(e.url, "...", e.ca, "...").Replace(got.String()))

			e.options.Preview = true
			_, err = run(e.options)
			require.NoError(t, err)
		}
	}
	content, err := os.ReadFile(calls)
	require.NoError(t, err)
	assert.Contains(t, string(content), "eks get-token --cluster-name dev --region us-east-1 --output json\n")
}

// TestEKSProfile proves that the cluster's token uses the profile of the AWS provider.
func TestEKSProfile(t *testing.T) { //nolint:paralleltest // it sets the environment
	calls := awsCLI(t)
	e := newEKS(t, "dev", nil)
	e.options.Config["aws:profile"] = "staging"
	_, err := run(e.options)
	require.NoError(t, err)
	content, err := os.ReadFile(calls)
	require.NoError(t, err)
	assert.Equal(t, "eks get-token --cluster-name dev --region us-east-1 --output json --profile staging\n",
		string(content[:bytes.IndexByte(content, '\n')+1]))
}

// TestEKSRefuses proves that problems in AWS or in the cluster are reported before anything is registered.
func TestEKSRefuses(t *testing.T) {
	t.Parallel()
	other := (&apiServer{}).start(t)
	for name, test := range map[string]struct {
		stack     string
		changes   map[string]string
		cluster   map[string]any
		functions map[string]graph.Function
		objects   map[string]any
		want      string
	}{
		"NoSuchCluster": {
			functions: map[string]graph.Function{getCluster: func(resource.PropertyMap) (resource.PropertyMap, error) {
				return nil, errors.New("no cluster found for name: dev")
			}},
			want: `eso-aws:cluster: "dev": looking up the cluster in us-east-1: `,
		},
		"NotActive": {
			cluster: map[string]any{"status": "CREATING"},
			want: `eso-aws:cluster: "dev": the cluster must be ACTIVE, not CREATING; run ` +
				`aws eks wait cluster-active --name dev --region us-east-1`,
		},
		"NoEndpoint": {
			cluster: map[string]any{"endpoint": ""},
			want: `eso-aws:cluster: "dev": the cluster must have an endpoint and a certificate authority; ` +
				`check it with aws eks describe-cluster --name dev --region us-east-1`,
		},
		"OtherRegion": {
			cluster: map[string]any{"arn": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"},
			want:    `eso-aws:cluster: "dev": the cluster must be in us-east-1, not in eu-west-1; set aws:region: eu-west-1`,
		},
		"KubeconfigOfAnother": {
			changes: map[string]string{"kubeconfig": other, "kubeContext": "k3d-eso-aws"},
			want:    `; remove kubeconfig and kubeContext, or set the kubeconfig of that cluster`,
		},
		"OwnRole": {
			changes: map[string]string{"store": `{"role":"arn:aws:iam::111122223333:role/external-secrets-irsa"}`},
			want: `eso-aws:store.role: "arn:aws:iam::111122223333:role/external-secrets-irsa": must not be the operator's own role, ` +
				`which cannot assume itself; set the ARN of another role or remove it`,
		},
		"OwnRolePodIdentity": {
			stack: "training",
			changes: map[string]string{
				"role":  `{"name":"eso","path":"/a/"}`,
				"store": `{"role":"arn:aws:iam::111122223333:role/a/eso"}`,
			},
			want: `eso-aws:store.role: "arn:aws:iam::111122223333:role/a/eso": must not be the operator's own role, `,
		},
		"NoIssuer": {
			cluster: map[string]any{"identities": []any{}},
			want:    `eso-aws:cluster: "dev": the cluster must have an OIDC issuer for auth: irsa; set auth: podIdentity`,
		},
		"NoOIDCProvider": {
			functions: map[string]graph.Function{getProvider: func(resource.PropertyMap) (resource.PropertyMap, error) {
				return nil, errors.New("no IAM OIDC Provider found")
			}},
			want: `run eksctl utils associate-iam-oidc-provider --cluster dev --region us-east-1 --approve, ` +
				`or set oidcProviderArn`,
		},
		"OIDCProviderOfAnother": {
			changes: map[string]string{"oidcProviderArn": "arn:aws:iam::" + account + ":oidc-provider/example.com/a"},
			want: `eso-aws:oidcProviderArn: "arn:aws:iam::111122223333:oidc-provider/example.com/a": must be the OIDC ` +
				`provider of cluster "dev", which has the issuer https://` + issuer + `; set it to ` + provider + ` or remove it`,
		},
		"OtherAudience": {
			functions: map[string]graph.Function{getProvider: oidcProvider("sigstore")},
			want: `eso-aws:oidcProviderArn: provider ` + provider + ` must have the client ID sts.amazonaws.com, not only sigstore; ` +
				`run aws iam add-client-id-to-open-id-connect-provider --client-id sts.amazonaws.com ` +
				`--open-id-connect-provider-arn ` + provider,
		},
		"NoNamespace": {
			objects: map[string]any{},
			want: `eso-aws:namespaces.zio-lucene: namespace "zio-lucene" does not exist; set create: true, ` +
				`or run kubectl create namespace zio-lucene`,
		},
		"ForeignStore": {
			objects: map[string]any{
				namespacePath + "zio-lucene":            object("", "zio-lucene", ""),
				operatorPath + "v1/clustersecretstores": list(object("", "aws-secretsmanager", "")),
			},
			want: `eso-aws:cluster: ClusterSecretStore "aws-secretsmanager" exists and does not belong to this stack; ` +
				`set another cluster, or run kubectl delete clustersecretstore aws-secretsmanager`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := test.stack
			if stack == "" {
				stack = "dev"
			}
			e := newEKS(t, stack, test.changes)
			if _, ok := test.changes["kubeconfig"]; !ok { // one that signs in without a CLI
				e.options.Config["eso-aws:kubeconfig"] = e.kubeconfig()
			}
			if test.cluster != nil {
				e.options.Functions[getCluster] = e.cluster(test.cluster)
			}
			maps.Copy(e.options.Functions, test.functions)
			if test.objects != nil {
				e.api.objects = test.objects
			}
			got, err := run(e.options)
			require.ErrorContains(t, err, test.want)
			for _, r := range got.Resources {
				assert.Equal(t, "pulumi:pulumi:Stack", string(r.URN.Type()))
			}
		})
	}
}

// kubeconfig returns a kubeconfig for the stack's own cluster, with a token.
func (e *eksStack) kubeconfig() string {
	return fmt.Sprintf(`
current-context: sandbox
clusters: [{name: sandbox, cluster: {server: %q, certificate-authority-data: %s}}]
contexts: [{name: sandbox, context: {cluster: sandbox, user: admin}}]
users: [{name: admin, user: {token: kubeconfig-token}}]
`, e.url, e.ca)
}
