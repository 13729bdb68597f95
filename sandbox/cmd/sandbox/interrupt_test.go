package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eso-aws/sandbox/internal/process"
)

// slowBuild creates a checkout whose build compiles for minutes. The environment is that of the command;
// once it compiles, the file pids holds the ids of the go command and of a compiler.
func slowBuild(t *testing.T) (dir string, environment []string, pids string) {
	t.Helper()
	dir = checkout(t)
	if err := os.CopyFS(filepath.Join(dir, "sandbox"), os.DirFS("../../build/testdata/source")); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	for _, config := range []string{".config", "Library/Application Support"} { // of Linux and of macOS
		write(t, "off", home, config, "go", "telemetry", "mode")
	}
	tools := t.TempDir()
	pids = filepath.Join(tools, "pids")
	tool := filepath.Join(tools, "tool")
	write(t, `#!/bin/sh
case "$*" in
*-V=full*) exec "$@" ;;
esac
echo $PPID $$ >`+pids+`.new && mv `+pids+`.new `+pids+`
exec sleep 300
`, tool)
	if err := os.Chmod(tool, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir, append(os.Environ(), "SANDBOX_TEST_COMMAND=1", "SANDBOX_DIR=", "HOME="+home, "GOFLAGS=-toolexec="+tool,
		"GOCACHE="+filepath.Join(home, "go-build"), "XDG_CACHE_HOME="+filepath.Join(home, "cache")), pids
}

// A terminal's Ctrl-C goes to the whole process group; other programs send a signal to one process.
func TestInterruptedBuild(t *testing.T) {
	t.Parallel()
	build := failure("interrupted; the next build continues where this one stopped")
	up := result{1, "\ninterrupted: stopping the sandbox\n", ""}
	preview := result{1, "", "\ninterrupted: stopped the preview\n"}
	for name, test := range map[string]struct {
		command string
		group   bool
		want    result // after the progress
	}{
		"BuildAlone":     {"build", false, build},
		"BuildInGroup":   {"build", true, build},
		"UpAlone":        {"up", false, up},
		"UpInGroup":      {"up", true, up},
		"PreviewAlone":   {"preview", false, preview},
		"PreviewInGroup": {"preview", true, preview},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, environment, pids := slowBuild(t)
			write(t, "", dir, "Pulumi.local.yaml")
			cmd := exec.CommandContext(t.Context(), os.Args[0], test.command)
			cmd.Dir, cmd.Env = dir, environment
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			compilers := waitFor(t, pids)
			interrupted, receiver := time.Now(), cmd.Process.Pid
			if test.group {
				receiver = -receiver
			}
			if err := syscall.Kill(receiver, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // the status is looked at below
			if took := time.Since(interrupted); took > time.Minute {
				t.Errorf("it took %s to end", took)
			}
			if got := (result{cmd.ProcessState.ExitCode(), afterProgress(&out), afterProgress(&errs)}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			nothingLeft(t, compilers)
		})
	}
}

// afterProgress returns what follows the line that a build's first step is told with.
func afterProgress(out fmt.Stringer) string {
	text := out.String()
	if _, after, found := strings.Cut(text, "about 7 min\n"); found {
		return after
	}
	return text
}

// waitFor waits until a file is there, and returns what it holds.
func waitFor(t *testing.T, path string) string {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if data, err := os.ReadFile(path); err == nil {
			return string(data)
		}
	}
	t.Fatalf("%s has not come", path)
	return ""
}

// nothingLeft fails the test where one of these processes runs, and ends it.
func nothingLeft(t *testing.T, pids string) {
	t.Helper()
	for id := range strings.FieldsSeq(pids) {
		pid, err := strconv.Atoi(id)
		if err != nil {
			t.Fatal(err)
		}
		if process.Alive(t.Context(), pid) {
			t.Errorf("process %d is left running", pid)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
