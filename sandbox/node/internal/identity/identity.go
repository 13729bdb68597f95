// Package identity gives pods what EKS gives them to sign in to AWS with: the variables and the token
// that its Pod Identity webhook adds for the pod's ServiceAccount, as that is when the pod is created.
// What changes later counts for the next pod. It also shows pods the way to the sandbox's AWS.
//
// Of the webhook's annotations, those of single containers and of the token's lifetime have no effect.
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

// Webhook is what EKS's webhook and its Pod Identity agent are made of here.
type Webhook struct {
	Client kubernetes.Interface
	Log    *slog.Logger
	// URL answers for each ServiceAccount, at /pods/NAMESPACE/NAME, with an [Answer].
	URL string
}

// Answer is what AWS knows of a ServiceAccount.
type Answer struct {
	// Region is the cluster's; empty where EKS has no cluster.
	Region string `json:"region"`
	// Credentials is the URL that the Pod Identity agent gives the ServiceAccount's credentials at;
	// empty where it has no association.
	Credentials string `json:"credentials"`
}

// Inject is a [pod.Injector]. An association counts more than a role in an annotation.
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

// leadsToAWS matches variables that say where AWS is: the SDKs' own, and those that the External
// Secrets Operator reads, such as AWS_SECRETSMANAGER_ENDPOINT.
var leadsToAWS = regexp.MustCompile(`^AWS_(ENDPOINT_URL(_[A-Z0-9_]+)?|[A-Z0-9]+_ENDPOINT)$`)

// Redirect has containers find AWS at a URL, unless they say themselves where it is. STS is named once
// more: the Go SDK makes the client that signs in with a token before it has read AWS_ENDPOINT_URL.
func Redirect(url string) pod.Injector {
	return func(context.Context, *corev1.Pod, string) ([]pod.Variables, error) {
		return []pod.Variables{{
			Values: map[string]string{"AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_STS": url},
			Unless: leadsToAWS.MatchString,
		}}, nil
	}
}
