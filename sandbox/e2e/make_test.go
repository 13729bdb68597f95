package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"eso-aws/sandbox/internal/process"
)

// user is a user in the checkout, with a sandbox of their own.
type user struct{ dir string }

func newUser(t *testing.T) user {
	t.Helper()
	u := user{dir: filepath.Join(t.TempDir(), "sandbox")}
	t.Cleanup(func() {
		if out, err := u.command(context.WithoutCancel(t.Context()), "make", "down").CombinedOutput(); err != nil {
			t.Errorf("make down: %v\n%s", err, out)
		}
		u.nothingRuns(t)
	})
	return u
}

func (u user) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = env.checkout
	cmd.Env = append(os.Environ(), "SANDBOX_DIR="+u.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell gives each command
	return cmd
}

// types runs a command line and returns its output.
func (u user) types(t *testing.T, line string) string {
	t.Helper()
	out, err := u.command(t.Context(), "sh", "-c", line).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func (u user) nothingRuns(t *testing.T) {
	t.Helper()
	nothingRuns(t, u.dir)
}

// nothingRuns fails the test if a process with that folder in its command line keeps running.
func nothingRuns(t *testing.T, dir string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	eventually(t, func() error {
		out, err := exec.CommandContext(ctx, "ps", "-A", "-ww", "-o", "pid=,args=").Output()
		must(t, err)
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, dir) {
				return fmt.Errorf("left running: %s", line)
			}
		}
		return nil
	})
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

// TestMake is a newcomer's first hour.
func TestMake(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	before := u.types(t, "git status --porcelain")
	contains(t, u.types(t, "make status 2>&1 || true"), "no sandbox is running here; run make up")

	out := u.types(t, "make up")
	contains(t, out, "eso-aws:endpoint: http://127.0.0.1:", "synced ", "make down")
	if strings.Contains(out, "dummy") {
		t.Error("make up shows the secret's value")
	}
	if after := u.types(t, "git status --porcelain"); after != before {
		t.Errorf("make up changed the checkout from\n%s\nto\n%s", before, after)
	}

	const byHand = `eval "$(make env)" && `
	contains(t, u.types(t, byHand+"kubectl get externalsecret datadog-api-key -n zio-lucene"), "SecretSynced")
	contains(t, u.types(t, byHand+"kubectl logs -n external-secrets deployment/external-secrets"), "reconciled secret")
	u.types(t, byHand+"pulumi preview --stack local --expect-no-changes")
	u.types(t, byHand+"pulumi refresh --stack local --yes --expect-no-changes")

	contains(t, u.types(t, "echo typed | make secret NAME=zio-lucene/other"), "Stored zio-lucene/other")
	contains(t, u.types(t, `make secret NAME=zio-lucene/datadog-api-key VALUE='a $$HOME "b"'`), "Rotated")
	u.types(t, byHand+"kubectl annotate externalsecret datadog-api-key -n zio-lucene force-sync=now")
	eventually(t, func() error {
		value := u.types(t, byHand+"kubectl get secret datadog-api-key -n zio-lucene -o go-template='{{index .data \"api-key\" | base64decode}}'")
		if want := `a $$HOME "b"`; value != want {
			return fmt.Errorf("the Secret holds %q, want %q", value, want)
		}
		return nil
	})

	t.Run("ACrashIsReported", func(t *testing.T) { u.crash(t, "kube-apiserver") })
	contains(t, u.types(t, "make up"), "note: the sandbox stopped unexpectedly: kube-apiserver", "synced ")

	t.Run("AKilledUpIsMended", u.killUp)
	contains(t, u.types(t, "make up STACK=nope 2>&1 || true"), "Pulumi.nope.yaml does not exist")

	endpoint := strings.TrimSpace(u.types(t, byHand+`echo "$AWS_ENDPOINT_URL"`))
	u.types(t, "make down")
	u.nothingRuns(t)
	address, err := url.Parse(endpoint)
	must(t, err)
	if connection, err := net.Dial("tcp", address.Host); err == nil {
		_ = connection.Close()
		t.Errorf("%s is still served", endpoint)
	}
}

// killUp kills a make up and its pulumi in the middle.
func (u user) killUp(t *testing.T) {
	u.types(t, `eval "$(make env)" && pulumi destroy --stack local --yes --skip-preview`)
	cmd := u.command(t.Context(), "make", "up")
	must(t, cmd.Start())
	locks := filepath.Join(u.dir, "pulumi", "state", ".pulumi", "locks", "*", "*", "local", "*.json")
	eventually(t, func() error {
		if found, err := filepath.Glob(locks); err != nil || len(found) == 0 {
			return fmt.Errorf("pulumi up has not begun: %w", errors.Join(err, fs.ErrNotExist))
		}
		return nil
	})
	must(t, process.KillBelow(t.Context(), filepath.Join(u.dir, "bin")))
	must(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
	_ = cmd.Wait()
	contains(t, u.types(t, "make up"), "released the lock of a pulumi", "synced ")
}

// crash kills a part and requires that the sandbox reports it.
func (u user) crash(t *testing.T, part string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "pgrep", "-f", part+".*"+u.dir).Output()
	must(t, err)
	u.types(t, "kill -KILL "+strings.Fields(string(out))[0])
	eventually(t, func() error {
		out, _ := u.command(t.Context(), "make", "status").CombinedOutput()
		for _, part := range []string{
			part + " exited unexpectedly with signal: killed", "logs/" + part + ".log:", "start it again with: make up",
		} {
			if !bytes.Contains(out, []byte(part)) {
				return fmt.Errorf("make status does not say %q:\n%s", part, out)
			}
		}
		return nil
	})
	u.nothingRuns(t)
}

// TestInterruptedMakeUp presses Ctrl-C during the start of the sandbox, during the deployment, and in between.
func TestInterruptedMakeUp(t *testing.T) {
	t.Parallel()
	for _, moment := range []string{"Starting the sandbox", "kube-apiserver", "Deploying", "Release external-secrets creating"} {
		t.Run(strings.Fields(moment)[0], func(t *testing.T) {
			u := newUser(t)
			out := interrupt(t, u.command(t.Context(), "make", "up"), moment, syscall.SIGINT)
			u.nothingRuns(t)
			contains(t, out, "interrupted: stopping the sandbox")
		})
	}
}
