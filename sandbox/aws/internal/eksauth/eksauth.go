// Package eksauth is EKS Auth of the in-memory AWS behind the Pod Identity agent,
// as pods see it: it exchanges a pod's token for a session of the role that its
// service account is associated with.
package eksauth

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/eks"
	"eso-aws/sandbox/aws/internal/sts"
	"eso-aws/sandbox/aws/internal/token"
)

const (
	audience = "pods.eks.amazonaws.com"
	action   = "eks-auth:AssumeRoleForPodIdentity"
	// lifetime of a pod's credentials.
	lifetime = 6 * time.Hour
)

// Service has no state of its own. It is safe for concurrent use.
type Service struct {
	eks     *eks.Service
	sts     *sts.Service
	issuers *token.Issuers
}

// New returns a service for the associations of eks and the roles of sts.
func New(eks *eks.Service, sts *sts.Service, issuers *token.Issuers) *Service {
	return &Service{eks: eks, sts: sts, issuers: issuers}
}

// assume checks the token, the association and the role's trust policy.
func (s *Service) assume(c *api.Call, name, raw string) (*sts.Session, error) {
	claims, err := s.verify(c, name, raw)
	if err != nil {
		return nil, err
	}
	a, err := s.eks.Association(c, name, claims.Namespace, claims.ServiceAccount.Name)
	if err != nil {
		return nil, err
	}
	c.Resource = a.RoleARN
	var tags map[string]string
	if !a.DisableSessionTags {
		tags = map[string]string{
			"eks-cluster-arn":            a.ClusterARN,
			"eks-cluster-name":           name,
			"kubernetes-namespace":       claims.Namespace,
			"kubernetes-service-account": claims.ServiceAccount.Name,
			"kubernetes-pod-name":        claims.Pod.Name,
			"kubernetes-pod-uid":         claims.Pod.UID,
		}
	}
	session, err := s.sts.AssumeForService(c, sts.ServiceRequest{
		Service: eks.PodService, SourceARN: a.ClusterARN, RoleARN: a.RoleARN, Name: sessionName(name, claims.Pod.Name),
		Duration: lifetime, Tags: tags,
	})
	if api.Code(err) == api.AccessDenied {
		return nil, fail(api.AccessDenied,
			"Unauthorized Exception! EKS does not have permissions to assume the associated role.")
	}
	return session, err
}

func (s *Service) verify(c *api.Call, name, raw string) (token.Kubernetes, error) {
	var none token.Kubernetes
	t, err := token.Parse(raw)
	if err != nil {
		return none, fail("InvalidTokenException", "The token provided is not a valid JWT")
	}
	issuer := s.eks.Issuer(c.Region, name)
	if issuer == "" {
		return none, api.Failf(http.StatusNotFound, "ResourceNotFoundException", "No cluster found for name: %s.", name)
	}
	if t.Issuer != issuer {
		return none, fail("InvalidTokenException", "The token was not issued by cluster %s", name)
	}
	if !t.Audience.Contains(audience) {
		return none, fail("InvalidTokenException", "The token's audience is not %s", audience)
	}
	switch err := s.issuers.Verify(c.Context, t, c.Now); {
	case errors.Is(err, token.ErrExpired):
		return none, fail(api.ExpiredToken, "The token provided has expired")
	case err != nil:
		return none, fail("InvalidTokenException", "The token cannot be verified: %v", err)
	}
	if t.Kubernetes.Pod.Name == "" || t.Kubernetes.ServiceAccount.Name == "" {
		return none, fail("InvalidTokenException", "The token is not bound to a pod")
	}
	c.Principal = api.Principal{ARN: t.Subject, UserID: t.Kubernetes.Pod.UID}
	return t.Kubernetes, nil
}

// sessionName returns a session name with the cluster and the pod, shortened to
// STS's limit.
func sessionName(cluster, pod string) string {
	const most = 64
	suffix := "-" + strings.ToLower(rand.Text())
	prefix := "eks-" + cluster + "-" + pod
	return prefix[:min(len(prefix), most-len(suffix))] + suffix
}

func fail(code, format string, args ...any) error {
	return api.Failf(http.StatusBadRequest, code, format, args...)
}

// Agent answers a pod's GET of its credentials as the Pod Identity agent of a
// node does. The token is the whole Authorization header.
func (s *Service) Agent(w http.ResponseWriter, r *http.Request, c *api.Call, cluster string) {
	c.Action = action
	body, err := s.credentials(r, c, cluster)
	if err != nil {
		c.Err = err
		refused, ok := errors.AsType[*api.Error](err)
		if !ok {
			refused = &api.Error{Code: api.InternalFailure, Message: "see the log"}
			refused.Status = http.StatusInternalServerError
		}
		http.Error(w, fmt.Sprintf("[%s]: (%s): %s", c.RequestID, refused.Code, refused.Message),
			cmp.Or(refused.Status, http.StatusBadRequest))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// The client may have gone away.
	_, _ = w.Write(body)
}

func (s *Service) credentials(r *http.Request, c *api.Call, cluster string) ([]byte, error) {
	if r.Method != http.MethodGet || r.URL.Path != "/v1/credentials" {
		return nil, api.Failf(http.StatusNotFound, "NotFound", "the agent has only GET /v1/credentials")
	}
	raw := r.Header.Get("Authorization")
	if raw == "" {
		return nil, fail("InvalidTokenException", "Service account token cannot be empty")
	}
	session, err := s.assume(c, cluster, raw)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		Token           string
		AccountID       string `json:"AccountId"`
		Expiration      time.Time
	}{session.AccessKeyID, session.Key.Secret, session.Key.SessionToken, c.Account, session.Key.Expires.UTC()})
}
