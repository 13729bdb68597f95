package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"eso-aws/sandbox"
)

// down stops the sandbox and removes its files except the logs. It succeeds if no sandbox is running.
func (c *command) down(ctx context.Context) error {
	if _, err := os.Stat(c.dir); errors.Is(err, fs.ErrNotExist) {
		return nil // no sandbox was ever started
	}
	free, unlock, err := c.lock()
	if err != nil {
		return err
	}
	if free {
		defer unlock()
		return c.clear(ctx)
	}
	pid, err := c.servePID()
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stopping the sandbox, process %d: %w", pid, err)
	}
	unlock, err = c.waitFree(ctx, 30*time.Second)
	if err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		if unlock, err = c.waitFree(ctx, 5*time.Second); err != nil {
			return err
		}
	}
	defer unlock()
	return c.clear(ctx)
}

// servePID returns the ID of the process that holds the lock.
func (c *command) servePID() (int, error) {
	for range 50 { // the process writes its ID just after it takes the lock
		data, err := os.ReadFile(c.path("pid"))
		if pid, parse := strconv.Atoi(strings.TrimSpace(string(data))); err == nil && parse == nil {
			return pid, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return 0, fmt.Errorf("a process holds the lock %q but has not written its ID to %q; stop that process",
		c.path("lock"), c.path("pid"))
}

func (c *command) waitFree(ctx context.Context, timeout time.Duration) (func(), error) {
	for deadline := time.Now().Add(timeout); ; time.Sleep(50 * time.Millisecond) {
		free, unlock, err := c.lock()
		if err != nil || free {
			return unlock, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the sandbox did not stop within %s; see its log, %q",
				timeout, c.path("sandbox.log"))
		}
	}
}

// clear ends the processes that a killed sandbox left running, and removes its files except the logs.
func (c *command) clear(ctx context.Context) error {
	if err := sandbox.EndLeftovers(ctx, c.dir); err != nil {
		return err
	}
	for _, name := range []string{
		"bin", "etcd", "failure", "home", "kubeconfig", "lock", "node", "pid", "pki", "project", "pulumi",
		"session.json", "sources", "verify",
	} {
		if err := os.RemoveAll(c.path(name)); err != nil {
			return fmt.Errorf("removing the sandbox's files: %w", err)
		}
	}
	return nil
}
