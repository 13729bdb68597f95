package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/internal/process"
)

// start runs the test binary as one of [parts], with a log of its own.
func start(t *testing.T, part string, env ...string) (p *process.Process, log string) {
	t.Helper()
	log = filepath.Join(t.TempDir(), "logs", part+".log")
	p, err := process.Start(process.Spec{Name: part, Path: os.Args[0], Args: []string{part}, Env: env, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(0) })
	return p, log
}

// waitFor waits until a log holds the pattern, and returns the first group of it.
func waitFor(t *testing.T, p *process.Process, log, pattern string) string {
	t.Helper()
	find := regexp.MustCompile(pattern + `()`)
	var found []string
	err := p.WaitReady(t.Context(), 20*time.Second, func(context.Context) error {
		data, err := os.ReadFile(log)
		if found = find.FindStringSubmatch(string(data)); err == nil && found == nil {
			return errors.New("not printed yet")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found[1]
}

func TestEnvironmentIsExactlyTheGiven(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{"Some": {"A=1", "B=two words"}, "None": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, log := start(t, "environment", env...)
			<-p.Done()
			data, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Join(env, "\n")+"\n", string(data)); diff != "" {
				t.Errorf("the part's environment (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEarlyExitTellsStatusAndLastLines(t *testing.T) {
	t.Parallel()
	var last []string
	for line := 9; line < 20; line++ {
		last = append(last, fmt.Sprint("line ", line))
	}
	tests := map[string]process.ExitError{
		"fail":  {Name: "fail", Status: "exit status 3", Tail: strings.Join(append(last, "no such door"), "\n")},
		"quiet": {Name: "quiet", Status: "exit status 0"},
	}
	for part, want := range tests {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			p, log := start(t, part)
			never := func(context.Context) error { return errors.New("not yet") }
			err := p.WaitReady(t.Context(), 20*time.Second, never)
			got, ok := errors.AsType[*process.ExitError](err)
			if !ok {
				t.Fatalf("got error %v, want an ExitError", err)
			}
			want.Log, want.Elapsed = log, got.Elapsed
			if diff := cmp.Diff(want, *got); diff != "" {
				t.Errorf("the error (-want +got):\n%s", diff)
			}
			if got.Elapsed <= 0 || got.Elapsed > 20*time.Second {
				t.Errorf("it ended after %s", got.Elapsed)
			}
			if !errors.Is(p.Err(), err) {
				t.Errorf("Err gives %v, WaitReady gave %v", p.Err(), err)
			}
		})
	}
}

func TestExitErrorText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]process.ExitError{
		"etcd exited unexpectedly with exit status 1 after 1.5s; last lines of /logs/etcd.log:\n  one\n  two": {
			Name: "etcd", Status: "exit status 1", Elapsed: 1500 * time.Millisecond, Log: "/logs/etcd.log", Tail: "one\ntwo",
		},
		"etcd exited unexpectedly with signal: killed after 0s; last lines of /logs/etcd.log:\n  (no output)": {
			Name: "etcd", Status: "signal: killed", Log: "/logs/etcd.log",
		},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
}

func TestWaitReady(t *testing.T) {
	t.Parallel()
	p, log := start(t, "run")
	if got := waitFor(t, p, log, "running"); got != "" || p.Err() != nil {
		t.Fatalf("a running part has the error %v", p.Err())
	}

	t.Run("NotInTime", func(t *testing.T) {
		t.Parallel()
		err := p.WaitReady(t.Context(), 120*time.Millisecond, func(context.Context) error { return errors.New("door shut") })
		want := "run was not ready after 120ms: door shut; last lines of " + log + ":\n  running"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("Cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		err := p.WaitReady(ctx, time.Minute, func(context.Context) error { cancel(); return errors.New("door shut") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the cancellation", err)
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		grace        time.Duration
		status, tail string
	}{
		"polite": {time.Minute, "exit status 0", "running\nasked to end by terminated"},
		"deaf":   {200 * time.Millisecond, "signal: killed", "running"},
	}
	for part, want := range tests {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			p, log := start(t, part)
			waitFor(t, p, log, "running")
			began := time.Now()
			p.Stop(want.grace)
			took := time.Since(began)
			got, ok := errors.AsType[*process.ExitError](p.Err())
			if !ok || got.Status != want.status || got.Tail != want.tail {
				t.Errorf("it ended as %+v, want status %q and log %q", got, want.status, want.tail)
			}
			if part == "deaf" && took < want.grace || took > 30*time.Second {
				t.Errorf("stopping took %s with a grace period of %s", took, want.grace)
			}
			p.Stop(want.grace) // once more is no harm
		})
	}
}

// alive reports whether a process runs: a zombie, which nobody may have waited for, does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, os.ErrNotExist) && exists("/proc/self/stat") {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return syscall.Kill(pid, 0) == nil && !strings.HasPrefix(rest, "Z")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func waitGone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d still runs", pid)
		}
	}
}

func TestStopEndsTheWholeGroup(t *testing.T) {
	t.Parallel()
	p, log := start(t, "parent")
	child, err := strconv.Atoi(waitFor(t, p, log, `child (\d+)\n`))
	if err != nil {
		t.Fatal(err)
	}
	if group, err := syscall.Getpgid(child); err != nil || group != p.PID() || group == syscall.Getpgrp() {
		t.Fatalf("the child's group is %d (%v), want the part's own, %d", group, err, p.PID())
	}
	p.Stop(time.Minute)
	waitGone(t, child)
}

func TestStartFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ path, log, want string }{
		"NoExecutable":    {filepath.Join(dir, "gone"), filepath.Join(dir, "log"), "starting etcd: "},
		"NoLogFolder":     {os.Args[0], filepath.Join(taken, "log"), "creating the log folder of etcd: "},
		"LogIsADirectory": {os.Args[0], dir, "opening the log of etcd: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := process.Start(process.Spec{Name: "etcd", Path: test.path, Log: test.log})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s...", err, test.want)
			}
		})
	}
}

func TestStartReplacesTheLog(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte("of an earlier run\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := process.Start(process.Spec{Name: "quiet", Path: os.Args[0], Args: []string{"quiet"}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if got := process.Tail(log, 5); got != "" {
		t.Errorf("the log holds %q", got)
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 20<<10)
	tests := map[string]struct{ content, want string }{
		"Empty":             {"", ""},
		"FewerLines":        {"one\n", "one"},
		"NoLastLineBreak":   {"one\ntwo\nthree", "two\nthree"},
		"ManyLines":         {"one\ntwo\nthree\n", "two\nthree"},
		"EmptyLinesAtEnd":   {"one\ntwo\n\n\n", "one\ntwo"},
		"OnlyLineBreaks":    {"\n\n\n", ""},
		"LongFile":          {strings.Repeat("a line\n", 10_000) + "the last\n", "a line\nthe last"},
		"OneEndlessLine":    {long, long[:240] + "..."},
		"EndlessLineBefore": {long + "\nlast\n", long[:240] + "...\nlast"},
		"LongestWhole":      {long[:240], long[:240]},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, process.Tail(path, 2)); diff != "" {
				t.Errorf("the tail (-want +got):\n%s", diff)
			}
		})
	}
	for name, path := range map[string]string{"Missing": filepath.Join(t.TempDir(), "none"), "Folder": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := process.Tail(path, 2); got != "" {
				t.Errorf("got %q, want nothing", got)
			}
		})
	}
}
