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

// Cluster is a Kubernetes cluster that EKS says it has, for [Server.PutCluster].
type Cluster struct {
	// Name and Region are what clients find it by.
	Name, Region string
	// Version is of Kubernetes, such as 1.34; empty is not told.
	Version string
	// Endpoint is the API server's URL, and CA is who signed its certificate, in
	// PEM.
	Endpoint string
	CA       []byte
	// Issuer is the URL that the API server puts into tokens; it begins with
	// https://, as IAM wants it. Nobody connects to it.
	Issuer string
	// Keys fetches what the API server answers at /openid/v1/jwks, the keys that
	// it signs tokens with. They are kept, and fetched again when a token names a
	// key that is not among them.
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

// PutCluster makes EKS have the cluster, and STS and EKS Auth believe its tokens.
// A cluster with the same name in the region is replaced and keeps its
// associations and add-ons.
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

// PutOIDCProvider makes IAM have an OpenID Connect provider of the URL for the
// client IDs, as a cluster needs it for IRSA. One that is there stays as it is.
func (s *Server) PutOIDCProvider(url string, clientIDs ...string) error {
	if err := s.iam.PutProvider(s.newCall(""), url, clientIDs); err != nil {
		return fmt.Errorf("putting the OIDC provider %q: %w", url, err)
	}
	return nil
}

// Associated tells whether the cluster has a Pod Identity association for the
// service account.
func (s *Server) Associated(region, cluster, namespace, serviceAccount string) bool {
	_, err := s.eks.Association(s.newCall(region), cluster, namespace, serviceAccount)
	return err == nil
}

// PodIdentityAgent is what a pod of the cluster sees of the EKS Pod Identity
// agent: GET /v1/credentials with the pod's token as the Authorization header.
// Serve it on loopback at an address of its own, which the pod finds in
// AWS_CONTAINER_CREDENTIALS_FULL_URI.
func (s *Server) PodIdentityAgent(region, cluster string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := s.newCall(region)
		call.Context = r.Context()
		s.eksAuth.Agent(w, r, call, cluster)
		s.log(call, call.Action, call.Resource, call.Err)
	})
}
