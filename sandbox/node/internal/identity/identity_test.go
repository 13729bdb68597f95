package identity_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"eso-aws/sandbox/node/internal/identity"
	"eso-aws/sandbox/node/internal/pod"
)

const role = "arn:aws:iam::000000000000:role/eso"

// answers serves what AWS knows of service accounts, by path.
func answers(t *testing.T, known map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := known[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// cluster has a service account and gives it tokens that are named like their audience.
func cluster(name string, annotations map[string]string) *fake.Clientset {
	c := fake.NewClientset(&corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name, Annotations: annotations},
	})
	c.PrependReactor("create", "serviceaccounts", func(action clienttesting.Action) (bool, runtime.Object, error) {
		create := action.(clienttesting.CreateActionImpl)
		audiences := create.GetObject().(*authenticationv1.TokenRequest).Spec.Audiences
		return true, &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{
			Token: create.Name + " for " + audiences[0], ExpirationTimestamp: metav1.NewTime(time.Now().Add(time.Hour)),
		}}, nil
	})
	return c
}

func spec(account string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "p", UID: "u"},
		Spec:       corev1.PodSpec{ServiceAccountName: account},
	}
}

func TestInject(t *testing.T) {
	t.Parallel()
	const (
		associated = `{"region":"eu-west-1","credentials":"http://127.0.0.1:1/v1/credentials"}`
		unknown    = `{"region":"eu-west-1","credentials":""}`
	)
	annotated := map[string]string{"eks.amazonaws.com/role-arn": role}
	region := pod.Variables{Values: map[string]string{"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}}
	regional := pod.Variables{Values: map[string]string{"AWS_STS_REGIONAL_ENDPOINTS": "regional"}}
	agent := pod.Variables{Values: map[string]string{
		"AWS_CONTAINER_CREDENTIALS_FULL_URI":     "http://127.0.0.1:1/v1/credentials",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "DIR/aws-token",
	}}
	web := pod.Variables{Values: map[string]string{"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": "DIR/aws-token"}}
	for name, test := range map[string]struct {
		Annotations   map[string]string
		Account, Path string
		Answer, Token string
		Want          []pod.Variables
	}{
		"Association": {
			nil, "sa", "/pods/ns/sa", associated, "sa for pods.eks.amazonaws.com", []pod.Variables{agent, region, regional},
		},
		"AssociationCountsMore": {
			annotated, "sa", "/pods/ns/sa", associated, "sa for pods.eks.amazonaws.com", []pod.Variables{agent, region, regional},
		},
		"Role": {
			annotated, "sa", "/pods/ns/sa", unknown, "sa for sts.amazonaws.com", []pod.Variables{web, region, regional},
		},
		"RoleOfTheDefaultAccount": {
			annotated, "", "/pods/ns/default", unknown, "default for sts.amazonaws.com", []pod.Variables{web, region, regional},
		},
		"OtherAudience": {
			map[string]string{"eks.amazonaws.com/role-arn": role, "eks.amazonaws.com/audience": "mine"},
			"sa", "/pods/ns/sa", unknown, "sa for mine",
			[]pod.Variables{web, region, regional},
		},
		"GlobalSTS": {
			map[string]string{"eks.amazonaws.com/role-arn": role, "eks.amazonaws.com/sts-regional-endpoints": "false"},
			"sa", "/pods/ns/sa", unknown, "sa for sts.amazonaws.com",
			[]pod.Variables{web, region},
		},
		"NoCluster": {annotated, "sa", "/pods/ns/sa", `{}`, "sa for sts.amazonaws.com", []pod.Variables{web, regional}},
		"Neither":   {nil, "sa", "/pods/ns/sa", unknown, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, account := t.TempDir(), test.Account
			if account == "" {
				account = "default"
			}
			webhook := identity.Webhook{
				Client: cluster(account, test.Annotations), Log: slog.New(slog.DiscardHandler),
				URL: answers(t, map[string]string{test.Path: test.Answer}),
			}
			got, err := webhook.Inject(t.Context(), spec(test.Account), dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, variables := range got {
				for key, value := range variables.Values {
					if value == filepath.Join(dir, "aws-token") {
						variables.Values[key] = "DIR/aws-token"
					}
				}
			}
			equal(t, test.Want, got)
			token, _ := os.ReadFile(filepath.Join(dir, "aws-token"))
			equal(t, test.Token, string(token))
		})
	}
}

func TestInjectFailures(t *testing.T) {
	t.Parallel()
	url := answers(t, map[string]string{"/pods/ns/gone": `{}`, "/pods/ns/broken": `[`})
	for name, test := range map[string]struct{ Account, Want string }{
		"Refused": {"sa", `asking for the AWS identity of service account "sa": ` + url + `/pods/ns/sa answers 418 I'm a teapot`},
		"Broken": {
			"broken",
			`asking for the AWS identity of service account "broken": decoding the answer of ` + url + `/pods/ns/broken: unexpected EOF`,
		},
		"NoAccount": {"gone", `reading the pod's service account: serviceaccounts "gone" not found`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			webhook := identity.Webhook{Client: cluster("sa", nil), Log: slog.New(slog.DiscardHandler), URL: url}
			_, err := webhook.Inject(t.Context(), spec(test.Account), t.TempDir())
			if err == nil || err.Error() != test.Want {
				t.Errorf("got %v, want %s", err, test.Want)
			}
		})
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	got, err := identity.Redirect("http://127.0.0.1:1")(t.Context(), spec("sa"), t.TempDir())
	if err != nil || len(got) != 1 {
		t.Fatalf("got %v (%v), want one group of variables", got, err)
	}
	equal(t, map[string]string{
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
	}, got[0].Values)
	said := map[string]bool{
		"AWS_ENDPOINT_URL": true, "AWS_ENDPOINT_URL_SECRETS_MANAGER": true, "AWS_SECRETSMANAGER_ENDPOINT": true,
		"AWS_STS_ENDPOINT": true, "AWS_STS_REGIONAL_ENDPOINTS": false, "AWS_USE_FIPS_ENDPOINT": false,
		"AWS_EC2_METADATA_SERVICE_ENDPOINT": false, "AWS_REGION": false, "ENDPOINT": false,
	}
	says := map[string]bool{}
	for name := range said {
		says[name] = got[0].Unless(name)
	}
	equal(t, said, says)
}

// equal compares whole values.
func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unexpected (-want +got):\n%s", diff)
	}
}
