package build_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"eso-aws/sandbox/build"
	"eso-aws/sandbox/internal/process"
)

// shared is a folder for all tests of this package.
var shared string

// tree is a source in miniature, a cache, and what a build has reported.
type tree struct {
	build.Options

	events []build.Event
}

// newTree copies the source in miniature; the cache is empty.
func newTree(t *testing.T) *tree {
	t.Helper()
	source := filepath.Join(t.TempDir(), "source")
	if err := os.CopyFS(source, os.DirFS("testdata/source")); err != nil {
		t.Fatal(err)
	}
	tr := &tree{Options: build.Options{Source: source, Cache: filepath.Join(t.TempDir(), "cache")}}
	tr.Report = func(e build.Event) {
		if e.Kind != build.Running { // comes with every second
			tr.events = append(tr.events, e)
		}
	}
	return tr
}

// newBuiltTree returns a tree in which all is built.
func newBuiltTree(t *testing.T) *tree {
	t.Helper()
	cache, err := built()
	if err != nil {
		t.Fatal(err)
	}
	tr := newTree(t)
	if err := os.CopyFS(tr.Cache, os.DirFS(cache)); err != nil {
		t.Fatal(err)
	}
	return tr
}

// built builds the miniature once and returns the cache.
var built = sync.OnceValues(func() (string, error) {
	source, err := filepath.Abs("testdata/source")
	if err != nil {
		return "", err
	}
	o := build.Options{Source: source, Cache: filepath.Join(shared, "cache"), Report: func(build.Event) {}}
	_, err = build.All(context.Background(), o)
	return o.Cache, err
})

// all builds what is missing and returns where everything is, and the reported events as text.
func (tr *tree) all(t *testing.T) (b *build.Binaries, events []string) {
	t.Helper()
	tr.events = nil
	b, err := build.All(t.Context(), tr.Options)
	if err != nil {
		t.Fatal(err)
	}
	return b, tr.told()
}

// told returns the reported events as text, without the times.
func (tr *tree) told() (events []string) {
	kinds := map[build.Kind]string{
		build.Plan: "plan", build.Started: "started", build.Done: "done", build.Using: "using",
	}
	for _, e := range tr.events {
		events = append(events, fmt.Sprintf("%s %d/%d %s", kinds[e.Kind], e.Step, e.Steps, e.What))
	}
	return events
}

// write replaces a file below a folder, whose folders it makes.
func write(t *testing.T, mode os.FileMode, content string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// ls returns the names in a folder.
func ls(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// homeDir returns a home for the go command, whose telemetry would else write there when the test is over.
func homeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, config := range []string{".config", "Library/Application Support"} { // of Linux and of macOS
		write(t, 0o600, "off", dir, config, "go", "telemetry", "mode")
	}
	return dir
}

// await waits until a file is there, and returns what it holds.
func await(ctx context.Context, path string) string {
	for ctx.Err() == nil {
		if data, err := os.ReadFile(path); err == nil {
			return string(data)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return ""
}

// nothingLeft fails the test where one of these processes runs, and ends it.
func nothingLeft(t *testing.T, pids string) {
	t.Helper()
	if pids == "" {
		t.Error("nothing was begun")
	}
	for id := range strings.FieldsSeq(pids) {
		pid, err := strconv.Atoi(id)
		if err != nil {
			t.Fatal(err)
		}
		if process.Alive(t.Context(), pid) {
			t.Errorf("process %d is left running", pid)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
