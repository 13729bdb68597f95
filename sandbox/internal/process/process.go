// Package process runs the sandbox's parts as child processes: it starts one, waits until it is
// ready, tells when and how it ended, and stops it.
//
// What a part prints goes to a file, so that it outlives whoever started the part; its last lines
// are in the error of a part that ends by itself. On Linux the kernel ends the parts of a parent
// that dies; elsewhere they are left to [KillRecorded].
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
	Name string   // what messages call it
	Path string   // of the executable
	Args []string // without the executable
	Env  []string // the whole environment; nil means none of the parent's
	Log  string   // the file for its output; an older one is replaced
}

// Process is a running part.
type Process struct {
	spec    Spec
	cmd     *exec.Cmd
	started time.Time
	done    chan struct{}
	err     error // how it ended; readable once done is closed
}

// ExitError tells that a part ended without being asked to.
type ExitError struct {
	Name    string
	Status  string // as the operating system words it, such as "exit status 1"
	Elapsed time.Duration
	Log     string // the log's path
	Tail    string // its last lines
}

// Error gives the exit status and the last log lines.
func (e *ExitError) Error() string {
	tail := "  (it printed nothing)"
	if e.Tail != "" {
		tail = "  " + strings.ReplaceAll(e.Tail, "\n", "\n  ")
	}
	return fmt.Sprintf("%s ended by itself with %s after %s; the end of %s:\n%s",
		e.Name, e.Status, e.Elapsed.Round(time.Millisecond), e.Log, tail)
}

// Start starts a part in a process group of its own.
func Start(spec Spec) (*Process, error) {
	if err := os.MkdirAll(filepath.Dir(spec.Log), 0o700); err != nil {
		return nil, fmt.Errorf("making the log folder of %s: %w", spec.Name, err)
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

// PID is the part's process id, and the id of its process group.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the part has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err tells how the part ended, as an [*ExitError]; it is nil while the part runs.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// WaitReady asks ready every 50 ms until it answers nil. A part that ends meanwhile, or that is not
// ready in time, is an error.
func (p *Process) WaitReady(ctx context.Context, timeout time.Duration, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	last := fmt.Errorf("it was never asked")
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
			return fmt.Errorf("%s is not ready after %s: %w; the end of %s:\n  %s", p.spec.Name, timeout, last,
				p.spec.Log, strings.ReplaceAll(Tail(p.spec.Log, 12), "\n", "\n  "))
		case <-tick.C:
		}
	}
}

// Stop asks the part to end and, after the grace period, ends its whole process group.
func (p *Process) Stop(grace time.Duration) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
}

// maxLine is what a line of a log tells enough in: the servers' lines can be whole requests.
const maxLine = 240

// Tail returns the last n lines of a file, the long ones cut, or nothing where it cannot be read.
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
