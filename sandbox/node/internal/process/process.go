// Package process runs a program as the leader of a new process group, with the given environment, folder and
// output. It inherits nothing from the caller.
//
// When the leader ends, all processes in its group are killed, as in a container. On Linux, the leader also dies
// with the caller.
package process

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
	"time"
)

// drain limits the wait for output that a child of an ended program still holds open.
const drain = 500 * time.Millisecond

// Spec is the specification of a process.
type Spec struct {
	// Path is the program, and Argv its arguments, including its name.
	Path string
	Argv []string
	// Env is the whole environment, as KEY=value. Nothing is inherited, even if it is empty.
	Env []string
	Dir string
	// Output receives standard output and standard error.
	Output io.Writer
}

// Process is a running or ended program.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// Start starts the program of s.
func Start(s Spec) (*Process, error) {
	cmd := &exec.Cmd{
		Path: s.Path, Args: s.Argv, Dir: s.Dir,
		Env:    append([]string{}, s.Env...), // os/exec reads nil as "inherit"
		Stdout: s.Output, Stderr: s.Output,
		SysProcAttr: attributes(),
		WaitDelay:   drain,
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %q: %w", s.Path, err)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go p.wait()
	return p, nil
}

func (p *Process) wait() {
	defer close(p.done)
	// ExitCode reads the state instead of the error.
	_ = p.cmd.Wait()
	p.signal(syscall.SIGKILL)
}

// Done returns a channel that is closed when the program has ended and its output was delivered.
func (p *Process) Done() <-chan struct{} { return p.done }

// ExitCode returns the exit status, or 128 plus the signal's number as shells do. Call it after Done.
func (p *Process) ExitCode() int32 {
	state := p.cmd.ProcessState
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int32(status.Signal()) //nolint:gosec // A signal's number has seven bits.
	}
	return int32(state.ExitCode()) //nolint:gosec // An exit status has eight bits.
}

// Terminate asks the program and its children to end.
func (p *Process) Terminate() { p.signal(syscall.SIGTERM) }

// Kill ends the program and its children.
func (p *Process) Kill() { p.signal(syscall.SIGKILL) }

func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done: // The process ID may belong to another process by now.
		return
	default:
	}
	err := syscall.Kill(-p.cmd.Process.Pid, s)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		// The group may hold processes of another user; the leader is always ours.
		_ = p.cmd.Process.Signal(s)
	}
}
