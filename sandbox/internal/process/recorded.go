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

// Record writes which processes run, one "pid path" a line, for [KillRecorded] to find them should
// their parent be killed.
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

// KillRecorded ends what is left of the processes that a file of [Record] names, with their process
// groups. A process id that another program has since been given is left alone.
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

// KillBelow ends every process whose executable was started by a path below a folder: what an engine
// that was killed has left of its plugins.
func KillBelow(ctx context.Context, dir string) error {
	running, err := commands(ctx)
	for pid, command := range running {
		if strings.HasPrefix(command, dir+string(filepath.Separator)) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return err
}

// Alive tells whether a process id is that of a process that has not ended. One that has, and that its
// parent has not yet asked about, keeps its id and answers signals.
func Alive(ctx context.Context, pid int) bool {
	running, err := commands(ctx)
	return err == nil && running[pid] != ""
}

// runs tells whether a process id is that executable's.
func runs(ctx context.Context, pid int, executable string) bool {
	running, err := commands(ctx)
	return err == nil && strings.HasPrefix(running[pid]+" ", executable+" ")
}

// commands are the command lines of all processes that have not ended, by process id: from /proc where
// there is one, since small systems have no ps, or another one.
func commands(ctx context.Context) (map[int]string, error) {
	if entries, err := os.ReadDir("/proc"); err == nil {
		running := map[int]string{}
		for _, entry := range entries {
			pid, err := strconv.Atoi(entry.Name())
			if err != nil {
				continue
			}
			line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
			if err == nil && len(line) > 0 { // it is empty once the process has ended
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
		if err == nil && !strings.HasPrefix(command, "(") { // in brackets once the process has ended
			running[pid] = command
		}
	}
	return running, nil
}
