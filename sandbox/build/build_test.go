package build_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/build"
)

const (
	operator = "External Secrets Operator 0.20.4"
	provider = "pulumi-kubernetes provider 4.25.0"
	awsStand = "pulumi-aws provider 6.83.2 (stand-in)"
	language = "Pulumi's language host for Go (stand-in)"
	cli      = "Pulumi CLI 3.274.1"
	cluster  = "etcd, Kubernetes 1.34.4 and kubectl"
	theNode  = "the node"
	packages = "the program's packages"
)

// eventsOf returns what a build of these steps reports.
func eventsOf(steps ...string) []string {
	tr := &tree{events: []build.Event{{Kind: build.Plan, Steps: len(steps)}}}
	for i, what := range steps {
		for _, kind := range []build.Kind{build.Started, build.Done} {
			tr.events = append(tr.events, build.Event{Kind: kind, Step: i + 1, Steps: len(steps), What: what})
		}
	}
	return tr.told()
}

func TestAllBuildsOnce(t *testing.T) {
	t.Parallel()
	tr := newTree(t)
	tr.Program = filepath.Join(tr.Source, "program")
	b, events := tr.all(t)
	want := eventsOf(provider, cluster, operator, cli, awsStand, language, theNode, packages)
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("the events (-want +got):\n%s", diff)
	}
	if expect := tr.events[0].Expect; expect < 15*time.Minute || expect > 30*time.Minute {
		t.Errorf("the plan expects %s", expect)
	}

	for path, want := range map[string]string{
		b.Kubernetes: "v1.34.4 1 34 v1.34.4\n", b.ExternalSecrets: "external-secrets\n", b.Node: "node\n",
		b.Pulumi: "v3.274.1\n", b.LanguageHost: "3.274.1\n", b.Provider: "4.25.0\n",
		b.AWSProvider: "6.83.2\n",
	} {
		out, err := exec.CommandContext(t.Context(), path).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s prints %q (%v), want %q", path, out, err, want)
		}
	}
	place := regexp.MustCompile(`^([a-z-]+)-[0-9a-f]{12}$`)
	for _, name := range ls(t, tr.Cache) {
		if name != "lock" && !place.MatchString(name) {
			t.Errorf("the cache holds %q", name)
		}
	}
	if want := filepath.Join(filepath.Dir(b.ExternalSecrets), "chart"); b.Chart != want {
		t.Errorf("the chart is %q, want %q", b.Chart, want)
	}
	if _, err := os.Stat(filepath.Join(b.Chart, "templates", "crds", "pushsecret.yaml")); err != nil {
		t.Error(err)
	}

	again, events := tr.all(t)
	if diff := cmp.Diff(b, again); diff != "" || events != nil {
		t.Errorf("again, with the events %q (-before +again):\n%s", events, diff)
	}
}

func TestWhatIsBuiltAnew(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file, content string
		want          []string
	}{
		"Source":          {"node/main.go", "package main\n\nfunc main() { println(`other`) }\n", eventsOf(theNode)},
		"NewPackage":      {"node/internal/x/x.go", "package x\n", eventsOf(theNode)},
		"Module":          {"modules/pulumi-language-go/go.mod", "module example.com/other\n\ngo 1.26\n", eventsOf(language)},
		"Checksums":       {"node/go.sum", "", eventsOf(theNode)},
		"Test":            {"node/main_test.go", "package main\n", nil},
		"OtherFile":       {"node/README.md", "It runs pods.\n", nil},
		"OutsideOfModule": {"sandbox.go", "package sandbox\n", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newBuiltTree(t)
			before, events := tr.all(t)
			if events != nil {
				t.Fatalf("a copy of a built tree is built anew: %q", events)
			}
			write(t, 0o600, test.content, tr.Source, test.file)
			after, events := tr.all(t)
			if diff := cmp.Diff(test.want, events); diff != "" {
				t.Errorf("the events (-want +got):\n%s", diff)
			}
			if same := *before == *after; same != (test.want == nil) {
				t.Errorf("before %+v\nafter  %+v", before, after)
			}
			if _, err := os.Stat(before.Node); err != nil {
				t.Errorf("another checkout may use what was built before: %v", err)
			}
		})
	}
}

func TestFailedStep(t *testing.T) {
	t.Parallel()
	tr := newBuiltTree(t)
	before := ls(t, tr.Cache)
	source := "package main\n\nfunc main() {\n" + strings.Repeat("\tundefined()\n", 30) + "}\n"
	write(t, 0o600, source, tr.Source, "node/main.go")
	_, err := build.All(t.Context(), tr.Options)
	want := "building the node: go build in " + filepath.Join(tr.Source, "node") + ": exit status 1\n" +
		"  # example.com/node\n  ./main.go:4:2: undefined: undefined\n"
	if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Count(err.Error(), "\n") > 15 {
		t.Errorf("got %v\nwant %s... and at most 15 lines", err, want)
	}
	if diff := cmp.Diff(eventsOf(theNode)[:2], tr.told()); diff != "" {
		t.Errorf("the events (-want +got):\n%s", diff)
	}
	for _, name := range ls(t, tr.Cache) {
		if !slices.Contains(before, name) && !strings.HasSuffix(name, ".tmp") {
			t.Errorf("the failed build has left %q", name)
		}
	}
	write(t, 0o600, "package main\n\nfunc main() { println(1) }\n", tr.Source, "node/main.go")
	if _, events := tr.all(t); len(events) == 0 {
		t.Error("what is mended is not built")
	}
}

// A chart that cannot be made fails the operator's step, though its executable is built.
func TestFailedFinish(t *testing.T) {
	t.Parallel()
	tr := newBuiltTree(t)
	const module = "modules/external-secrets/operator"
	write(t, 0o600, "package main\n\nfunc main() { println(`new`) }\n", tr.Source, module, "main.go")
	bundle := filepath.Join(tr.Source, module, "deploy/crds/bundle.yaml")
	if err := os.Rename(bundle, bundle+".away"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time as the first
		_, err := build.All(t.Context(), tr.Options)
		want := "building " + operator + ": reading the CRDs: "
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Fatalf("got %v, want %s...", err, want)
		}
	}
	if err := os.Rename(bundle+".away", bundle); err != nil {
		t.Fatal(err)
	}
	if b, events := tr.all(t); len(events) != 3 || b.Chart == "" {
		t.Errorf("got the events %q", events)
	}
}

func TestCancelledStep(t *testing.T) {
	t.Parallel()
	tr := newBuiltTree(t)
	write(t, 0o600, "package main\n\nfunc main() { println(`new`) }\n", tr.Source, "node/main.go")
	ctx, cancel := context.WithCancel(t.Context())
	tr.Report = func(e build.Event) {
		if e.Kind == build.Started {
			cancel()
		}
	}
	if _, err := build.All(ctx, tr.Options); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
}

// The go command does not end its compilers when it is interrupted, nor remove its temporary files.
func TestStepCancelledWhileItCompiles(t *testing.T) {
	tr := newBuiltTree(t)
	before := ls(t, tr.Cache)
	word := rand.Text() // what no run before has compiled
	write(t, 0o600, "package main\n\nfunc main() { println(`"+word+"`) }\n", tr.Source, "node/main.go")
	tools, temporary := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("GOFLAGS", "-toolexec="+filepath.Join(tools, "tool"))
	write(t, 0o700, `#!/bin/sh
case "$*" in
*-V=full*) exec "$@" ;;
esac
echo $PPID $$ >`+tools+`/new && mv `+tools+`/new `+tools+`/pids
exec sleep 300
`, tools, "tool")

	ctx, cancel := context.WithCancel(t.Context())
	var pids string
	var cancelled time.Time
	go func() {
		defer cancel()
		pids = await(ctx, filepath.Join(tools, "pids"))
		cancelled = time.Now()
	}()
	if _, err := build.All(ctx, tr.Options); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
	if took := time.Since(cancelled); took > time.Minute {
		t.Errorf("it took %s to end", took)
	}
	nothingLeft(t, pids)
	if left := ls(t, temporary); left != nil {
		t.Errorf("temporary files are left: %q", left)
	}
	if diff := cmp.Diff(before, ls(t, tr.Cache)); diff != "" {
		t.Errorf("the cache (-before +after):\n%s", diff)
	}

	t.Setenv("GOFLAGS", "")
	tr.Report = func(build.Event) {}
	b, _ := tr.all(t)
	if out, err := exec.CommandContext(t.Context(), b.Node).CombinedOutput(); err != nil || string(out) != word+"\n" {
		t.Errorf("what the next build has made prints %q (%v), want %s", out, err, word)
	}
}

func TestABuildWaitsForAnother(t *testing.T) {
	t.Parallel()
	tr := newBuiltTree(t)
	other, err := os.Open(filepath.Join(tr.Cache, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := syscall.Flock(int(other.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := build.All(ctx, tr.Options); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v while another build runs, want to have waited", err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := build.All(t.Context(), tr.Options)
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("it has not waited (%v)", err)
	case <-time.After(300 * time.Millisecond):
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTwoBuildsDoTheWorkOnce(t *testing.T) {
	t.Parallel()
	one, two := newBuiltTree(t), newTree(t)
	two.Cache = one.Cache
	done := make(chan error, 2)
	for _, tr := range []*tree{one, two} {
		write(t, 0o600, "package main\n\nfunc main() { println(`new`) }\n", tr.Source, "node/main.go")
		go func() {
			_, err := build.All(t.Context(), tr.Options)
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(eventsOf(theNode), append(one.told(), two.told()...)); diff != "" {
		t.Errorf("the events of both (-want +got):\n%s", diff)
	}
}

func TestFailuresBeforeAnyStep(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*testing.T, *tree)
		want  string
	}{
		"NoSource": {func(_ *testing.T, tr *tree) { tr.Source += "/none" }, "reading the sources in "},
		"CacheIsAFile": {func(t *testing.T, tr *tree) {
			t.Helper()
			write(t, 0o600, "", tr.Cache)
		}, "creating the cache folder: "},
		"LockIsAFolder": {func(t *testing.T, tr *tree) {
			t.Helper()
			write(t, 0o600, "", tr.Cache, "lock", "file")
		}, "opening the build's lock: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := newTree(t)
			test.spoil(t, tr)
			_, err := build.All(t.Context(), tr.Options)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || tr.events != nil {
				t.Errorf("got %v, want %s..., and no event but %q", err, test.want, tr.told())
			}
		})
	}
}

func TestNoGoCommand(t *testing.T) {
	tr := newTree(t)
	t.Setenv("PATH", t.TempDir())
	_, err := build.All(t.Context(), tr.Options)
	want := `running go env GOVERSION: exec: "go": executable file not found in $PATH`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCacheOfTheUser(t *testing.T) {
	tr := newBuiltTree(t)
	home := homeDir(t)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(cache, "eso-aws"), os.DirFS(tr.Cache)); err != nil {
		t.Fatal(err)
	}
	tr.Cache = ""
	b, events := tr.all(t)
	if events != nil || !strings.HasPrefix(b.Node, filepath.Join(cache, "eso-aws")) {
		t.Errorf("got the events %q and the node %q", events, b.Node)
	}
}

// A go.work of the user's does not reach into the modules.
func TestWorkspaceOfTheUser(t *testing.T) {
	tr := newBuiltTree(t)
	write(t, 0o600, "package main\n\nfunc main() { println(`new`) }\n", tr.Source, "modules/external-secrets/operator/main.go")
	work := filepath.Join(t.TempDir(), "go.work")
	write(t, 0o600, "go 1.26\n", work)
	t.Setenv("GOWORK", work)
	if _, events := tr.all(t); len(events) != 3 {
		t.Errorf("got the events %q", events)
	}
}
