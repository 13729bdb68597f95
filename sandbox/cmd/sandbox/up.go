package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
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

// up builds what is missing, starts the sandbox where none runs, deploys the stack, and shows what is
// synced. Interrupted, it leaves nothing running.
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
		return fmt.Errorf("the stack %q: there is no Pulumi.%[1]s.yaml; write STACK=... of one that is", c.stack)
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

// next tells what to do with a stack that is deployed.
func (c *command) next(stack sandbox.Stack) string {
	edited := fmt.Sprintf("after an edit of Pulumi.%s.yaml; %s deploys it", c.stack, c.makeUp())
	return "\nNext:\n" + table(45, [][2]string{
		{`eval "$(make env)"`, "pulumi, kubectl and aws then work by hand"},
		{"kubectl get externalsecrets,secrets -n " + stack.Namespace(), ""},
		{"pulumi preview --stack " + c.stack, edited},
		{"make secret NAME=" + stack.Namespace() + "/other", "stores or rotates a secret; asks for its value"},
		{"make status", "this table again"},
		{"make down", "stops everything"},
	})
}

// table is commands, in a column of at least that width, and what they do.
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

// makeUp is what deploys the stack, as the user types it.
func (c *command) makeUp() string {
	if c.stack == "local" {
		return "make up"
	}
	return "make up STACK=" + c.stack
}

// build makes what is missing and starts nothing.
func (c *command) build(ctx context.Context) error {
	_, err := c.buildAll(ctx, os.Stdout)
	return err
}

// buildAll makes what is missing and shows its progress there.
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
		return nil, fmt.Errorf("looking for the sandbox's own executable: %w", err)
	}
	input, err := json.Marshal(binaries)
	if err != nil {
		return nil, fmt.Errorf("encoding which binaries to run: %w", err)
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
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a Ctrl-C is for up, which then calls down
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
		return nil, fmt.Errorf("making the sandbox's folder: %w", err)
	}
	log, err := os.OpenFile(c.path("sandbox.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox's log: %w", err)
	}
	return log, nil
}

// deploy runs pulumi up on the stack. It ends early when the sandbox does.
func (c *command) deploy(ctx context.Context, s *session, stack sandbox.Stack) error {
	overlay, err := s.Overlay.For(stack).YAML()
	if err != nil {
		return err
	}
	fmt.Printf("\nDeploying Pulumi.%s.yaml with the sandbox's connection facts over it:\n  %s\n", c.stack,
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
			cmd.Stdout, cmd.Stderr = &quiet, &quiet // of interest where it fails
		}
		err := cmd.Run()
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil {
			_, _ = quiet.WriteTo(os.Stderr)
			_ = c.status(ctx) // what it can show is a help, and no more than that
			hints := table(17, [][2]string{
				{"make status", "what is synced, and why not"},
				{c.makeUp(), "tries again, after an edit of Pulumi." + c.stack + ".yaml or a: make secret NAME=..."},
				{"make down", "stops everything"},
			})
			return fmt.Errorf("pulumi %s did not succeed (%w). The sandbox is still running:\n%s",
				args[0], err, strings.TrimSuffix(hints, "\n"))
		}
	}
	return nil
}

// releaseLock takes away the stack's lock where the pulumi that held it was killed.
func (c *command) releaseLock(ctx context.Context, s *session) error {
	locks, err := filepath.Glob(c.path("pulumi", "state", ".pulumi", "locks", "*", "*", c.stack, "*.json"))
	if err != nil || len(locks) == 0 {
		return err
	}
	for _, path := range locks {
		if pid, known := lockedBy(path); !known || process.Alive(ctx, pid) {
			return nil // just released, or not ours to judge: pulumi up tells whose it is
		}
	}
	fmt.Println("note: an earlier pulumi was killed; its lock is released")
	if out, err := c.pulumi(ctx, s, "cancel", "--stack", c.stack, "--yes").CombinedOutput(); err != nil {
		return fmt.Errorf("releasing the stack's lock: %w\n%s", err, out)
	}
	return nil
}

// lockedBy reads who holds a lock of the Pulumi CLI.
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

// watch cancels the context when the sandbox ends by itself.
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

// pulumi is the CLI on the sandbox's project. It has a process group of its own, since a Ctrl-C would
// have it wait for what it had begun, and the sandbox it had begun it in goes away.
func (c *command) pulumi(ctx context.Context, s *session, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.project(s).Pulumi(), args...)
	cmd.Env = c.project(s).Environ(s.Passphrase)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// passphrase is the user's, where stack files hold values that it encrypts, or a random one.
func passphrase() string {
	if user := os.Getenv("PULUMI_CONFIG_PASSPHRASE"); user != "" {
		return user
	}
	return rand.Text()
}
