package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Record writes the running processes to a file, as a line "pid path" each, so that [KillRecorded] finds
// them if their parent is killed.
func Record(path string, running []*Process) error {
	var text strings.Builder
	for _, p := range running {
		fmt.Fprintf(&text, "%d %s\n", p.PID(), p.spec.Path)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("recording the running processes: %w", err)
	}
	return nil
}

// KillRecorded ends those processes in a file of [Record] that are still running, with their process groups.
// It ignores process IDs that belong to another program by now.
func KillRecorded(ctx context.Context, path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the record of running processes: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		id, executable, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(id)
		if err != nil {
			return fmt.Errorf("reading the record of running processes %q: line %q: %w", path, line, err)
		}
		if !runs(ctx, pid, executable) {
			continue
		}
		_ = syscall.Kill(-pid, syscall.SIGTERM)
		for deadline := time.Now().Add(3 * time.Second); runs(ctx, pid, executable) && time.Now().Before(deadline); {
			time.Sleep(50 * time.Millisecond)
		}
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	return os.Remove(path)
}

// KillBelow kills every process that was started from an executable below a folder, such as the plugins of
// an engine that was killed.
func KillBelow(ctx context.Context, dir string) error {
	running, err := commands(ctx)
	for pid, command := range running {
		if strings.HasPrefix(command, dir+string(filepath.Separator)) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return err
}

// Alive reports whether a process is running. A process that has ended, but that its parent has not waited
// for, is not: it still accepts signals.
func Alive(ctx context.Context, pid int) bool {
	running, err := commands(ctx)
	return err == nil && running[pid] != ""
}

// runs reports whether the process runs that executable.
func runs(ctx context.Context, pid int, executable string) bool {
	running, err := commands(ctx)
	return err == nil && strings.HasPrefix(running[pid]+" ", executable+" ")
}

// commands returns the command lines of all running processes by process ID. It reads /proc if possible,
// because small systems have no ps or a different one.
func commands(ctx context.Context) (map[int]string, error) {
	if entries, err := os.ReadDir("/proc"); err == nil {
		running := map[int]string{}
		for _, entry := range entries {
			pid, err := strconv.Atoi(entry.Name())
			if err != nil {
				continue
			}
			line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
			if err == nil && len(line) > 0 { // empty if the process has ended
				running[pid] = strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
		return running, nil
	}
	// -ww: whole lines, whatever COLUMNS says.
	out, err := exec.CommandContext(ctx, "ps", "-A", "-ww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil, fmt.Errorf("listing the running processes: %w", err)
	}
	running := map[int]string{}
	for line := range strings.Lines(string(out)) {
		id, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(id)
		command = strings.TrimSpace(command)
		if err == nil && !strings.HasPrefix(command, "(") { // in parentheses if the process has ended
			running[pid] = command
		}
	}
	return running, nil
}
