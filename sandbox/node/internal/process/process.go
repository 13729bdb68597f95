// Package process runs one program as the leader of a process group of its own, with nothing
// inherited from the caller but the machine: the environment, the folder and the output are given.
//
// When the leader ends, whatever it started and left in its group is killed, as a container's
// processes end with its first one. On Linux the leader dies with the caller, however that ends.
package process

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
	"time"
)

// drain bounds the wait for output that a left-over child of an ended program still holds open.
const drain = 500 * time.Millisecond

// Spec says what to run.
type Spec struct {
	// Path is the program, Argv what it is told, its own name first.
	Path string
	Argv []string
	// Env is the whole environment, as KEY=value. Nothing is added to it, also when it is empty.
	Env []string
	Dir string
	// Output receives standard output and standard error.
	Output io.Writer
}

// Process is a program that was started.
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
	// The error says no more than the state that ExitCode reads.
	_ = p.cmd.Wait()
	p.signal(syscall.SIGKILL)
}

// Done is closed when the program has ended and its output was delivered.
func (p *Process) Done() <-chan struct{} { return p.done }

// ExitCode is the exit status, or 128 and the signal's number as shells have it. Read it after Done.
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
	case <-p.done: // The number may be another process's by now.
		return
	default:
	}
	err := syscall.Kill(-p.cmd.Process.Pid, s)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		// The group may hold processes of another user; the leader is always ours.
		_ = p.cmd.Process.Signal(s)
	}
}
