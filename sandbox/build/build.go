// Package build builds the sandbox's binaries, each once and from its own Go module. It keeps a binary in
// the user's cache under a hash of its sources, so that all checkouts share it.
//
// If a suitable official Pulumi CLI or provider plugin is installed, it is used instead. With
// Options.Fetch they are downloaded. Apart from that, only Go modules are downloaded.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// The releases that the sandbox runs; the go.mod files of modules/ pin them.
const (
	KubernetesVersion      = "1.34.4"
	ExternalSecretsVersion = "0.20.4"
	PulumiVersion          = "3.274.1"
	ProviderVersion        = "4.25.0" // of pulumi-kubernetes
	AWSProviderVersion     = "6.83.2" // of pulumi-aws
)

// KubernetesMinor returns the version in EKS's form, such as 1.34.
func KubernetesMinor() string { return KubernetesVersion[:strings.LastIndex(KubernetesVersion, ".")] }

// Options say where things are. Source and Report must be set.
type Options struct {
	Source  string      // the sandbox's source folder, an absolute path
	Program string      // the Pulumi program's source folder, to compile ahead; may be empty
	Cache   string      // keeps the binaries; empty means "eso-aws" in the user's cache folder
	Placed  string      // a folder with links to binaries in the cache, such as a sandbox's
	Fetch   bool        // download the official Pulumi CLI and provider plugin
	Report  func(Event) // called for each event
}

// Binaries are paths of executables, and of the chart that goes with the operator.
type Binaries struct {
	Kubernetes      string // etcd, the control plane and kubectl
	ExternalSecrets string
	Chart           string // folder of the operator's Helm chart
	Node            string
	Pulumi          string
	LanguageHost    string // empty where the CLI is an official one, which has its own
	Provider        string // pulumi-resource-kubernetes
	AWSProvider     string // pulumi-resource-aws
}

// step is one thing to build.
type step struct {
	what    string // for people
	seconds int    // cold, alone, on 2 cores
	module  string // folder below the sandbox's source
	pkg     string
	ldflags string
	finish  func(ctx context.Context, o *Options, dir string) error // builds what else belongs to it
}

func steps() map[string]step {
	kube := "v" + KubernetesVersion
	major, minor, _ := strings.Cut(KubernetesMinor(), ".")
	return map[string]step{
		"kubernetes": {
			what: "etcd, Kubernetes " + KubernetesVersion + " and kubectl", seconds: 285,
			module: "modules/kubernetes", pkg: ".",
			// Without a version Helm takes the cluster for v0.0.0 and refuses it.
			ldflags: fmt.Sprintf("-X k8s.io/component-base/version.gitVersion=%[1]s"+
				" -X k8s.io/component-base/version.gitMajor=%[2]s -X k8s.io/component-base/version.gitMinor=%[3]s"+
				" -X k8s.io/client-go/pkg/version.gitVersion=%[1]s", kube, major, minor),
		},
		"external-secrets": {
			what: "External Secrets Operator " + ExternalSecretsVersion, seconds: 280,
			module: "modules/external-secrets", pkg: operatorModule, finish: writeOperatorChart,
		},
		"sandbox-node": {what: "the node", seconds: 60, module: "node", pkg: "."},
		"pulumi": {
			what: "Pulumi CLI " + PulumiVersion, seconds: 255, module: "modules/pulumi",
			pkg:     "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
			ldflags: "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v" + PulumiVersion,
		},
		"pulumi-language-go": {
			what: "Pulumi's language host for Go (stand-in)", seconds: 60,
			module: "modules/pulumi-language-go", pkg: ".", ldflags: "-X main.version=" + PulumiVersion,
		},
		"pulumi-resource-kubernetes": {
			what: "pulumi-kubernetes provider " + ProviderVersion, seconds: 445,
			module: "modules/pulumi-resource-kubernetes", pkg: ".", ldflags: "-X main.version=" + ProviderVersion,
		},
		// Always the stand-in, even if the official plugin is installed: it can reach only the sandbox's
		// AWS, so a mistake in the environment cannot change a real account.
		"pulumi-resource-aws": {
			what: "pulumi-aws provider " + AWSProviderVersion + " (stand-in)", seconds: 60,
			module: "modules/pulumi-resource-aws", pkg: ".", ldflags: "-X main.version=" + AWSProviderVersion,
		},
	}
}

const operatorModule = "github.com/external-secrets/external-secrets"

// order returns the order of the build: the longest first, so that it fails early on too small a machine.
func order() []string {
	return []string{
		"pulumi-resource-kubernetes", "kubernetes", "external-secrets", "pulumi",
		"pulumi-resource-aws", "pulumi-language-go", "sandbox-node",
	}
}

// Event is one thing that the build reports.
type Event struct {
	Kind    Kind
	Step    int // from 1
	Steps   int
	What    string
	Expect  time.Duration // what the step, or with Plan all steps, may take
	Elapsed time.Duration
}

// Kind is the kind of an [Event].
type Kind int

// The kinds, in the order in which they come.
const (
	Plan    Kind = iota // the build is about to start; Expect is for all of it
	Started             // a step starts
	Running             // it still runs; comes every second
	Done                // it ended well
	Using               // What, already installed, is used and not built
)

// All builds what is missing and returns where everything is.
func All(ctx context.Context, o Options) (*Binaries, error) {
	if o.Cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("finding the user's cache folder (set HOME or XDG_CACHE_HOME): %w", err)
		}
		o.Cache = filepath.Join(cache, "eso-aws")
	}
	if err := os.MkdirAll(o.Cache, 0o700); err != nil {
		return nil, fmt.Errorf("creating the cache folder: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(o.Cache, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()

	found, err := official(ctx, &o)
	if err != nil {
		return nil, err
	}
	paths, missing, err := plan(ctx, &o, found)
	if err != nil {
		return nil, err
	}
	if err := o.build(ctx, missing, paths); err != nil {
		return nil, err
	}
	operator := paths["external-secrets"]
	return &Binaries{
		Kubernetes: paths["kubernetes"], Node: paths["sandbox-node"], ExternalSecrets: operator,
		Chart:  filepath.Join(filepath.Dir(operator), "chart"),
		Pulumi: paths["pulumi"], LanguageHost: paths["pulumi-language-go"],
		Provider: paths["pulumi-resource-kubernetes"], AWSProvider: paths["pulumi-resource-aws"],
	}, nil
}

// plan returns the path of each executable, and the names of those that must be built.
func plan(
	ctx context.Context, o *Options, found map[string]string,
) (paths map[string]string, missing []string, err error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION").Output()
	if err != nil {
		return nil, nil, fmt.Errorf("running go env GOVERSION: %w", err)
	}
	toolchain := strings.TrimSpace(string(out))
	paths = map[string]string{}
	for _, name := range order() {
		if path, ok := found[name]; ok {
			paths[name] = path
			continue
		}
		s := steps()[name]
		key, err := s.key(filepath.Join(o.Source, s.module), toolchain)
		if err != nil {
			return nil, nil, err
		}
		paths[name] = filepath.Join(o.Cache, name+"-"+key, name)
		if _, err := os.Stat(paths[name]); err != nil {
			missing = append(missing, name)
		}
	}
	return paths, missing, nil
}

// args returns the arguments of the go command except the package and the output. Without -trimpath, the
// build cache is shared with the builds and tests of the program.
func (s step) args() []string { return []string{"build", "-ldflags", "-s -w " + s.ldflags} }

// key returns a hash of everything that an executable is built from.
func (s step) key(dir, toolchain string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, toolchain, runtime.GOOS, runtime.GOARCH, s.pkg, s.args())
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		switch filepath.Ext(path) {
		case ".go", ".mod", ".sum":
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintln(hash, strings.TrimPrefix(path, dir), len(data))
			hash.Write(data)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading the sources in %q: %w", dir, err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], nil
}

// build runs the steps, and at last compiles the program's packages ahead of time.
func (o *Options) build(ctx context.Context, missing []string, paths map[string]string) error {
	total := len(missing)
	if o.Program != "" && total > 0 {
		total++
	}
	if total > 0 {
		expect := 75 * time.Second // the program's packages
		for _, name := range missing {
			expect += time.Duration(steps()[name].seconds) * time.Second
		}
		o.Report(Event{Kind: Plan, Steps: total, Expect: expect})
	}
	for i, name := range missing {
		s := steps()[name]
		event := Event{
			Step: i + 1, Steps: total, What: s.what, Expect: time.Duration(s.seconds) * time.Second,
		}
		if err := o.timed(event, func() error { return s.build(ctx, o, name, paths[name]) }); err != nil {
			return err
		}
	}
	if o.Program == "" || total == 0 {
		return nil
	}
	event := Event{Step: total, Steps: total, What: "the program's packages", Expect: 75 * time.Second}
	return o.timed(event, func() error {
		return goCommand(ctx, o.Program, "list", "-export", "-deps", "-f", "{{.Name}}", ".")
	})
}

// timed reports a step while it runs.
func (o *Options) timed(event Event, run func() error) error {
	started := time.Now()
	report := func(kind Kind) {
		event.Kind, event.Elapsed = kind, time.Since(started)
		o.Report(event)
	}
	report(Started)
	done := make(chan error, 1)
	go func() { done <- run() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("building %s: %w", event.What, err)
			}
			report(Done)
			return nil
		case <-tick.C:
			report(Running)
		}
	}
}

// build builds the executable in a temporary folder and renames that when everything is done.
func (s step) build(ctx context.Context, o *Options, name, path string) error {
	dir := filepath.Dir(path)
	work := dir + ".tmp"
	if err := os.RemoveAll(work); err != nil {
		return fmt.Errorf("removing an unfinished build: %w", err)
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return fmt.Errorf("creating the build's folder: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // where the build ends early; it is gone where it went well
	source := filepath.Join(o.Source, s.module)
	args := append(s.args(), "-o", filepath.Join(work, name), s.pkg)
	if err := goCommand(ctx, source, args...); err != nil {
		return err
	}
	if s.finish != nil {
		if err := s.finish(ctx, o, work); err != nil {
			return err
		}
	}
	return os.Rename(work, dir)
}

// writeOperatorChart writes the chart of the operator's release.
func writeOperatorChart(ctx context.Context, o *Options, dir string) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", operatorModule)
	cmd.Dir = filepath.Join(o.Source, steps()["external-secrets"].module)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("finding the operator's module: %w", err)
	}
	return WriteChart(strings.TrimSpace(string(out)), ExternalSecretsVersion, filepath.Join(dir, "chart"))
}

// lock takes a file lock, so that two builds do not do the same work. It waits until the lock is free.
func lock(ctx context.Context, path string) (func(), error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the build's lock: %w", err)
	}
	for {
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			return func() { _ = file.Close() }, nil
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
