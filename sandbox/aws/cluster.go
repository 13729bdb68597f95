package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"eso-aws/sandbox/aws/internal/eks"
	"eso-aws/sandbox/aws/internal/token"
)

// Cluster is a Kubernetes cluster in EKS, for [Server.PutCluster].
type Cluster struct {
	// Name and Region identify the cluster.
	Name, Region string
	// Version is the version of Kubernetes, such as 1.34; it may be empty.
	Version string
	// Endpoint is the API server's URL, and CA the authority that signed its
	// certificate, as PEM.
	Endpoint string
	CA       []byte
	// Issuer is the issuer URL in the API server's tokens. IAM requires https://;
	// nothing connects to the URL.
	Issuer string
	// Keys fetches /openid/v1/jwks from the API server, the keys that sign tokens.
	// The server caches them, and fetches them again when a token names an unknown
	// key.
	Keys func(context.Context) ([]byte, error)
}

func (c Cluster) validate() error {
	var problems []error
	if c.Name == "" {
		problems = append(problems, errors.New("name: must not be empty"))
	}
	if c.Region == "" {
		problems = append(problems, errors.New("region: must not be empty"))
	}
	if u, err := url.Parse(c.Issuer); err != nil || u.Scheme != "https" || u.Host == "" {
		problems = append(problems, fmt.Errorf("issuer: %q: must be an https URL; set it to the API server's "+
			"--service-account-issuer", c.Issuer))
	}
	if c.Keys == nil {
		problems = append(problems, errors.New("keys: is required; set a function that returns /openid/v1/jwks"))
	}
	return errors.Join(problems...)
}

// PutCluster adds the cluster to EKS, and makes STS and EKS Auth accept its tokens.
// It replaces a cluster with the same name and region, but keeps its associations
// and add-ons.
func (s *Server) PutCluster(c Cluster) error {
	if err := c.validate(); err != nil {
		return fmt.Errorf("putting cluster %q: %w", c.Name, err)
	}
	s.issuers.Put(c.Issuer, token.Keys(c.Keys))
	s.eks.Put(s.newCall(c.Region), eks.Cluster{
		Name: c.Name, Region: c.Region, Version: c.Version, Endpoint: c.Endpoint, CA: c.CA, Issuer: c.Issuer,
	})
	return nil
}

// PutOIDCProvider creates an OpenID Connect provider in IAM, as a cluster needs it
// for IRSA. It does not change a provider that exists.
func (s *Server) PutOIDCProvider(url string, clientIDs ...string) error {
	if err := s.iam.PutProvider(s.newCall(""), url, clientIDs); err != nil {
		return fmt.Errorf("putting the OIDC provider %q: %w", url, err)
	}
	return nil
}

// Associated reports whether the cluster has a Pod Identity association for the
// service account.
func (s *Server) Associated(region, cluster, namespace, serviceAccount string) bool {
	_, err := s.eks.Association(s.newCall(region), cluster, namespace, serviceAccount)
	return err == nil
}

// PodIdentityAgent returns the EKS Pod Identity agent for pods of the cluster: GET
// /v1/credentials with the pod's token as the Authorization header. Serve it on
// loopback at an address of its own, and set the pod's
// AWS_CONTAINER_CREDENTIALS_FULL_URI to that.
func (s *Server) PodIdentityAgent(region, cluster string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := s.newCall(region)
		call.Context = r.Context()
		s.eksAuth.Agent(w, r, call, cluster)
		s.log(call, call.Action, call.Resource, call.Err)
	})
}
