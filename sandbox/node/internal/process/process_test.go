package process_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/node/internal/process"
)

// TestMain lets the test binary be the program that the tests run.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "helper" {
		os.Exit(helper(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func helper(args []string) int {
	switch args[0] {
	case "env":
		env := os.Environ()
		slices.Sort(env)
		fmt.Fprint(os.Stdout, strings.Join(env, "\n"))
	case "exit":
		code, _ := strconv.Atoi(args[1])
		return code
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Fprint(os.Stdout, "ready")
		time.Sleep(time.Hour)
	case "parent":
		// The child writes its number to the file and outlives the parent, if it may.
		self, _ := os.Executable()
		if err := exec.Command(self, "helper", "child", args[1]).Start(); err != nil {
			return 1
		}
		for {
			if _, err := os.Stat(args[1]); err == nil {
				return 0
			}
			time.Sleep(time.Millisecond)
		}
	case "child":
		_ = os.WriteFile(args[1]+".new", []byte(strconv.Itoa(os.Getpid())), 0o600)
		_ = os.Rename(args[1]+".new", args[1])
		time.Sleep(time.Hour)
	}
	return 0
}

func start(t *testing.T, out *bytes.Buffer, env []string, args ...string) *process.Process {
	t.Helper()
	p, err := process.Start(process.Spec{
		Path: os.Args[0], Argv: append([]string{"program", "helper"}, args...), Env: env, Dir: t.TempDir(), Output: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		<-p.Done()
	})
	return p
}

func TestEnvironmentIsWhatIsGiven(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{
		"Nothing": nil,
		"Two":     {"A=1", "B=x=y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p := start(t, &out, env, "env")
			<-p.Done()
			if got, want := out.String(), strings.Join(env, "\n"); got != want {
				t.Errorf("the environment is %q, want %q", got, want)
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		end  func(*process.Process)
		want int32
	}{
		"Success":    {[]string{"exit", "0"}, nil, 0},
		"Failure":    {[]string{"exit", "3"}, nil, 3},
		"Terminated": {[]string{"child", filepath.Join(t.TempDir(), "pid")}, (*process.Process).Terminate, 128 + 15},
		"Killed":     {[]string{"stubborn"}, (*process.Process).Kill, 128 + 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, &bytes.Buffer{}, nil, test.args...)
			if test.end != nil {
				test.end(p)
			}
			<-p.Done()
			if diff := cmp.Diff(test.want, p.ExitCode()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChildrenEndWithTheirLeader(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	p := start(t, &bytes.Buffer{}, nil, "parent", file)
	<-p.Done()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(string(content))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); alive(child); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the child %d is alive a minute after its leader ended", child)
		}
	}
}

// alive takes a zombie for dead: whoever adopts orphans may be slow to reap them.
func alive(pid int) bool {
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		_, state, _ := strings.Cut(string(stat), ") ")
		return !strings.HasPrefix(state, "Z")
	}
	return syscall.Kill(pid, 0) == nil
}

func TestStartNamesTheProgram(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing")
	_, err := process.Start(process.Spec{Path: path, Argv: []string{"x"}})
	want := fmt.Sprintf("starting %q: fork/exec %s: no such file or directory", path, path)
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}
