package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"eso-aws/sandbox"
	"github.com/google/go-cmp/cmp"
)

// TestMain has the test binary be the command itself for tests that run it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("SANDBOX_TEST_COMMAND") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// checkout makes a folder that passes for the project's.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, "name: eso-aws\n", dir, "Pulumi.yaml")
	return dir
}

func write(t *testing.T, content string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// result is what a run of the command gave.
type result struct {
	Code     int
	Out, Err string
}

// call runs the command in a checkout, with the sandbox's folder below it.
func call(t *testing.T, dir, stdin string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_COMMAND=1", "SANDBOX_DIR=", "PATH="+os.Getenv("PATH"))
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// occupy holds a sandbox's lock, as a running one does.
func occupy(t *testing.T, dir string) {
	t.Helper()
	write(t, "", dir, ".sandbox", "lock")
	file, err := os.Open(filepath.Join(dir, ".sandbox", "lock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Fatal(err)
	}
}

// pretend makes it look as if a sandbox runs in the checkout.
func pretend(t *testing.T, dir string, s *session) {
	t.Helper()
	occupy(t, dir)
	if err := s.write(filepath.Join(dir, ".sandbox")); err != nil {
		t.Fatal(err)
	}
}

func failure(text string) result { return result{Code: 1, Err: "\nsandbox: " + text + "\n"} }

func TestUsage(t *testing.T) {
	t.Parallel()
	want := failure("want one of the commands build, down, env, secret, status, up")
	for name, args := range map[string][]string{"NoCommand": nil, "Unknown": {"start"}, "FlagFirst": {"--stack", "up"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := call(t, checkout(t), "", args...); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	t.Run("UnknownFlag", func(t *testing.T) {
		t.Parallel()
		got := call(t, checkout(t), "", "up", "--stak", "local")
		if got.Code != 1 || !strings.HasSuffix(got.Err, "\nsandbox: flag provided but not defined: -stak\n") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("NoCheckout", func(t *testing.T) {
		t.Parallel()
		dir, err := filepath.EvalSymlinks(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		want := failure(`"` + dir + `" holds no Pulumi.yaml: call make from the project's root`)
		if got := call(t, dir, "", "status"); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestParse(t *testing.T) {
	dir, err := filepath.EvalSymlinks(checkout(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	tests := map[string]struct {
		folder string
		args   []string
		want   command
	}{
		"Defaults": {"", nil, command{dir: dir + "/.sandbox", stack: "local", region: "us-east-1"}},
		"All": {
			"/box", []string{"--stack=dev", "--fetch", "--endpoint", "http://e", "--region", "eu-west-1", "name", "--value"},
			command{
				dir: "/box", stack: "dev", fetch: true, endpoint: "http://e", region: "eu-west-1", args: []string{"name", "--value"},
			},
		},
		"RelativeFolder": {"box", nil, command{dir: dir + "/box", stack: "local", region: "us-east-1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SANDBOX_DIR", test.folder)
			test.want.checkout = dir
			got, err := parse("up", test.args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, *got, cmp.AllowUnexported(command{})); diff != "" {
				t.Errorf("the command (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhenNothingRuns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"status", "env", "secret"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, checkout(t), "value\n", name, "zio-lucene/other")
			if want := failure("no sandbox is running here; start one with: make up"); got != want {
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
		want := failure("the sandbox has stopped by itself: etcd ended by itself\n  disk full\n\nstart it again with: make up")
		if got := call(t, dir, "", "status"); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("JustStarting", func(t *testing.T) {
		t.Parallel()
		dir := checkout(t)
		occupy(t, dir)
		want := failure("the sandbox is just starting or stopping; try again in a moment")
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
