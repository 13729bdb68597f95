package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// SecretKeys are the keys of a Secret, in order; none where there is no Secret.
func (c *Client) SecretKeys(ctx context.Context, namespace, name string) ([]string, error) {
	var found struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	path := resource("v1", namespace, "secrets") + "/" + url.PathEscape(name)
	_, err := c.do(ctx, http.MethodGet, path, nil, "application/json", nil, &found)
	return slices.Sorted(maps.Keys(found.Data)), err
}

// DeleteSecret deletes a Secret; it is no error where there is none.
func (c *Client) DeleteSecret(ctx context.Context, namespace, name string) error {
	var status any
	path := resource("v1", namespace, "secrets") + "/" + url.PathEscape(name)
	_, err := c.do(ctx, http.MethodDelete, path, nil, "application/json", nil, &status)
	return err
}

// DeletePods deletes the pods of a service account, which what owns them makes anew.
func (c *Client) DeletePods(ctx context.Context, namespace, serviceAccount string) error {
	var list any
	query := url.Values{"fieldSelector": {"spec.serviceAccountName=" + serviceAccount}}
	_, err := c.do(ctx, http.MethodDelete, resource("v1", namespace, "pods"), query, "application/json", nil, &list)
	return err
}

// Warning is what the cluster last said of an object that is not well.
type Warning struct {
	// Kind and Name say which object it is about.
	Kind, Name string
	// Reason is a word, such as UpdateFailed, and Message what follows it.
	Reason, Message string
	// Last is when it was said last.
	Last time.Time
}

// Warnings are the newest Warning event of each object in a namespace, the newest
// first; "" is for an object that is in none, whose events are in the default one. A
// kind and a name narrow them to one object; empty is any.
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
	query := url.Values{"fieldSelector": {selector}}
	path := resource("v1", cmp.Or(namespace, "default"), "events")
	_, err := c.do(ctx, http.MethodGet, path, query, "application/json", nil, &list)
	if err != nil {
		return nil, err
	}
	var warnings []Warning
	for _, item := range list.Items {
		warning := Warning{
			Kind: item.InvolvedObject.Kind, Name: item.InvolvedObject.Name,
			Reason: item.Reason, Message: item.Message,
		}
		for _, at := range []*time.Time{item.LastTimestamp, item.EventTime} { // the second is of newer reporters
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
