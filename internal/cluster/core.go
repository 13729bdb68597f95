package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"
)

// SecretKeys returns the keys of a Secret in order, or none if it does not exist.
func (c *Client) SecretKeys(ctx context.Context, namespace, name string) ([]string, error) {
	var found struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	_, err := c.do(ctx, c.request(http.MethodGet, "v1", namespace, "secrets").Name(name), &found)
	return slices.Sorted(maps.Keys(found.Data)), err
}

// DeleteSecret deletes a Secret. It returns no error if the Secret does not exist.
func (c *Client) DeleteSecret(ctx context.Context, namespace, name string) error {
	_, err := c.do(ctx, c.request(http.MethodDelete, "v1", namespace, "secrets").Name(name), nil)
	return err
}

// DeletePods deletes the pods of a service account. Their owners create new ones.
func (c *Client) DeletePods(ctx context.Context, namespace, serviceAccount string) error {
	request := c.request(http.MethodDelete, "v1", namespace, "pods").
		Param("fieldSelector", "spec.serviceAccountName="+serviceAccount)
	_, err := c.do(ctx, request, nil)
	return err
}

// Warning is an event of type Warning.
type Warning struct {
	// Kind and Name identify the object that the event is about.
	Kind, Name string
	// Reason is a single word, such as UpdateFailed; Message is for people.
	Reason, Message string
	// Last is when the event last occurred.
	Last time.Time
}

// Warnings returns the newest Warning event of each object in a namespace, newest first. The events of objects
// without a namespace ("") are in the namespace default. A kind and a name select one object; empty selects all.
func (c *Client) Warnings(ctx context.Context, namespace, kind, name string) ([]Warning, error) {
	selector := "type=Warning"
	if kind != "" {
		selector += ",involvedObject.kind=" + kind + ",involvedObject.name=" + name
	}
	var list struct {
		Items []struct {
			InvolvedObject struct {
				Kind string `json:"kind"`
				Name string `json:"name"`
			} `json:"involvedObject"`
			Reason        string     `json:"reason"`
			Message       string     `json:"message"`
			LastTimestamp *time.Time `json:"lastTimestamp"`
			EventTime     *time.Time `json:"eventTime"`
		} `json:"items"`
	}
	request := c.request(http.MethodGet, "v1", cmp.Or(namespace, "default"), "events").Param("fieldSelector", selector)
	if _, err := c.do(ctx, request, &list); err != nil {
		return nil, err
	}
	var warnings []Warning
	for _, item := range list.Items {
		warning := Warning{
			Kind: item.InvolvedObject.Kind, Name: item.InvolvedObject.Name,
			Reason: item.Reason, Message: item.Message,
		}
		for _, at := range []*time.Time{item.LastTimestamp, item.EventTime} { // newer reporters set only the second
			if at != nil && at.After(warning.Last) {
				warning.Last = *at
			}
		}
		warnings = append(warnings, warning)
	}
	slices.SortStableFunc(warnings, func(a, b Warning) int { return b.Last.Compare(a.Last) })
	type object struct{ kind, name string }
	seen := map[object]bool{}
	return slices.DeleteFunc(warnings, func(w Warning) bool {
		key := object{w.Kind, w.Name}
		defer func() { seen[key] = true }()
		return seen[key]
	}), nil
}
