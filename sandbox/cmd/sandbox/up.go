package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
	"eso-aws/sandbox/internal/process"
)

// up builds what is missing, starts the sandbox if none is running, deploys the stack, and shows what is
// synced. If it is interrupted, it stops the sandbox.
func (c *command) up(ctx context.Context) error {
	err := c.upSteps(ctx)
	if ctx.Err() != nil {
		fmt.Println("\ninterrupted: stopping the sandbox")
		return errors.Join(c.down(context.WithoutCancel(ctx)), ctx.Err())
	}
	return err
}

func (c *command) upSteps(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.checkout, "Pulumi."+c.stack+".yaml")); err != nil {
		return fmt.Errorf("stack %q: Pulumi.%[1]s.yaml does not exist; "+
			"set STACK to another stack or create the file", c.stack)
	}
	if err := c.checkOnly(); err != nil {
		return err
	}
	binaries, err := c.buildAll(ctx, os.Stdout)
	if err != nil {
		return err
	}
	s, err := c.running()
	if err != nil {
		if !errors.Is(err, errNotRunning) {
			fmt.Printf("note: %v\n\n", strings.TrimSuffix(err.Error(), "\n\nstart it again with: make up"))
		}
		if s, err = c.startServing(ctx, binaries); err != nil {
			return err
		}
	}
	stack, err := c.prepare(ctx, s)
	if err != nil {
		return err
	}
	if err := c.deploy(ctx, s, stack); err != nil {
		return err
	}
	if err := c.status(ctx); err != nil {
		return err
	}
	fmt.Print(c.next(stack))
	return nil
}

// next lists what the user can do with a deployed stack.
func (c *command) next(stack sandbox.Stack) string {
	edited := fmt.Sprintf("previews your edits of Pulumi.%s.yaml; %s deploys them", c.stack, c.makeUp())
	return "\nNext:\n" + table(45, [][2]string{
		{`eval "$(make env)"`, "sets up pulumi, kubectl and aws in this shell"},
		{"kubectl get externalsecrets,secrets -n " + stack.Namespace(), ""},
		{"pulumi preview --stack " + c.stack, edited},
		{"make secret NAME=" + stack.Namespace() + "/other", "stores or rotates a secret; asks for its value"},
		{"make status", "shows this table again"},
		{"make down", "stops everything"},
	})
}

// table lists commands, in a column of at least that width, and what they do.
func table(width int, rows [][2]string) string {
	for _, row := range rows {
		if row[1] != "" {
			width = max(width, len(row[0])+2)
		}
	}
	var text strings.Builder
	for _, row := range rows {
		fmt.Fprintln(&text, strings.TrimRight(fmt.Sprintf("  %-*s%s", width, row[0], row[1]), " "))
	}
	return text.String()
}

// makeUp returns the command that deploys the stack.
func (c *command) makeUp() string {
	if c.stack == "local" {
		return "make up"
	}
	return "make up STACK=" + c.stack
}

// build builds what is missing and starts nothing.
func (c *command) build(ctx context.Context) error {
	_, err := c.buildAll(ctx, os.Stdout)
	return err
}

// buildAll builds what is missing and writes the progress to a file.
func (c *command) buildAll(ctx context.Context, progress *os.File) (*build.Binaries, error) {
	console := newConsole(progress)
	return build.All(ctx, build.Options{
		Source: c.checkout + "/sandbox", Program: c.checkout, Placed: c.dir, Fetch: c.fetch, Report: console.build,
	})
}

// startServing starts a sandbox in the background and returns once all its parts are ready.
func (c *command) startServing(ctx context.Context, binaries *build.Binaries) (*session, error) {
	started := time.Now()
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the sandbox's executable: %w", err)
	}
	input, err := json.Marshal(binaries)
	if err != nil {
		return nil, fmt.Errorf("encoding the list of binaries: %w", err)
	}
	log, err := c.openLog()
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the process has its own descriptor
	cmd := exec.Command(executable, "serve")
	cmd.Env = append(os.Environ(), "SANDBOX_DIR="+c.dir)
	cmd.Stdin = strings.NewReader(string(input))
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // only up gets a Ctrl-C, and then calls down
	parts, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("connecting to the sandbox: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	fmt.Print("Starting the sandbox:")
	lines := bufio.NewScanner(parts)
	for lines.Scan() {
		fmt.Printf(" %s %.1fs,", lines.Text(), time.Since(started).Seconds())
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	s, err := c.running()
	if err != nil {
		fmt.Println()
		return nil, err
	}
	fmt.Println(" ready.")
	return s, nil
}

func (c *command) openLog() (*os.File, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the sandbox's folder: %w", err)
	}
	log, err := os.OpenFile(c.path("sandbox.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox's log: %w", err)
	}
	return log, nil
}

// deploy runs pulumi up on the stack. It returns early if the sandbox stops.
func (c *command) deploy(ctx context.Context, s *session, stack sandbox.Stack) error {
	overlay, err := s.Overlay.For(stack).YAML()
	if err != nil {
		return err
	}
	fmt.Printf("\nDeploying Pulumi.%s.yaml with the sandbox's connection settings:\n  %s\n", c.stack,
		strings.ReplaceAll(strings.TrimSpace(overlay), "\n", "\n  "))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go c.watch(ctx, cancel)
	if err := c.releaseLock(ctx, s); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"stack", "select", "--create", c.stack},
		{"up", "--stack", c.stack, "--yes", "--skip-preview", "--suppress-permalink"},
	} {
		cmd := c.pulumi(ctx, s, args...)
		var quiet bytes.Buffer
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if args[0] == "stack" {
			cmd.Stdout, cmd.Stderr = &quiet, &quiet // shown only on failure
		}
		err := cmd.Run()
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil {
			_, _ = quiet.WriteTo(os.Stderr)
			_ = c.verify(ctx, io.Discard) // best effort: pulumi has printed the errors
			hints := table(17, [][2]string{
				{"make status", "shows what is synced, and why the rest is not"},
				{c.makeUp(), "tries again, after you edit Pulumi." + c.stack + ".yaml or run make secret NAME=..."},
				{"make down", "stops everything"},
			})
			return fmt.Errorf("pulumi %s failed (%w); the sandbox is still running:\n%s",
				args[0], err, strings.TrimSuffix(hints, "\n"))
		}
	}
	return nil
}

// releaseLock releases the stack's lock if the pulumi that held it was killed.
func (c *command) releaseLock(ctx context.Context, s *session) error {
	locks, err := filepath.Glob(c.path("pulumi", "state", ".pulumi", "locks", "*", "*", c.stack, "*.json"))
	if err != nil || len(locks) == 0 {
		return err
	}
	for _, path := range locks {
		if pid, known := lockedBy(path); !known || process.Alive(ctx, pid) {
			return nil // just released, or still in use: pulumi up reports it
		}
	}
	fmt.Println("note: released the lock of a pulumi that was killed")
	if out, err := c.pulumi(ctx, s, "cancel", "--stack", c.stack, "--yes").CombinedOutput(); err != nil {
		return fmt.Errorf("releasing the stack's lock: %w\n%s", err, out)
	}
	return nil
}

// lockedBy returns the process that holds a lock of the Pulumi CLI.
func lockedBy(path string) (pid int, known bool) {
	var lock struct {
		PID int `json:"pid"`
	}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &lock) != nil {
		return 0, false
	}
	return lock.PID, true
}

// watch cancels the context when the sandbox stops unexpectedly.
func (c *command) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := os.Stat(c.path("failure")); err == nil {
				_, err := c.running()
				cancel(err)
				return
			}
		}
	}
}

// pulumi returns a command of the CLI for the sandbox's project. It runs in its own process group:
// after a Ctrl-C, it would wait for pending operations in a sandbox that is being stopped.
func (c *command) pulumi(ctx context.Context, s *session, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.project(s).Pulumi(), args...)
	cmd.Env = c.project(s).Environ(s.Passphrase)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// passphrase returns the user's passphrase, which stack files may need, or else a random one.
func passphrase() string {
	if user := os.Getenv("PULUMI_CONFIG_PASSPHRASE"); user != "" {
		return user
	}
	return rand.Text()
}
