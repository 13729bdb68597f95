package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"

	"eso-aws/sandbox/aws"
	"eso-aws/sandbox/build"
)

// stsAudience is the audience of IRSA's tokens.
const stsAudience = "sts.amazonaws.com"

// Cluster is a name of the sandbox's cluster in EKS.
type Cluster struct{ Name, Region string }

// eks makes the sandbox's cluster look like an EKS cluster.
type eks struct {
	url string // serves the Pod Identity agent and, for the node, the associations

	mu    sync.Mutex
	known []Cluster
}

// PutCluster registers the sandbox's cluster with EKS under another name and region. IAM trusts its issuer,
// as it does for a cluster with IRSA.
func (s *Sandbox) PutCluster(c Cluster) error {
	s.eks.mu.Lock()
	defer s.eks.mu.Unlock()
	if slices.Contains(s.eks.known, c) {
		return nil
	}
	err := s.aws.PutCluster(aws.Cluster{
		Name: c.Name, Region: c.Region, Version: build.KubernetesMinor(), Endpoint: s.URL(), CA: s.CA(),
		Issuer: s.issuer, Keys: s.keys,
	})
	if err != nil {
		return err
	}
	s.eks.known = append(s.eks.known, c)
	return nil
}

// keys returns the keys that sign service account tokens, as a JWKS.
func (s *Sandbox) keys(ctx context.Context) ([]byte, error) {
	var keys json.RawMessage
	err := s.api.Get(ctx, "/openid/v1/jwks", &keys)
	return keys, err
}

// eksHandler serves what the nodes of EKS have: the Pod Identity agent, at a separate path for each name of
// the cluster, and for the node what EKS's webhook knows about service accounts.
func (s *Sandbox) eksHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/agent/{region}/{cluster}/v1/credentials", func(w http.ResponseWriter, r *http.Request) {
		region, cluster := r.PathValue("region"), r.PathValue("cluster")
		agent := s.aws.PodIdentityAgent(region, cluster)
		http.StripPrefix(agentPath(Cluster{cluster, region}), agent).ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /pods/{namespace}/{account}", func(w http.ResponseWriter, r *http.Request) {
		found := s.identity(r.PathValue("namespace"), r.PathValue("account"))
		if found.Credentials != "" {
			found.Credentials = "http://" + r.Host + found.Credentials
		}
		_ = json.NewEncoder(w).Encode(found)
	})
	return mux
}

func agentPath(c Cluster) string { return "/agent/" + c.Region + "/" + c.Name }

// identity is what the node needs to know about a service account.
type identity struct {
	Region      string `json:"region"`      // empty if EKS has no cluster
	Credentials string `json:"credentials"` // URL of the agent's credentials; empty without an association
}

// identity looks for an association under each name of the cluster. Without one it returns the region of
// the first name, because a service account belongs to no particular name.
func (s *Sandbox) identity(namespace, account string) identity {
	s.eks.mu.Lock()
	defer s.eks.mu.Unlock()
	for _, c := range s.eks.known {
		if s.aws.Associated(c.Region, c.Name, namespace, account) {
			return identity{c.Region, agentPath(c) + "/v1/credentials"}
		}
	}
	if len(s.eks.known) == 0 {
		return identity{}
	}
	return identity{Region: s.eks.known[0].Region}
}
