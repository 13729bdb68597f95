package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox"
)

// TestMain has the test binary be the command itself for tests that run it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("SANDBOX_TEST_COMMAND") != "" {
		main()
		return
	}
	for _, name := range sandbox.Foreign(os.Environ()) { // the machine's
		_ = os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

// checkout creates a folder that passes for the project's.
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
	want := failure("the command must be one of build, down, env, preview, secret, status, up")
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
		want := failure(`"` + dir + `" has no Pulumi.yaml; run make in the project's root`)
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
		"Defaults": {"", nil, command{dir: dir + "/.sandbox", stack: "local"}},
		"All": {
			"/box",
			[]string{"--stack=dev", "--fetch", "--endpoint", "http://e", "--region", "eu-west-1", "name", "--value"},
			command{
				dir: "/box", stack: "dev", fetch: true, endpoint: "http://e", region: "eu-west-1", args: []string{"name", "--value"},
			},
		},
		"RelativeFolder": {"box", nil, command{dir: dir + "/box", stack: "local"}},
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
