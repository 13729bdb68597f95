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

// stsAudience is whom the tokens of IRSA are for.
const stsAudience = "sts.amazonaws.com"

// Cluster is a name that EKS has for the sandbox's cluster.
type Cluster struct{ Name, Region string }

// eks is what makes the sandbox's cluster one of EKS.
type eks struct {
	url string // serves the Pod Identity agent, and tells the node of associations

	mu    sync.Mutex
	known []Cluster
}

// PutCluster makes EKS have the sandbox's one cluster under that name and in that region, beside the
// others it was given. Its issuer is trusted by IAM, as that of a cluster with IRSA set up.
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

// keys are those that the API server signs tokens of service accounts with.
func (s *Sandbox) keys(ctx context.Context) ([]byte, error) {
	var keys json.RawMessage
	err := s.api.Get(ctx, "/openid/v1/jwks", &keys)
	return keys, err
}

// eksHandler serves what is on the nodes of EKS: the Pod Identity agent, at a path of its own for each
// name of the cluster, and what the webhook knows of service accounts, which the node asks.
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
			found.Credentials = "http://" + r.Host + found.Credentials // who asks knows the way here
		}
		_ = json.NewEncoder(w).Encode(found)
	})
	return mux
}

func agentPath(c Cluster) string { return "/agent/" + c.Region + "/" + c.Name }

// identity is what the node is told of a service account.
type identity struct {
	Region      string `json:"region"`      // empty where EKS has no cluster
	Credentials string `json:"credentials"` // where the agent has them; empty where there is no association
}

// identity looks for an association under each name of the cluster. Where there is none the region is
// the first name's, for nothing tells under which name a service account was made.
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
