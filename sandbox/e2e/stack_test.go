package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"eso-aws/sandbox"
	"eso-aws/sandbox/internal/process"
)

// config is the config section of a stack file.
type config map[string]any

// stack is a test's Pulumi stack: a copy of the committed project and stack file, which the test may edit. It is
// the CLI's selected stack.
type stack struct {
	name    string
	project sandbox.Project
	environ []string     // beside the project's
	output  bytes.Buffer // of every command, for what must never be in it
}

// newStack creates a stack from the committed Pulumi.local.yaml; edit may be nil.
func newStack(t testing.TB, edit func(config)) *stack {
	t.Helper()
	return newStackNamed(t, "local", edit)
}

// newStackNamed creates a stack from the committed stack file of that name; edit may be nil.
func newStackNamed(t testing.TB, name string, edit func(config)) *stack {
	t.Helper()
	checkout := t.TempDir()
	for _, name := range []string{"Pulumi.yaml", "Pulumi." + name + ".yaml"} {
		data, err := os.ReadFile(filepath.Join(env.checkout, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(checkout, name), data, 0o600))
	}
	s := &stack{name: name, project: sandbox.Project{
		Dir: t.TempDir(), Checkout: checkout, Program: env.program,
		Overlay: own(t).Overlay(), AWS: own(t).Access(),
	}}
	must(t, s.project.Install(env.binaries))
	s.edit(t, func(c config) { c["eso-aws:timeout"] = "60s" }) // a test that hangs should not do so for 5 minutes
	if edit != nil {
		s.edit(t, edit)
	}
	s.must(t, "stack", "init", name)
	t.Cleanup(func() { // of a CLI that was killed
		must(t, process.KillBelow(context.WithoutCancel(t.Context()), s.project.Dir))
	})
	t.Cleanup(func() {
		if !t.Failed() {
			s.destroy(t)
			return
		}
		t.Logf("what pulumi printed:\n%s", s.output.String())
		_, _ = s.pulumi(context.WithoutCancel(t.Context()), "destroy", "--yes", "--skip-preview", "--run-program")
	})
	return s
}

// edit changes the stack file, as a user would in an editor.
func (s *stack) edit(t testing.TB, change func(config)) {
	t.Helper()
	path := filepath.Join(s.project.Checkout, "Pulumi."+s.name+".yaml")
	data, err := os.ReadFile(path)
	must(t, err)
	var file struct {
		Config config `yaml:"config"`
	}
	must(t, yaml.Unmarshal(data, &file))
	change(file.Config)
	data, err = yaml.Marshal(file)
	must(t, err)
	must(t, os.WriteFile(path, data, 0o600))
	must(t, s.project.Write())
}

// pulumi runs the CLI and returns what it printed.
func (s *stack) pulumi(ctx context.Context, args ...string) (string, error) {
	cmd := s.command(ctx, args...)
	out, err := cmd.CombinedOutput()
	s.output.WriteString("$ pulumi " + strings.Join(args, " ") + "\n" + string(out))
	return string(out), err
}

func (s *stack) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.project.Pulumi(), append(args, "--non-interactive")...)
	cmd.Env = append(s.project.Environ("passphrase"), s.environ...)
	// Not the terminal's process group: an interrupt is for one command.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// must runs the CLI, which must succeed.
func (s *stack) must(t testing.TB, args ...string) string {
	t.Helper()
	out, err := s.pulumi(t.Context(), args...)
	if err != nil {
		t.Fatalf("pulumi %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// mustFail runs the CLI, which must fail with all these texts in its output.
func (s *stack) mustFail(t testing.TB, want []string, args ...string) {
	t.Helper()
	out, err := s.pulumi(t.Context(), args...)
	if err == nil {
		t.Fatalf("pulumi %s succeeded\n%s", strings.Join(args, " "), out)
	}
	text := strings.Join(strings.Fields(out), " ")
	for _, part := range want {
		if !strings.Contains(text, part) {
			t.Errorf("pulumi %s does not say %q:\n%s", strings.Join(args, " "), part, out)
		}
	}
}

func (s *stack) up(t testing.TB) {
	t.Helper()
	s.must(t, up()...)
}

func up(more ...string) []string {
	return append([]string{"up", "--yes", "--skip-preview"}, more...)
}

func (s *stack) destroy(t testing.TB) {
	t.Helper()
	out, err := s.pulumi(context.WithoutCancel(t.Context()), "destroy", "--yes", "--skip-preview")
	if err != nil {
		t.Fatalf("pulumi destroy: %v\n%s", err, out)
	}
}

// noChanges fails the test if up, refresh or preview would change anything.
func (s *stack) noChanges(t *testing.T) {
	t.Helper()
	s.must(t, up("--expect-no-changes")...)
	s.must(t, "refresh", "--yes", "--skip-preview", "--expect-no-changes")
	s.must(t, "preview", "--expect-no-changes")
}

// outputs returns the stack's exports.
func (s *stack) outputs(t testing.TB) map[string]any {
	t.Helper()
	var outputs map[string]any
	must(t, json.Unmarshal([]byte(s.must(t, "stack", "output", "--json")), &outputs))
	return outputs
}

// secretsOf returns the config's map of secrets, to edit.
func secretsOf(c config) map[string]any { return c["eso-aws:secrets"].(config) }

// secret returns an entry of the config's secrets with one key.
func secret(key, remote string) map[string]any {
	return map[string]any{"data": map[string]any{key: remote}}
}

// resource is one resource of the stack's state.
type resource struct {
	URN, Type string
	Inputs    map[string]any
}

// resources returns those in the exported state.
func (s *stack) resources(t testing.TB) []resource {
	t.Helper()
	var export struct {
		Deployment struct{ Resources []resource }
	}
	must(t, json.Unmarshal([]byte(s.must(t, "stack", "export")), &export))
	return export.Deployment.Resources
}

// step is a part of a test that the next parts start from.
func step(t *testing.T, name string, run func(*testing.T)) {
	t.Helper()
	if !t.Run(name, run) {
		t.FailNow()
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience is how long a test waits for something that must happen. It is generous because the machine may
// be busy, and a test that passes never waits that long.
const patience = 3 * time.Minute

// eventually calls check every 100 ms until it returns nil, and fails the test when patience runs out.
func eventually(t testing.TB, check func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: %v", patience, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// settle waits until Kubernetes has created the objects of its own that a new cluster gets, such as service
// accounts: tests compare the objects before and after.
func settle(t testing.TB) {
	t.Helper()
	before := everything(t)
	eventually(t, func() error {
		time.Sleep(time.Second)
		now := everything(t)
		err := changed(before, now)
		before = now
		return err
	})
}

// sameObjects fails the test if the cluster's objects have changed.
func sameObjects(t *testing.T, before []string) {
	t.Helper()
	if err := changed(before, everything(t)); err != nil {
		t.Error(err)
	}
}

// changed returns the differences of two lists as an error.
func changed(before, after []string) error {
	var differences []error
	for _, object := range after {
		if !slices.Contains(before, object) {
			differences = append(differences, fmt.Errorf("there is something new: %s", object))
		}
	}
	for _, object := range before {
		if !slices.Contains(after, object) {
			differences = append(differences, fmt.Errorf("there is no longer: %s", object))
		}
	}
	return errors.Join(differences...)
}

// everything lists the cluster's objects as "kind/name in namespace", except those that Kubernetes creates and
// deletes at any time.
func everything(t testing.TB) []string {
	t.Helper()
	kinds := strings.Fields(kubectl(t, "api-resources", "--verbs=list", "--output=name"))
	kinds = slices.DeleteFunc(kinds, func(kind string) bool {
		return strings.HasPrefix(kind, "events") || strings.HasPrefix(kind, "leases.") ||
			strings.HasPrefix(kind, "customresourcedefinitions.") || strings.HasPrefix(kind, "apiservices.") // kept, on purpose
	})
	out := kubectl(t, "get", strings.Join(kinds, ","), "--all-namespaces", "--ignore-not-found",
		"--output=jsonpath={range .items[*]}{.kind}/{.metadata.name} in {.metadata.namespace}{\"\\n\"}{end}")
	objects := strings.Split(strings.TrimSpace(out), "\n")
	slices.Sort(objects)
	return objects
}

// kubectl runs kubectl as the cluster's administrator and returns its output.
func kubectl(t testing.TB, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), env.binaries.Kubernetes, append([]string{"kubectl"}, args...)...)
	cmd.Env = []string{"KUBECONFIG=" + own(t).Kubeconfig(), "HOME=" + t.TempDir()}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}
