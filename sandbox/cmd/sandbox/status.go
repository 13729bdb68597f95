package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"eso-aws/sandbox/internal/kubeapi"
)

// The fields of ESO's objects that status shows.
type (
	object struct {
		Kind     string
		Metadata struct {
			Name, Namespace   string
			CreationTimestamp time.Time
		}
		Status struct {
			Conditions []condition
			Binding    struct{ Name string }
		}
	}
	condition struct {
		Type, Status, Reason, Message string
		LastTransitionTime            time.Time
	}
	externalSecret struct {
		object
		Spec struct {
			SecretStoreRef struct{ Kind, Name string }
			Data           []struct {
				SecretKey string
				RemoteRef struct{ Key string }
			}
			DataFrom []struct {
				Extract struct{ Key string }
			}
		}
	}
)

// status shows the stores and what they have synced: of Secrets, only the keys.
func (c *command) status(ctx context.Context) error {
	s, err := c.running()
	if err != nil {
		return err
	}
	api, err := kubeapi.New(s.Kubernetes, s.CA, s.Token)
	if err != nil {
		return err
	}
	return show(ctx, api, os.Stdout)
}

const esoAPI = "/apis/external-secrets.io/v1/"

func show(ctx context.Context, api *kubeapi.Client, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(out)
	fmt.Fprintln(table, "STORE\tKIND\tSTATE")
	for _, kind := range []string{"SecretStore", "ClusterSecretStore"} {
		var list struct{ Items []object }
		if err := api.Get(ctx, esoAPI+strings.ToLower(kind)+"s", &list); err != nil {
			if kubeapi.NotFound(err) {
				fmt.Fprintln(out,
					"\nThe External Secrets Operator is not installed in this cluster; run make up.")
				return nil
			}
			return fmt.Errorf("listing the stores: %w", err)
		}
		for _, store := range list.Items {
			fmt.Fprintf(table, "%s\t%s\t%s\n", store.name(), kind, store.state())
		}
	}
	var list struct{ Items []externalSecret }
	if err := api.Get(ctx, esoAPI+"externalsecrets", &list); err != nil {
		return fmt.Errorf("listing the ExternalSecrets: %w", err)
	}
	if err := table.Flush(); err != nil { // the columns of the next table are its own
		return err
	}
	fmt.Fprintln(out)
	fmt.Fprintln(table, "EXTERNAL SECRET\tSECRET\tKEYS\tFROM\tSTATE")
	for _, item := range list.Items {
		keys, err := item.keys(ctx, api)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n",
			item.name(), item.Status.Binding.Name, keys, item.from(), item.state())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return showCauses(ctx, api, list.Items, out)
}

func (o object) name() string {
	if o.Metadata.Namespace == "" {
		return o.Metadata.Name
	}
	return o.Metadata.Namespace + "/" + o.Metadata.Name
}

func (o object) ready() (condition, bool) {
	i := slices.IndexFunc(o.Status.Conditions, func(c condition) bool { return c.Type == "Ready" })
	if i < 0 {
		return condition{}, false
	}
	return o.Status.Conditions[i], o.Status.Conditions[i].Status == "True"
}

// state describes the Ready condition and, for a synced object, how long the first sync took.
func (o object) state() string {
	condition, ready := o.ready()
	switch {
	case condition.Type == "":
		return "pending"
	case !ready:
		return condition.Reason + ": " + condition.Message
	case o.Status.Binding.Name != "":
		// Kubernetes keeps times to the second.
		took := condition.LastTransitionTime.Sub(o.Metadata.CreationTimestamp)
		return fmt.Sprintf("synced within %d s", int(took.Seconds())+1)
	default:
		return condition.Reason
	}
}

func (e externalSecret) from() string {
	var names []string
	for _, data := range e.Spec.Data {
		names = append(names, data.RemoteRef.Key)
	}
	for _, from := range e.Spec.DataFrom {
		names = append(names, cmp.Or(from.Extract.Key, "(dataFrom)")) // find and generators have no key
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// keys returns the keys of the Secret as it is in the cluster.
func (e externalSecret) keys(ctx context.Context, api *kubeapi.Client) (string, error) {
	if e.Status.Binding.Name == "" {
		return "none", nil
	}
	var secret struct{ Data map[string]any }
	err := api.Get(ctx, "/api/v1/namespaces/"+e.Metadata.Namespace+"/secrets/"+e.Status.Binding.Name, &secret)
	if kubeapi.NotFound(err) {
		return "none", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the keys of the Secret %q: %w", e.Status.Binding.Name, err)
	}
	var keys []string
	for key := range secret.Data {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return strings.Join(keys, ", "), nil
}

// showCauses prints the newest warning of each ExternalSecret that is not synced: only the event has
// AWS's message.
func showCauses(ctx context.Context, api *kubeapi.Client, items []externalSecret, out io.Writer) error {
	for _, item := range items {
		if _, ready := item.ready(); ready {
			continue
		}
		var events struct {
			Items []struct {
				Type, Message string
				LastTimestamp time.Time
			}
		}
		path := fmt.Sprintf("/api/v1/namespaces/%s/events"+
			"?fieldSelector=involvedObject.kind=ExternalSecret,involvedObject.name=%s",
			item.Metadata.Namespace, item.Metadata.Name)
		if err := api.Get(ctx, path, &events); err != nil {
			return fmt.Errorf("reading the events of %q: %w", item.name(), err)
		}
		message, last := "", time.Time{}
		for _, event := range events.Items {
			if event.Type == "Warning" && !event.LastTimestamp.Before(last) {
				message, last = event.Message, event.LastTimestamp
			}
		}
		if message != "" {
			fmt.Fprintf(out, "\n%s is not synced: %s\n", item.name(), message)
		}
	}
	return nil
}
