package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
)

// session describes a running sandbox to the other commands, in the file session.json.
type session struct {
	sandbox.Access // to AWS

	PID        int
	Kubernetes string // URL of the API server
	Token      string // of the cluster's administrator
	CA         []byte
	Clusters   []sandbox.Cluster // those registered with EKS so far
	Passphrase string            // of the Pulumi stacks
	Overlay    sandbox.Overlay
	Binaries   build.Binaries
}

// newSession returns the session of a sandbox that runs in this process.
func newSession(s *sandbox.Sandbox, binaries build.Binaries) *session {
	return &session{
		PID: os.Getpid(), Kubernetes: s.URL(), Token: s.Token(), CA: s.CA(), Access: s.Access(),
		Passphrase: passphrase(), Overlay: s.Overlay(), Binaries: binaries,
	}
}

// errNotRunning is the error of commands that need a running sandbox.
var errNotRunning = errors.New("no sandbox is running here; run make up")

// running returns the session of the sandbox that runs in this folder. If the sandbox stopped
// unexpectedly, the error says why.
func (c *command) running() (*session, error) {
	free, unlock, err := c.lock()
	if err != nil {
		return nil, err
	}
	if free {
		unlock()
		if failure, err := os.ReadFile(c.path("failure")); err == nil {
			return nil, fmt.Errorf("the sandbox stopped unexpectedly: %s\n\nstart it again with: make up",
				strings.TrimSpace(string(failure)))
		}
		return nil, errNotRunning
	}
	data, err := os.ReadFile(c.path("session.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the sandbox is still starting or stopping; try again in a moment")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the sandbox's session: %w", err)
	}
	var s session
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("reading the sandbox's session: %w", err)
	}
	return &s, nil
}

// write replaces the session file atomically.
func (s *session) write(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encoding the sandbox's session: %w", err)
	}
	temporary := filepath.Join(dir, "session.json.new")
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return fmt.Errorf("writing the sandbox's session: %w", err)
	}
	return os.Rename(temporary, filepath.Join(dir, "session.json"))
}

// lock tries to take the folder's lock and reports whether it was free. A sandbox holds the lock while it
// runs; the operating system releases it when the process ends.
func (c *command) lock() (free bool, unlock func(), err error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return false, nil, fmt.Errorf("creating the sandbox's folder: %w", err)
	}
	file, err := os.OpenFile(c.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, nil, fmt.Errorf("opening the sandbox's lock: %w", err)
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil && !isAt(file, file.Name()): // the previous holder has removed the file
		_ = file.Close()
		return c.lock()
	case err == nil:
		return true, func() { _ = file.Close() }, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return false, nil, file.Close()
	default:
		_ = file.Close()
		return false, nil, fmt.Errorf("taking the sandbox's lock: %w", err)
	}
}

// isAt reports whether an open file is the one at that path.
func isAt(file *os.File, path string) bool {
	open, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(open, there)
}

// project returns the Pulumi project that runs the checkout's program in the sandbox.
func (c *command) project(s *session) sandbox.Project {
	return sandbox.Project{Dir: c.dir, Checkout: c.checkout, Overlay: s.Overlay, AWS: s.Access, Program: c.program}
}
