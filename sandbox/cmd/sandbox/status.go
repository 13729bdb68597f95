package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"eso-aws/sandbox/build"
)

// status shows the stores and Secrets of the deployed stack.
func (c *command) status(ctx context.Context) error { return c.verify(ctx, os.Stderr) }

// verify runs the command behind make verify. Its tables and its errors say what is wrong.
func (c *command) verify(ctx context.Context, stderr io.Writer) error {
	s, err := c.running()
	if err != nil {
		return err
	}
	executable := c.path("verify")
	if err := build.Program(ctx, filepath.Join(c.checkout, "cmd", "verify"), executable); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, executable, "--stack", cmp.Or(c.deployedStack(), c.stack))
	cmd.Env = c.project(s).Environ(s.Passphrase)
	cmd.Stdout, cmd.Stderr = os.Stdout, stderr
	fmt.Println()
	err = cmd.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		return ctx.Err()
	}
	return err
}
