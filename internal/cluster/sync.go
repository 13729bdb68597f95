package cluster

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sync is how far the operator is with an ExternalSecret.
type Sync struct {
	// Generation counts the changes of the spec.
	Generation int64
	// Synced is the operator's mark of what it has last synced: the generation,
	// a hyphen and a hash of labels and annotations; "" before the first time.
	Synced string
	// Metadata is the labels and annotations, to be compared.
	Metadata string
	// Ready is the condition of that name.
	Ready bool
	// Target is the Secret that was written; "" for none.
	Target string
	// Refreshed is when AWS was asked last; zero for never.
	Refreshed time.Time
}

// Current tells whether the operator has synced the spec as it is now. The
// condition alone does not: it stays until the operator has looked again.
func (s *Sync) Current() bool {
	generation, _, _ := strings.Cut(s.Synced, "-")
	return s.Ready && generation == strconv.FormatInt(s.Generation, 10)
}

// ExternalSecret is the state of an ExternalSecret; nil where there is none.
func (c *Client) ExternalSecret(ctx context.Context, apiVersion, namespace, name string) (*Sync, error) {
	var found struct {
		Metadata struct {
			Generation  int64             `json:"generation"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
		Status struct {
			SyncedResourceVersion string     `json:"syncedResourceVersion"`
			Conditions            conditions `json:"conditions"`
			RefreshTime           time.Time  `json:"refreshTime"`
			Binding               struct {
				Name string `json:"name"`
			} `json:"binding"`
		} `json:"status"`
	}
	path := "/apis/" + apiVersion + "/namespaces/" + namespace + "/externalsecrets/" + name
	exists, err := c.do(ctx, http.MethodGet, path, nil, "application/json", nil, &found)
	if err != nil || !exists {
		return nil, err
	}
	metadata, err := json.Marshal([]map[string]string{found.Metadata.Labels, found.Metadata.Annotations})
	if err != nil {
		return nil, err
	}
	return &Sync{
		Generation: found.Metadata.Generation, Synced: found.Status.SyncedResourceVersion,
		Metadata: string(metadata), Ready: found.Status.Conditions.ready(), Target: found.Status.Binding.Name,
		Refreshed: found.Status.RefreshTime,
	}, nil
}

// conditions are those of a status.
type conditions []struct {
	Type   string `json:"type"`
	Status string `json:"status"`
}

func (c conditions) ready() bool {
	for _, condition := range c {
		if condition.Type == "Ready" {
			return condition.Status == "True"
		}
	}
	return false
}

// Store tells whether there is a store, and whether it is ready. Without a
// namespace it is a ClusterSecretStore.
func (c *Client) Store(ctx context.Context, apiVersion, namespace, name string) (exists, ready bool, err error) {
	path := "/apis/" + apiVersion + "/clustersecretstores/" + name
	if namespace != "" {
		path = "/apis/" + apiVersion + "/namespaces/" + namespace + "/secretstores/" + name
	}
	var found struct {
		Status struct {
			Conditions conditions `json:"conditions"`
		} `json:"status"`
	}
	exists, err = c.do(ctx, http.MethodGet, path, nil, "application/json", nil, &found)
	return exists, found.Status.Conditions.ready(), err
}
