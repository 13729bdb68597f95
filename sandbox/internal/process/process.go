// Package process runs the sandbox's parts as child processes: it starts a part, waits until it is ready,
// reports when and how it ended, and stops it.
//
// The output of a part goes to a log file. If the part exits unexpectedly, the error has the last lines of
// the log. On Linux the kernel kills the parts when their parent dies; on other systems [KillRecorded] does.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Spec says what to run.
type Spec struct {
	Name string   // for messages
	Path string   // of the executable
	Args []string // without the executable
	Env  []string // the whole environment; nothing is inherited
	Log  string   // the file for its output; replaced if it exists
}

// Process is a running part.
type Process struct {
	spec    Spec
	cmd     *exec.Cmd
	started time.Time
	done    chan struct{}
	err     error // how it ended; valid once done is closed
}

// ExitError is the error of a part that exited unexpectedly.
type ExitError struct {
	Name    string
	Status  string // such as "exit status 1" or "signal: killed"
	Elapsed time.Duration
	Log     string // the log's path
	Tail    string // its last lines
}

// Error returns the exit status and the last lines of the log.
func (e *ExitError) Error() string {
	tail := "  (no output)"
	if e.Tail != "" {
		tail = "  " + strings.ReplaceAll(e.Tail, "\n", "\n  ")
	}
	return fmt.Sprintf("%s exited unexpectedly with %s after %s; last lines of %s:\n%s",
		e.Name, e.Status, e.Elapsed.Round(time.Millisecond), e.Log, tail)
}

// Start starts a part in a process group of its own.
func Start(spec Spec) (*Process, error) {
	if err := os.MkdirAll(filepath.Dir(spec.Log), 0o700); err != nil {
		return nil, fmt.Errorf("creating the log folder of %s: %w", spec.Name, err)
	}
	log, err := os.OpenFile(spec.Log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log of %s: %w", spec.Name, err)
	}
	defer log.Close() //nolint:errcheck // the part has its own descriptor
	cmd := exec.Command(spec.Path, spec.Args...)
	cmd.Env = append([]string{}, spec.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = childAttributes()
	p := &Process{spec: spec, cmd: cmd, started: time.Now(), done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", spec.Name, err)
	}
	go func() {
		p.err = p.exitError(cmd.Wait())
		close(p.done)
	}()
	return p, nil
}

func (p *Process) exitError(err error) error {
	status := "exit status 0"
	if err != nil {
		status = err.Error()
	}
	return &ExitError{
		Name: p.spec.Name, Status: status, Elapsed: time.Since(p.started),
		Log: p.spec.Log, Tail: Tail(p.spec.Log, 12),
	}
}

// PID returns the ID of the part's process, which is also the ID of its process group.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done returns a channel that is closed when the part has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns an [*ExitError] if the part has ended, and nil while it is running.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// WaitReady calls ready every 50 ms until it returns nil. It returns an error if the part ends first or is
// not ready in time.
func (p *Process) WaitReady(ctx context.Context, timeout time.Duration, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	last := fmt.Errorf("never probed")
	for {
		if err := ready(ctx); err == nil {
			return nil
		} else if ctx.Err() == nil {
			last = err
		}
		select {
		case <-p.done:
			return p.err
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return fmt.Errorf("%s was not ready after %s: %w; last lines of %s:\n  %s", p.spec.Name, timeout, last,
				p.spec.Log, strings.ReplaceAll(Tail(p.spec.Log, 12), "\n", "\n  "))
		case <-tick.C:
		}
	}
}

// Stop asks the part to end and, after the grace period, kills its process group.
func (p *Process) Stop(grace time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
}

// maxLine is the length of the longest line that is shown whole: some log lines are entire requests.
const maxLine = 240

// Tail returns the last n lines of a file and shortens long ones. It returns "" if the file cannot be read.
func Tail(path string, n int) string {
	const most = 16 << 10
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	from := max(0, info.Size()-most)
	data := make([]byte, info.Size()-from)
	if _, err := file.ReadAt(data, from); err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		if runes := []rune(line); len(runes) > maxLine {
			lines[i] = string(runes[:maxLine]) + "..."
		}
	}
	return strings.Join(lines, "\n")
}
