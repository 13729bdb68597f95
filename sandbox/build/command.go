package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Program builds the Pulumi program in a folder.
func Program(ctx context.Context, dir, executable string) error {
	if err := goCommand(ctx, dir, "build", "-o", executable, "."); err != nil {
		return fmt.Errorf("building the program: %w", err)
	}
	return nil
}

// goCommand runs the go command without cgo, so that no C compiler is needed and the build cache is shared.
func goCommand(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	out, err := run(ctx, cmd)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		tail := strings.Join(lines[max(0, len(lines)-15):], "\n  ")
		return fmt.Errorf("go %s in %s: %w\n  %s", args[0], dir, err, tail)
	}
	return nil
}

// run runs a command that was created with this context and returns its output. When the context ends, run
// also ends all child processes and removes their temporary files: an interrupted go command leaves
// compilers and files behind, and a shell the rest of its pipeline.
func run(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	temporary, err := os.MkdirTemp("", "eso-aws-build-")
	if err != nil {
		return nil, fmt.Errorf("creating a folder for temporary files: %w", err)
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // the system clears such folders too
	cmd.Env = append(cmd.Environ(), "TMPDIR="+temporary)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 3 * time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() == nil {
		return out, err
	}
	if cmd.Process != nil {
		endGroup(cmd.Process.Pid)
	}
	return nil, ctx.Err()
}

// endGroup kills a process group and waits up to a second for it to end.
func endGroup(id int) {
	deadline := time.Now().Add(time.Second)
	for syscall.Kill(-id, syscall.SIGKILL) == nil && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
}
