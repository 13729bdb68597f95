package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox"
)

func TestWhenNothingRuns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"status", "env", "secret"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, checkout(t), "value\n", name, "zio-lucene/other")
			if want := failure("no sandbox is running here; run make up"); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	t.Run("down", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		for range 2 {
			if got := call(t, dir, "", "down"); got != (result{}) {
				t.Errorf("got %+v, want silence", got)
			}
		}
	})
}

func TestRunning(t *testing.T) {
	t.Parallel()
	t.Run("Stopped", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		write(t, "etcd ended by itself\n  disk full\n", dir, ".sandbox", "failure")
		write(t, "{}", dir, ".sandbox", "session.json")
		want := failure("the sandbox stopped unexpectedly: etcd ended by itself\n  disk full\n\nstart it again with: make up")
		if got := call(t, dir, "", "status"); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("JustStarting", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		occupy(t, dir)
		want := failure("the sandbox is still starting or stopping; try again in a moment")
		if got := call(t, dir, "", "status"); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("BrokenSession", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		occupy(t, dir)
		write(t, "{", dir, ".sandbox", "session.json")
		want := failure("reading the sandbox's session: unexpected end of JSON input")
		if got := call(t, dir, "", "status"); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("Running", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		want := session{
			PID: 7, Token: "t", CA: []byte("ca"), Passphrase: "p", Overlay: sandbox.Overlay{"eso-aws:chart": "c"},
		}
		pretend(t, dir, &want)
		c := &command{dir: filepath.Join(dir, ".sandbox")}
		got, err := c.running()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("the session (-want +got):\n%s", diff)
		}
		if info, err := os.Stat(c.path("session.json")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the session, which holds tokens, has mode %s (%v)", info.Mode(), err)
		}
	})
}

// What down removes is all but the logs, and it ends what a killed sandbox left running.
func TestDownClears(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	for _, path := range []string{
		"bin/pulumi", "etcd/member/x", "failure", "home/x", "kubeconfig", "node/x", "pid", "pki/ca.crt", "processes",
		"project/Pulumi.yaml", "sources/Pulumi.yaml", "pulumi/state/x", "session.json", "logs/etcd.log", "sandbox.log", "sandbox",
	} {
		write(t, "", dir, ".sandbox", path)
	}
	left := exec.CommandContext(t.Context(), "/bin/sleep", "60")
	left.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := left.Start(); err != nil {
		t.Fatal(err)
	}
	write(t, fmt.Sprintln(left.Process.Pid, "/bin/sleep"), dir, ".sandbox", "processes")
	ended := make(chan error, 1)
	go func() { ended <- left.Wait() }()
	if got := call(t, dir, "", "down"); got != (result{}) {
		t.Errorf("got %+v, want silence", got)
	}
	if err := <-ended; err == nil || err.Error() != "signal: terminated" {
		t.Errorf("what was left running ended with %v", err)
	}
	var names []string
	for _, pattern := range []string{"*", "*/*"} {
		found, _ := filepath.Glob(filepath.Join(dir, ".sandbox", pattern))
		for _, path := range found {
			names = append(names, strings.TrimPrefix(path, filepath.Join(dir, ".sandbox")+"/"))
		}
	}
	if got := strings.Join(names, " "); got != "logs sandbox sandbox.log logs/etcd.log" {
		t.Errorf("what stays is %s", got)
	}
}

// down asks the process that holds the lock to end.
func TestDownStopsWhatRuns(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	box := filepath.Join(dir, ".sandbox")
	write(t, "", box, "lock")
	holder := exec.CommandContext(t.Context(), "sleep", "60")
	lock, err := os.Open(filepath.Join(box, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	holder.ExtraFiles = []*os.File{lock} // it holds the lock from here on
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	_ = lock.Close()
	write(t, fmt.Sprintln(holder.Process.Pid), box, "pid")
	ended := make(chan error, 1)
	go func() { ended <- holder.Wait() }()
	if got := call(t, dir, "", "down"); got != (result{}) {
		t.Errorf("got %+v, want silence", got)
	}
	if err := <-ended; err == nil || err.Error() != "signal: terminated" {
		t.Errorf("the sandbox ended with %v", err)
	}
	if found, _ := filepath.Glob(filepath.Join(box, "*")); len(found) != 0 {
		t.Errorf("there is left %q", found)
	}
}
