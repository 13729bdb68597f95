package aws_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

const (
	podAudience = "pods.eks.amazonaws.com"
	clusterARN  = "arn:aws:eks:eu-west-1:000000000000:cluster/prod"
	podTrust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],
		"Principal":{"Service":"pods.eks.amazonaws.com"}}]}`
)

func (f *fixture) associate(t *testing.T, change ...func(*eks.CreatePodIdentityAssociationInput)) *types.PodIdentityAssociation {
	t.Helper()
	in := &eks.CreatePodIdentityAssociationInput{
		ClusterName: sdk.String("prod"), Namespace: sdk.String("external-secrets"),
		ServiceAccount: sdk.String("external-secrets"), RoleArn: sdk.String(roleARN),
	}
	for _, c := range change {
		c(in)
	}
	return must[*eks.CreatePodIdentityAssociationOutput](t)(f.eks().CreatePodIdentityAssociation(t.Context(), in)).Association
}

// ask requests credentials as a pod does.
func ask(t *testing.T, agent, token string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, agent+"/v1/credentials", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	return send(t, r)
}

type podCredentials struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Token           string
	AccountID       string `json:"AccountId"`
	Expiration      time.Time
}

func (p podCredentials) session() *ststypes.Credentials {
	return &ststypes.Credentials{AccessKeyId: &p.AccessKeyID, SecretAccessKey: &p.SecretAccessKey, SessionToken: &p.Token}
}

func TestPodIdentity(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", podTrust, `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",
		"Condition":{"StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"external-secrets",
		"aws:PrincipalTag/eks-cluster-arn":"`+clusterARN+`"}}}`)
	f.associate(t)
	got := ask(t, f.agent(t), cluster.token(t, podAudience))
	equal(t, got.Status, http.StatusOK)
	var c podCredentials
	if err := json.Unmarshal([]byte(got.Body), &c); err != nil {
		t.Fatal(err)
	}
	equal(t, c, podCredentials{c.AccessKeyID, c.SecretAccessKey, c.Token, account, start.Add(6 * time.Hour)})
	equal(t, get(t, f.as(c.session()), "app/db"), refusal{})
	who := must[*sts.GetCallerIdentityOutput](t)(f.stsAs(c.session()).GetCallerIdentity(t.Context(), nil))
	if !strings.HasPrefix(*who.Arn, "arn:aws:sts::000000000000:assumed-role/eso/eks-prod-external-secrets-0-") {
		t.Errorf("the session is %s, want it to name the cluster and the pod", *who.Arn)
	}
}

// TestPodIdentityTrust evaluates conditions on what EKS sends.
func TestPodIdentityTrust(t *testing.T) {
	t.Parallel()
	const unauthorized = "(AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the " +
		"associated role."
	conditioned := func(conditions string) string {
		return strings.Replace(podTrust, `amazonaws.com"}}`, `amazonaws.com"},"Condition":`+conditions+`}`, 1)
	}
	onlyAssume := strings.Replace(podTrust, `["sts:AssumeRole","sts:TagSession"]`, `"sts:AssumeRole"`, 1)
	for name, test := range map[string]struct {
		Trust  string
		NoTags bool
		Want   string
	}{
		"Tags": {conditioned(`{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"external-secrets",
			"aws:RequestTag/kubernetes-service-account":"external-secrets","aws:RequestTag/eks-cluster-name":"prod",
			"aws:RequestTag/kubernetes-pod-name":"external-secrets-0","aws:RequestTag/kubernetes-pod-uid":"pod-uid"}}`), false, ""},
		"Source":         {conditioned(`{"ArnEquals":{"aws:SourceArn":"` + clusterARN + `"},"StringEquals":{"aws:SourceAccount":"000000000000"}}`), false, ""},
		"OtherNamespace": {conditioned(`{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"other"}}`), false, unauthorized},
		"OtherCluster":   {conditioned(`{"ArnEquals":{"aws:SourceArn":"` + clusterARN + `2"}}`), false, unauthorized},
		"NoTagSession":   {onlyAssume, false, unauthorized},
		"TagsDisabled":   {onlyAssume, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, cluster := clustered(t)
			f.role(t, "eso", test.Trust, "")
			f.associate(t, func(in *eks.CreatePodIdentityAssociationInput) { in.DisableSessionTags = &test.NoTags })
			got := ask(t, f.agent(t), cluster.token(t, podAudience))
			if test.Want == "" {
				equal(t, got.Status, http.StatusOK)
				return
			}
			_, reason, _ := strings.Cut(strings.TrimSpace(got.Body), ": ")
			equal(t, answer{got.Status, reason}, answer{http.StatusBadRequest, test.Want})
		})
	}
}

func TestPodIdentityRefusals(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", podTrust, "")
	f.associate(t)
	agent := f.agent(t)
	unbound := func(claims map[string]any) {
		claims["kubernetes.io"] = map[string]any{"namespace": "external-secrets", "serviceaccount": map[string]any{"name": "external-secrets"}}
	}
	other := func(claims map[string]any) {
		claims["kubernetes.io"] = map[string]any{
			"namespace": "other", "serviceaccount": map[string]any{"name": "sa"}, "pod": map[string]any{"name": "p"},
		}
	}
	for name, test := range map[string]struct {
		Token  string
		Status int
		Want   string
	}{
		"NoToken":       {"", 400, "(InvalidTokenException): Service account token cannot be empty"},
		"Bearer":        {"Bearer " + cluster.token(t, podAudience), 400, "(InvalidTokenException): The token provided is not a valid JWT"},
		"OtherAudience": {cluster.token(t, stsAudience), 400, "(InvalidTokenException): The token's audience is not pods.eks.amazonaws.com"},
		"OtherIssuer":   {cluster.token(t, podAudience, claim("iss", "https://x.test")), 400, "(InvalidTokenException): The token was not issued by cluster prod"},
		"Forged":        {newIssuing(t).token(t, podAudience), 400, "(InvalidTokenException): The token cannot be verified: the signature is not valid"},
		"Expired":       {cluster.token(t, podAudience, claim("exp", start.Unix())), 400, "(ExpiredTokenException): The token provided has expired"},
		"Unbound":       {cluster.token(t, podAudience, unbound), 400, "(InvalidTokenException): The token is not bound to a pod"},
		"NoAssociation": {cluster.token(t, podAudience, other), 404, "(ResourceNotFoundException): No association found for service account sa in namespace other of cluster prod"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ask(t, agent, test.Token)
			_, reason, _ := strings.Cut(strings.TrimSpace(got.Body), ": ")
			equal(t, answer{got.Status, reason}, answer{test.Status, test.Want})
		})
	}
}
