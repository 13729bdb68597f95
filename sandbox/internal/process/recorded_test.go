package process_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eso-aws/sandbox/internal/process"
)

func TestRecordNamesWhatRuns(t *testing.T) {
	t.Parallel()
	one, _ := start(t, "run")
	two, _ := start(t, "run")
	record := filepath.Join(t.TempDir(), "processes")
	if err := process.Record(record, []*process.Process{one, two}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d %[2]s\n%[3]d %[2]s\n", one.PID(), os.Args[0], two.PID()); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestKillRecorded(t *testing.T) {
	t.Parallel()
	polite, log := start(t, "polite")
	waitFor(t, polite, log, "running")
	deaf, log := start(t, "deaf")
	waitFor(t, deaf, log, "running")
	ended, _ := start(t, "quiet")
	<-ended.Done()
	record := filepath.Join(t.TempDir(), "processes")
	if err := process.Record(record, []*process.Process{polite, deaf, ended}); err != nil {
		t.Fatal(err)
	}
	if err := process.KillRecorded(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[*process.Process]string{
		polite: "polite exited unexpectedly with exit status 0", deaf: "deaf exited unexpectedly with signal: killed",
	} {
		<-p.Done()
		if got := p.Err().Error(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q...", got, want)
		}
	}
	if exists(record) {
		t.Error("the record is still there")
	}
	if err := process.KillRecorded(t.Context(), record); err != nil {
		t.Errorf("without a record: %v", err)
	}
}

func TestKillRecordedLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	p, log := start(t, "polite") // would tell of a signal
	waitFor(t, p, log, "running")
	for name, executable := range map[string]string{
		"AnotherProgram":      "/usr/bin/another",
		"ProgramOfThatPrefix": os.Args[0][:len(os.Args[0])-1],
		"NoProgram":           "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := filepath.Join(t.TempDir(), "processes")
			if err := os.WriteFile(record, fmt.Appendf(nil, "%d %s\n", p.PID(), executable), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := process.KillRecorded(t.Context(), record); err != nil {
				t.Fatal(err)
			}
			select {
			case <-p.Done():
				t.Fatalf("it was ended: %v", p.Err())
			case <-time.After(100 * time.Millisecond):
			}
		})
	}
}

func TestKillRecordedTakesNoBrokenRecord(t *testing.T) {
	t.Parallel()
	record := filepath.Join(t.TempDir(), "processes")
	if err := os.WriteFile(record, []byte("etcd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := process.KillRecorded(t.Context(), record)
	want := fmt.Sprintf("reading the record of running processes %q: line %q: ", record, "etcd\n")
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s...", err, want)
	}
}

func TestKillRecordedFindsLongPathsOnANarrowTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "10")
	p, log := start(t, "polite")
	waitFor(t, p, log, "running")
	record := filepath.Join(t.TempDir(), "processes")
	if err := process.Record(record, []*process.Process{p}); err != nil {
		t.Fatal(err)
	}
	if err := process.KillRecorded(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
	case <-time.After(time.Minute):
		t.Fatal("it still runs")
	}
}

func TestKillBelow(t *testing.T) {
	t.Parallel()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	begin := func(dir string) *exec.Cmd {
		path := filepath.Join(dir, "plugin")
		if err := os.Symlink(sleep, path); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path, "60")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd
	}
	below, beside := t.TempDir(), t.TempDir()
	ended, kept := begin(below), begin(beside)
	if err := process.KillBelow(t.Context(), below); err != nil {
		t.Fatal(err)
	}
	if err := ended.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("the one below ended with %v, want signal: killed", err)
	}
	if !alive(kept.Process.Pid) {
		t.Error("the one beside was ended too")
	}
}

func TestAlive(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !process.Alive(t.Context(), cmd.Process.Pid) {
		t.Error("a process that runs is not alive")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); process.Alive(t.Context(), cmd.Process.Pid); {
		if time.Now().After(deadline) {
			t.Fatal("a process that was killed, and not waited for, is alive")
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = cmd.Wait()
}
