package cluster

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// retryAnnotation is nobody's but this client's: the operator looks at once at what changes.
const retryAnnotation = "eso-aws/retried"

// custom is the path of one of the operator's objects; of no namespace where that is "".
func custom(apiVersion, kind, namespace, name string) string {
	return resource(apiVersion, namespace, Resource(kind)) + "/" + url.PathEscape(name)
}

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
	path := custom(apiVersion, "ExternalSecret", namespace, name)
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

// Ready tells whether there is a store or an ExternalSecret, and whether its condition
// Ready is true. A kind without namespaces is in "".
func (c *Client) Ready(ctx context.Context, apiVersion, kind, namespace, name string) (exists, ready bool, err error) {
	var found struct {
		Status struct {
			Conditions conditions `json:"conditions"`
		} `json:"status"`
	}
	path := custom(apiVersion, kind, namespace, name)
	exists, err = c.do(ctx, http.MethodGet, path, nil, "application/json", nil, &found)
	return exists, found.Status.Conditions.ready(), err
}

// Retry has the operator look again at once at what is not ready; found is false where
// there is none. On its own the operator waits longer after every failure.
func (c *Client) Retry(ctx context.Context, apiVersion, kind, namespace, name string) (found bool, err error) {
	return c.patch(ctx, custom(apiVersion, kind, namespace, name), map[string]any{"metadata": map[string]any{
		"annotations": map[string]string{retryAnnotation: time.Now().UTC().Format(time.RFC3339Nano)},
	}})
}
