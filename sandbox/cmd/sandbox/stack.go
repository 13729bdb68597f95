package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox"
	"eso-aws/sandbox/internal/kubeapi"
)

// seeds are the secrets that the committed stacks declare, with example values.
var seeds = map[string]map[string]string{
	"local":    {"zio-lucene/datadog-api-key": "dummy"},
	"dev":      {"zio-lucene/datadog-api-key": "dummy"},
	"training": {"training/db-credentials": `{"username":"admin","password":"changeme"}`},
}

// prepare creates what the stack expects to find in its cluster and its account, and returns the stack's
// configuration.
func (c *command) prepare(ctx context.Context, s *session) (sandbox.Stack, error) {
	if err := c.project(s).Write(); err != nil {
		return nil, err
	}
	stack, err := c.project(s).Stack(c.stack)
	if err != nil {
		return nil, err
	}
	if cluster, ok := stack.Cluster(); ok {
		if err := c.awaitCluster(ctx, cluster); err != nil {
			return nil, err
		}
	}
	if err := c.seed(ctx, s, stack.Region()); err != nil {
		return nil, err
	}
	if namespace := stack.Presumed(); namespace != "" {
		created, err := createNamespace(ctx, s, namespace)
		if err != nil {
			return nil, err
		}
		if created {
			fmt.Printf("Created the namespace %s, which the stack expects to exist.\n", namespace)
		}
	}
	return stack, nil
}

// awaitCluster waits until serve has registered the cluster that a stack file names: the file may have
// been edited a moment ago.
func (c *command) awaitCluster(ctx context.Context, cluster sandbox.Cluster) error {
	for deadline := time.Now().Add(10 * time.Second); ; {
		s, err := c.running()
		if err != nil || slices.Contains(s.Clusters, cluster) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the sandbox did not register the cluster %q in %s; see its log, %q",
				cluster.Name, cluster.Region, c.path("sandbox.log"))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// seed stores those of the stack's example secrets that do not exist yet.
func (c *command) seed(ctx context.Context, s *session, region string) error {
	secrets := s.secretsManager(region)
	for _, name := range slices.Sorted(maps.Keys(seeds[c.stack])) {
		stored, err := secrets.create(ctx, name, seeds[c.stack][name])
		if err != nil {
			return err
		}
		if stored {
			fmt.Printf("Stored %s in the sandbox's Secrets Manager.\n", name)
		}
	}
	return nil
}

// createNamespace creates a namespace unless it exists. It ignores an invalid name, which the program
// reports.
func createNamespace(ctx context.Context, s *session, name string) (created bool, err error) {
	api, err := kubeapi.New(s.Kubernetes, s.CA, s.Token)
	if err != nil {
		return false, err
	}
	err = api.Create(ctx, "/api/v1/namespaces", map[string]any{"metadata": map[string]any{"name": name}}, nil)
	status, refused := errors.AsType[*kubeapi.StatusError](err)
	if refused && (status.Code == http.StatusConflict || status.Code == http.StatusUnprocessableEntity) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("creating the namespace %q: %w", name, err)
	}
	return true, nil
}

// checkOnly returns an error if another stack is deployed: the two would share one operator.
func (c *command) checkOnly() error {
	if _, err := c.running(); err != nil {
		return nil //nolint:nilerr // nothing is deployed where nothing runs
	}
	states, err := filepath.Glob(c.path("pulumi", "state", ".pulumi", "stacks", "*", "*.json"))
	if err != nil {
		return fmt.Errorf("finding Pulumi's state: %w", err)
	}
	for _, path := range states {
		other := strings.TrimSuffix(filepath.Base(path), ".json")
		deployed, err := deployed(path)
		if err != nil {
			return err
		}
		if deployed && other != c.stack {
			return fmt.Errorf("stack %q is already deployed in this sandbox, and a cluster can run only one operator; "+
				"start again with:\n  make down\n  %s", other, c.makeUp())
		}
	}
	return nil
}

// deployedStack returns the name of the stack that is deployed in the sandbox, or "".
func (c *command) deployedStack() string {
	states, _ := filepath.Glob(c.path("pulumi", "state", ".pulumi", "stacks", "*", "*.json")) // no bad pattern
	for _, state := range states {
		if is, err := deployed(state); is && err == nil {
			return strings.TrimSuffix(filepath.Base(state), ".json")
		}
	}
	return ""
}

// deployed reports whether a stack's state has resources that exist outside of Pulumi.
func deployed(path string) (bool, error) {
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					Custom bool
					Type   string
				}
			}
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return false, fmt.Errorf("reading Pulumi's state: %w", err)
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return false, fmt.Errorf("reading Pulumi's state %q: %w", path, err)
	}
	for _, resource := range state.Checkpoint.Latest.Resources {
		if resource.Custom && !strings.HasPrefix(resource.Type, "pulumi:providers:") {
			return true, nil
		}
	}
	return false, nil
}
