package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox"
	"eso-aws/sandbox/aws"
)

// namespaces is an API server that makes namespaces and nothing else.
type namespaces struct {
	*httptest.Server

	made []string
}

func newNamespaces(t *testing.T, status int, there ...string) *namespaces {
	t.Helper()
	n := &namespaces{made: there}
	n.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var object struct{ Metadata struct{ Name string } }
		if r.Method+r.URL.Path != "POST/api/v1/namespaces" || json.NewDecoder(r.Body).Decode(&object) != nil {
			status = http.StatusTeapot
		}
		if status == http.StatusCreated {
			n.made = append(n.made, object.Metadata.Name)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"message":"so it is"}`))
	}))
	t.Cleanup(n.Close)
	return n
}

const (
	localFile = "config: {eso-aws:target: local, eso-aws:region: us-east-1, eso-aws:namespace: zio}\n"
	eksFile   = "config: {eso-aws:target: eks, eso-aws:cluster: prod, aws:region: eu-west-1, eso-aws:namespace: zio}\n"
)

// prepared returns a command for a stack of the file, and the session of a sandbox that it runs in.
func prepared(t *testing.T, stack, file string, api *namespaces, e emulator) (*command, *session) {
	t.Helper()
	dir := checkout(t)
	write(t, file, dir, "Pulumi."+stack+".yaml")
	s := &session{Access: e.access(), Kubernetes: api.URL, CA: authority(api.Server)}
	pretend(t, dir, s)
	return &command{checkout: dir, dir: filepath.Join(dir, ".sandbox"), stack: stack}, s
}

func TestPrepare(t *testing.T) { //nolint:paralleltest // it replaces standard output
	stored := "Stored zio-lucene/datadog-api-key in the sandbox's Secrets Manager.\n"
	for name, test := range map[string]struct { //nolint:paralleltest // likewise
		stack, file, region string
		status              int
		want                string
		made                []string
	}{
		"Local": {"local", localFile, "us-east-1", http.StatusCreated, stored, nil},
		"EKS": {
			"dev", eksFile, "eu-west-1", http.StatusCreated,
			stored + "Created the namespace zio, which the stack expects to exist.\n",
			[]string{"zio"},
		},
		"NamespaceIsThere":  {"dev", eksFile, "eu-west-1", http.StatusConflict, stored, nil},
		"NoNamespacesName":  {"dev", eksFile, "eu-west-1", http.StatusUnprocessableEntity, stored, nil},
		"StackWithoutSeeds": {"mine", localFile, "", http.StatusCreated, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			api, e := newNamespaces(t, test.status), newEmulator(t, aws.Options{})
			c, s := prepared(t, test.stack, test.file, api, e)
			s.Clusters = []sandbox.Cluster{{Name: "prod", Region: "eu-west-1"}}
			if err := s.write(c.dir); err != nil {
				t.Fatal(err)
			}
			if got := printed(t, func() error { _, err := c.prepare(t.Context(), s); return err }); got != test.want {
				t.Errorf("it prints %q, want %q", got, test.want)
			}
			if diff := cmp.Diff(test.made, api.made); diff != "" {
				t.Errorf("the namespaces (-want +got):\n%s", diff)
			}
			if e.region = test.region; e.region != "" && e.value(t, "zio-lucene/datadog-api-key") != "dummy" {
				t.Error("the secret is not the example's")
			}
		})
	}
}

func TestPrepareFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, want string
		status     int
	}{
		"Namespace": {
			strings.Replace(eksFile, "eso-aws:cluster: prod, ", "", 1),
			`creating the namespace "zio": POST /api/v1/namespaces: status 403: so it is`, http.StatusForbidden,
		},
		"BrokenFile": {"config: [", "reading ", http.StatusCreated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, s := prepared(t, "mine", test.file, newNamespaces(t, test.status), newEmulator(t, aws.Options{}))
			if _, err := c.prepare(t.Context(), s); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// A stack file of a moment ago is waited for until serve has seen it.
func TestPrepareAwaitsTheCluster(t *testing.T) {
	t.Parallel()
	c, s := prepared(t, "mine", eksFile, newNamespaces(t, http.StatusConflict), newEmulator(t, aws.Options{}))
	done := make(chan error, 1)
	go func() {
		_, err := c.prepare(t.Context(), s)
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("EKS has no such cluster, and it went on (%v)", err)
	case <-time.After(200 * time.Millisecond):
	}
	seen := &session{Clusters: []sandbox.Cluster{{Name: "prod", Region: "us-east-1"}, {Name: "prod", Region: "eu-west-1"}}}
	if err := seen.write(c.dir); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// What up seeds it leaves alone from then on.
func TestSeed(t *testing.T) { //nolint:paralleltest // it replaces standard output
	e := newEmulator(t, aws.Options{})
	s := &session{Access: e.access()}
	for stack, seed := range map[string][2]string{
		"local":    {"zio-lucene/datadog-api-key", "dummy"},
		"training": {"training/db-credentials", `{"username":"admin","password":"changeme"}`},
	} {
		c := &command{stack: stack}
		seeds := func() string { return printed(t, func() error { return c.seed(t.Context(), s, e.region) }) }
		for _, want := range []string{"Stored " + seed[0] + " in the sandbox's Secrets Manager.\n", ""} {
			if got := seeds(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		if got := e.value(t, seed[0]); got != seed[1] {
			t.Errorf("the secret is %q", got)
		}
		if err := s.secretsManager(e.region).put(t.Context(), seed[0], "rotated"); err != nil {
			t.Fatal(err)
		}
		if got := seeds(); got != "" {
			t.Errorf("got %q, want silence", got)
		}
		if got := e.value(t, seed[0]); got != "rotated" {
			t.Errorf("the secret is %q", got)
		}
	}
}

// A cluster runs one operator, and so a sandbox one stack.
func TestOneStackAtATime(t *testing.T) {
	t.Parallel()
	state := func(resources string) string { return `{"checkpoint":{"latest":{"resources":[` + resources + `]}}}` }
	const (
		root     = `{"type":"pulumi:pulumi:Stack"},{"type":"pulumi:providers:kubernetes","custom":true}`
		resource = `,{"type":"kubernetes:core/v1:Namespace","custom":true}`
	)
	refused := `stack "local" is already deployed in this sandbox, and a cluster can run only one operator; ` +
		"start again with:\n  make down\n  make up STACK=dev"
	for name, test := range map[string]struct {
		stack, state string
		stopped      bool
		want         string
	}{
		"Another":    {"dev", state(root + resource), false, refused},
		"TheSame":    {"local", state(root + resource), false, ""},
		"Refused":    {"dev", state(root), false, ""}, // the program, before it made anything
		"Destroyed":  {"dev", `{"checkpoint":{"latest":{}}}`, false, ""},
		"Initial":    {"dev", `{"checkpoint":{}}`, false, ""},
		"NotRunning": {"dev", state(root + resource), true, ""},
		"Broken":     {"dev", `{`, false, "reading Pulumi's state "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := checkout(t)
			if !test.stopped {
				pretend(t, dir, &session{})
			}
			c := &command{checkout: dir, dir: filepath.Join(dir, ".sandbox"), stack: test.stack}
			write(t, test.state, c.dir, "pulumi/state/.pulumi/stacks/eso-aws/local.json")
			err := c.checkOnly()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("BeforeAnything", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		write(t, eksFile, dir, "Pulumi.dev.yaml")
		pretend(t, dir, &session{})
		write(t, state(root+resource), dir, ".sandbox/pulumi/state/.pulumi/stacks/eso-aws/local.json")
		if got := call(t, dir, "", "up", "--stack", "dev"); got != failure(refused) {
			t.Errorf("got %+v, want %+v", got, failure(refused))
		}
	})
}

func TestNext(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]string{
		"local": `
Next:
  eval "$(make env)"                           sets up pulumi, kubectl and aws in this shell
  kubectl get externalsecrets,secrets -n zio-lucene
  pulumi preview --stack local                 previews your edits of Pulumi.local.yaml; make up deploys them
  make secret NAME=zio-lucene/other            stores or rotates a secret; asks for its value
  make status                                  shows this table again
  make down                                    stops everything
`,
		"dev": `
Next:
  eval "$(make env)"                           sets up pulumi, kubectl and aws in this shell
  kubectl get externalsecrets,secrets -n zio-lucene
  pulumi preview --stack dev                   previews your edits of Pulumi.dev.yaml; make up STACK=dev deploys them
  make secret NAME=zio-lucene/other            stores or rotates a secret; asks for its value
  make status                                  shows this table again
  make down                                    stops everything
`,
	} {
		c := &command{stack: stack}
		if diff := cmp.Diff(want, c.next(sandbox.Stack{"eso-aws:namespace": "zio-lucene"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}
