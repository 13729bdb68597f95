// Package identity gives pods what they need to sign in to AWS, as EKS's Pod Identity webhook does: the
// variables and the token for the pod's ServiceAccount at the time of the pod's creation. It also sets the
// sandbox's AWS endpoint.
//
// The webhook's annotations for single containers and for the token's lifetime have no effect.
package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"eso-aws/sandbox/node/internal/access"
	"eso-aws/sandbox/node/internal/pod"
)

const (
	agentAudience = "pods.eks.amazonaws.com"
	stsAudience   = "sts.amazonaws.com"
	annotations   = "eks.amazonaws.com/"
)

// Webhook stands in for EKS's Pod Identity webhook.
type Webhook struct {
	Client kubernetes.Interface
	Log    *slog.Logger
	// URL serves an [Answer] for each ServiceAccount at /pods/NAMESPACE/NAME.
	URL string
}

// Answer is the identity of a ServiceAccount in AWS.
type Answer struct {
	// Region is the cluster's region; empty if EKS has no cluster.
	Region string `json:"region"`
	// Credentials is the URL of the ServiceAccount's credentials at the Pod Identity agent; empty without an
	// association.
	Credentials string `json:"credentials"`
}

// Inject is a [pod.Injector]. An association takes precedence over a role in an annotation.
func (w Webhook) Inject(ctx context.Context, spec *corev1.Pod, dir string) ([]pod.Variables, error) {
	name := cmp.Or(spec.Spec.ServiceAccountName, "default")
	aws, err := w.ask(ctx, spec.Namespace, name)
	if err != nil {
		return nil, fmt.Errorf("asking for the AWS identity of service account %q: %w", name, err)
	}
	token := access.TokenFile{Client: w.Client, Log: w.Log, Pod: spec, Path: filepath.Join(dir, "aws-token")}
	var signIn map[string]string
	regional := true
	if aws.Credentials != "" {
		token.Audiences = []string{agentAudience}
		signIn = map[string]string{
			"AWS_CONTAINER_CREDENTIALS_FULL_URI":     aws.Credentials,
			"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token.Path,
		}
	} else {
		account, err := w.Client.CoreV1().ServiceAccounts(spec.Namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, fmt.Errorf("reading the pod's service account: %w", err)
		}
		role := account.Annotations[annotations+"role-arn"]
		if role == "" {
			return nil, nil
		}
		token.Audiences = []string{cmp.Or(account.Annotations[annotations+"audience"], stsAudience)}
		signIn = map[string]string{"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": token.Path}
		regional = account.Annotations[annotations+"sts-regional-endpoints"] != "false"
	}
	if err := token.Keep(ctx); err != nil {
		return nil, err
	}
	given := []pod.Variables{{Values: signIn}}
	if aws.Region != "" {
		given = append(given, pod.Variables{Values: map[string]string{
			"AWS_REGION": aws.Region, "AWS_DEFAULT_REGION": aws.Region,
		}})
	}
	if regional {
		given = append(given, pod.Variables{Values: map[string]string{"AWS_STS_REGIONAL_ENDPOINTS": "regional"}})
	}
	return given, nil
}

func (w Webhook) ask(ctx context.Context, namespace, name string) (answer Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+"/pods/"+namespace+"/"+name, nil)
	if err != nil {
		return answer, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close() //nolint:errcheck // It was only read.
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("%s answers %s", r.URL, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("decoding the answer of %s: %w", r.URL, err)
	}
	return answer, nil
}

// leadsToAWS matches variables with AWS endpoints: those of the SDKs, and those of the External Secrets
// Operator, such as AWS_SECRETSMANAGER_ENDPOINT.
var leadsToAWS = regexp.MustCompile(`^AWS_(ENDPOINT_URL(_[A-Z0-9_]+)?|[A-Z0-9]+_ENDPOINT)$`)

// Redirect sets the AWS endpoint of containers that do not set one themselves. It sets that of STS
// separately, because the Go SDK creates its client for web identities before it reads AWS_ENDPOINT_URL.
func Redirect(url string) pod.Injector {
	return func(context.Context, *corev1.Pod, string) ([]pod.Variables, error) {
		return []pod.Variables{{
			Values: map[string]string{"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_STS": url},
			Unless: leadsToAWS.MatchString,
		}}, nil
	}
}
