package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eso-aws/sandbox"
)

// newEKSStack creates a stack from the committed stack file of that name, whose target is eks;
// edit may be nil.
func newEKSStack(t *testing.T, name string, edit func(config)) *stack {
	t.Helper()
	must(t, own(t).PutCluster(sandbox.Cluster{Name: name, Region: region}))
	return newStackNamed(t, name, edit)
}

// getsTokens makes the stack find its cluster as on EKS: with a kubeconfig that it creates and that calls the
// AWS CLI. The shell's kubeconfig points to another cluster.
func (s *stack) getsTokens(t *testing.T) {
	t.Helper()
	delete(s.project.Overlay, "eso-aws:kubeconfig")
	delete(s.project.Overlay, "eso-aws:kubeContext")
	must(t, s.project.Write())
	script := `#!/bin/sh
if [ "$*" != "eks get-token --cluster-name ` + s.name + ` --region ` + region + ` --output json" ]; then
	echo "unexpected: aws $*" >&2
	exit 1
fi
echo '{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": {"token": "` +
		own(t).Token() + `"}}'
`
	must(t, os.WriteFile(filepath.Join(s.project.Dir, "bin", "aws"), []byte(script), 0o700))
	elsewhere := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, os.WriteFile(elsewhere, []byte(foreignKubeconfig), 0o600))
	s.environ = append(s.environ, "KUBECONFIG="+elsewhere)
}

const foreignKubeconfig = `
current-context: elsewhere
clusters: [{name: elsewhere, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: elsewhere, context: {cluster: elsewhere, user: nobody}}]
users: [{name: nobody, user: {token: none}}]
`

// verify runs the command behind make verify and returns its output, without the ages.
func (s *stack) verify(t *testing.T) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), env.verify, "--stack", s.name)
	cmd.Env = s.command(t.Context()).Env
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	return regexp.MustCompile(`(\d+m)?\d+s ago`).ReplaceAllString(string(out), "... ago"), err
}

// refreshed refreshes the stack and returns the output.
func (s *stack) refreshed(t *testing.T) string {
	t.Helper()
	return s.must(t, "refresh", "--yes", "--skip-preview", "--diff")
}

const clusterStores = "/apis/external-secrets.io/v1/clustersecretstores/"

// warned waits for a warning event about an object, with all these words in one message.
func warned(t *testing.T, namespace, kind, name string, words ...string) {
	t.Helper()
	query := url.Values{"fieldSelector": {"type=Warning,involvedObject.kind=" + kind + ",involvedObject.name=" + name}}
	eventually(t, func() error {
		var events struct{ Items []struct{ Message string } }
		err := own(t).API().Get(t.Context(), "/api/v1/namespaces/"+namespace+"/events?"+query.Encode(), &events)
		for _, event := range events.Items {
			lacks := func(words string) bool { return !strings.Contains(event.Message, words) }
			if !slices.ContainsFunc(words, lacks) {
				return nil
			}
		}
		return errors.Join(fmt.Errorf("no warning says %q of %s %s: %v", words, kind, name, events), err)
	})
}

// create creates an object as the cluster's administrator, and deletes it after the test.
func create(t *testing.T, collection string, o object) {
	t.Helper()
	api, name := own(t).API(), o["metadata"].(object)["name"].(string)
	must(t, api.Create(t.Context(), collection, o, nil))
	t.Cleanup(func() {
		must(t, api.Delete(context.WithoutCancel(t.Context()), strings.TrimSuffix(collection, "/")+"/"+name))
	})
}

const operatorPods = "/api/v1/namespaces/external-secrets/pods"

// pods returns the UIDs of the operator's pods, including those that are about to go.
func pods(t *testing.T) []string {
	t.Helper()
	var list struct {
		Items []struct{ Metadata struct{ UID string } }
	}
	must(t, own(t).API().Get(t.Context(), operatorPods, &list))
	var uids []string
	for _, pod := range list.Items {
		uids = append(uids, pod.Metadata.UID)
	}
	return uids
}

// reads returns the role of each successful read of a secret.
func reads(t *testing.T) []string {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(own(t).dir, "logs", "aws.log"))
	must(t, err)
	read := regexp.MustCompile(`action=secretsmanager:GetSecretValue .* principal=\S+:assumed-role/([^/]+)/\S+ outcome=OK`)
	var roles []string
	for _, found := range read.FindAllStringSubmatch(string(log), -1) {
		roles = append(roles, found[1])
	}
	return roles
}
