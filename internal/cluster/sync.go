package cluster

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

const (
	readyCondition = "Ready"
	// retryAnnotation is set only by this client. The operator reconciles an object as soon as it changes.
	retryAnnotation = "eso-aws/retried"
)

// custom returns a request for one of the operator's objects. The namespace of a cluster-scoped one is "".
func (c *Client) custom(method, apiVersion, kind, namespace, name string) *rest.Request {
	return c.request(method, apiVersion, namespace, Resource(kind)).Name(name)
}

// Sync is the state of an ExternalSecret.
type Sync struct {
	// Generation is the generation of the spec.
	Generation int64
	// Synced identifies what the operator last synced: the generation, a hyphen, and a hash of labels and
	// annotations. It is "" before the first sync.
	Synced string
	// Metadata encodes the labels and annotations, for comparison.
	Metadata string
	// Ready is the condition Ready.
	Ready bool
	// Target is the Secret that the operator wrote, or "".
	Target string
	// Refreshed is when the operator last read from AWS, or zero.
	Refreshed time.Time
}

// Current reports whether the operator has synced the current spec. The condition alone does not say so: it
// stays until the operator reconciles again.
func (s *Sync) Current() bool {
	generation, _, _ := strings.Cut(s.Synced, "-")
	return s.Ready && generation == strconv.FormatInt(s.Generation, 10)
}

// ExternalSecret returns the state of an ExternalSecret, or nil if it does not exist.
func (c *Client) ExternalSecret(ctx context.Context, apiVersion, namespace, name string) (*Sync, error) {
	var found struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
		Status   struct {
			SyncedResourceVersion string             `json:"syncedResourceVersion"`
			Conditions            []metav1.Condition `json:"conditions"`
			RefreshTime           time.Time          `json:"refreshTime"`
			Binding               struct {
				Name string `json:"name"`
			} `json:"binding"`
		} `json:"status"`
	}
	exists, err := c.do(ctx, c.custom(http.MethodGet, apiVersion, "ExternalSecret", namespace, name), &found)
	if err != nil || !exists {
		return nil, err
	}
	metadata, err := json.Marshal([]map[string]string{found.Metadata.Labels, found.Metadata.Annotations})
	if err != nil {
		return nil, err
	}
	return &Sync{
		Generation: found.Metadata.Generation,
		Synced:     found.Status.SyncedResourceVersion,
		Metadata:   string(metadata),
		Ready:      meta.IsStatusConditionTrue(found.Status.Conditions, readyCondition),
		Target:     found.Status.Binding.Name,
		Refreshed:  found.Status.RefreshTime,
	}, nil
}

// Ready reports whether a store or an ExternalSecret exists, and whether its condition Ready is true. The
// namespace of a cluster-scoped kind is "".
func (c *Client) Ready(ctx context.Context, apiVersion, kind, namespace, name string) (exists, ready bool, err error) {
	var found struct {
		Status struct {
			Conditions []metav1.Condition `json:"conditions"`
		} `json:"status"`
	}
	exists, err = c.do(ctx, c.custom(http.MethodGet, apiVersion, kind, namespace, name), &found)
	return exists, meta.IsStatusConditionTrue(found.Status.Conditions, readyCondition), err
}

// Retry makes the operator reconcile an object at once. By itself the operator waits longer after each failure.
// found is false if the object does not exist.
func (c *Client) Retry(ctx context.Context, apiVersion, kind, namespace, name string) (found bool, err error) {
	request := c.custom(http.MethodPatch, apiVersion, kind, namespace, name)
	return c.patch(ctx, request, map[string]any{"metadata": map[string]any{
		"annotations": map[string]string{retryAnnotation: time.Now().UTC().Format(time.RFC3339Nano)},
	}})
}
