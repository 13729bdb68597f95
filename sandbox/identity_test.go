package sandbox_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	gocmp "github.com/google/go-cmp/cmp"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
)

// identity is what a pod finds out about itself.
type identity struct {
	Env map[string]string // of AWS, with the pod's folder as DIR
	ARN string            // who AWS says it is
	Err string
}

// signIn is the program of a pod: it signs in to AWS with its environment, as the AWS SDKs do.
func signIn() string {
	found := identity{Env: map[string]string{}}
	dir := filepath.Dir(os.Getenv("HOME"))
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			found.Env[name] = strings.Replace(value, dir, "DIR", 1)
		}
	}
	arn, err := whoAmI(context.Background())
	if err != nil {
		found.Err = err.Error()
	}
	found.ARN = arn
	text, _ := json.Marshal(found) // strings alone
	return string(text)
}

func whoAmI(ctx context.Context) (string, error) {
	url := os.Getenv("AWS_ENDPOINT_URL")
	options := sts.Options{Region: os.Getenv("AWS_REGION"), BaseEndpoint: &url}
	if agent := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"); agent != "" {
		token, err := os.ReadFile(os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
		if err != nil {
			return "", err
		}
		options.Credentials = endpointcreds.New(agent, func(o *endpointcreds.Options) { o.AuthorizationToken = string(token) })
	} else if role := os.Getenv("AWS_ROLE_ARN"); role != "" {
		token := stscreds.IdentityTokenFile(os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
		options.Credentials = stscreds.NewWebIdentityRoleProvider(sts.New(options), role, token)
	} else {
		return "", errors.New("nothing to sign in with")
	}
	who, err := sts.New(options).GetCallerIdentity(ctx, nil)
	if err != nil {
		return "", err
	}
	return *who.Arn, nil
}

// builtBinaries skips the test where something would have to be built first, which takes long: the
// end-to-end tests then go this way alone.
func builtBinaries(t *testing.T) build.Binaries {
	t.Helper()
	source, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	binaries, err := build.All(ctx, build.Options{Source: source, Report: func(e build.Event) {
		if e.Kind == build.Plan {
			cancel()
		}
	}})
	if ctx.Err() != nil {
		t.Skip("the sandbox's binaries are not built yet, or are just being: make up")
	}
	if err != nil {
		t.Fatal(err)
	}
	return *binaries
}

// TestPodsSignIn runs pods in a real cluster, whose tokens the sandbox's AWS then believes.
func TestPodsSignIn(t *testing.T) {
	t.Parallel()
	binaries := builtBinaries(t)
	binaries.ExternalSecrets = os.Args[0] // the image of that name is all that the node knows
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Binaries: binaries})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	prod := sandbox.Cluster{Name: "prod", Region: "eu-west-1"}
	put(t, s, prod)

	issuer := strings.TrimPrefix(*describe(t, s, prod).Identity.Oidc.Issuer, "https://")
	provider := "arn:aws:iam::000000000000:oidc-provider/" + issuer
	irsa := makeRole(t, s, "irsa", strings.NewReplacer("PROVIDER", provider, "ISSUER", issuer).Replace(irsaTrust))
	associate(t, s, prod, makeRole(t, s, "associated", podTrust))
	create(t, s, "/api/v1/namespaces", object("zio", nil))
	for account, annotations := range map[string]any{
		"associated": map[string]any{"eks.amazonaws.com/role-arn": irsa}, // which counts less
		"irsa":       map[string]any{"eks.amazonaws.com/role-arn": irsa},
		"plain":      nil,
	} {
		create(t, s, "/api/v1/namespaces/zio/serviceaccounts", object(account, annotations))
	}

	common := map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": s.Endpoint(), "AWS_ENDPOINT_URL_STS": s.Endpoint(),
		"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_STS_REGIONAL_ENDPOINTS": "regional",
	}
	for account, want := range map[string]identity{
		"associated": {
			Env: with(common, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:PORT/agent/eu-west-1/prod/v1/credentials",
				"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "DIR/aws-token"),
			ARN: "arn:aws:sts::000000000000:assumed-role/associated/eks-prod-associated",
		},
		"irsa": {
			Env: with(common, "AWS_ROLE_ARN", irsa, "AWS_WEB_IDENTITY_TOKEN_FILE", "DIR/aws-token"),
			ARN: "arn:aws:sts::000000000000:assumed-role/irsa",
		},
		"plain": {
			Env: map[string]string{"AWS_EC2_METADATA_DISABLED": "true", "AWS_STS_ENDPOINT": "http://127.0.0.1:9"},
			Err: "nothing to sign in with",
		},
	} {
		t.Run(account, func(t *testing.T) {
			t.Parallel()
			var own []any
			if account == "plain" { // and it says where AWS is
				own = append(own, map[string]any{"name": "AWS_STS_ENDPOINT", "value": "http://127.0.0.1:9"})
			}
			got := runPod(t, s, account, own)
			agent := regexp.MustCompile(`^http://127\.0\.0\.1:\d+`)
			for name, value := range got.Env {
				if name == "AWS_CONTAINER_CREDENTIALS_FULL_URI" {
					got.Env[name] = agent.ReplaceAllString(value, "http://127.0.0.1:PORT")
				}
			}
			if strings.HasPrefix(got.ARN, cmp.Or(want.ARN, "none")) {
				got.ARN = want.ARN // what follows is random
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("the pod's identity (-want +got):\n%s", diff)
			}
		})
	}
}

func with(env map[string]string, more ...string) map[string]string {
	all := maps.Clone(env)
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func object(name string, annotations any) map[string]any {
	return map[string]any{"metadata": map[string]any{"name": name, "annotations": annotations}}
}

func create(t *testing.T, s *sandbox.Sandbox, path string, object any) {
	t.Helper()
	if err := s.API().Create(t.Context(), path, object, nil); err != nil {
		t.Fatal(err)
	}
}

// runPod runs a pod of a service account to its end, and returns what it says.
func runPod(t *testing.T, s *sandbox.Sandbox, account string, env []any) (said identity) {
	t.Helper()
	pod := object(account, nil)
	pod["spec"] = map[string]any{
		"serviceAccountName": account, "restartPolicy": "Never",
		"containers": []any{map[string]any{
			"name": "c", "image": "external-secrets", "args": []any{"sign-in"}, "env": env,
		}},
	}
	create(t, s, "/api/v1/namespaces/zio/pods", pod)
	path := "/api/v1/namespaces/zio/pods/" + account
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		var now struct{ Status struct{ Phase string } }
		err := s.API().Get(t.Context(), path, &now)
		if err == nil && now.Status.Phase == "Succeeded" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the pod's phase is %q (%v) after a minute", now.Status.Phase, err)
		}
	}
	if err := s.API().Get(t.Context(), path+"/log", &said); err != nil {
		t.Fatal(fmt.Errorf("reading what the pod printed: %w", err))
	}
	return said
}
