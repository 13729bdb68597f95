// Package e2e tests the program as a user runs it: with the pulumi command and a stack file, and with the real
// engine, API server, Helm chart and External Secrets Operator, but an AWS stand-in.
//
// A cluster can have one operator, so each test takes a sandbox, in which it creates and destroys a stack. The
// tests mostly wait, so they run in parallel.
package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"eso-aws/sandbox"
	"eso-aws/sandbox/aws"
	"eso-aws/sandbox/build"
)

const region = "us-east-1"

// env is what all tests share. TestMain sets it, and nothing changes it later.
var env struct {
	checkout string
	binaries build.Binaries
	program  string // the program's binary
	verify   string // that of make verify
	dir      string // for the programs and the sandboxes
	// canary is an access key that can be searched for, unlike the default test/test.
	canary aws.Credential
}

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	ctx := context.Background()
	var err error
	if env.checkout, err = filepath.Abs("../.."); err != nil {
		return 0, err
	}
	if env.dir, err = os.MkdirTemp("", "eso-aws-e2e-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(env.dir)
	binaries, err := build.All(ctx, build.Options{
		Source: filepath.Join(env.checkout, "sandbox"),
		Report: func(e build.Event) {
			if e.Kind == build.Started || e.Kind == build.Done {
				fmt.Printf("building %d of %d, %s: %s\n", e.Step, e.Steps, e.What, e.Elapsed.Round(time.Second))
			}
		},
	})
	if err != nil {
		return 0, err
	}
	env.binaries = *binaries
	env.program, env.verify = filepath.Join(env.dir, "bin", "eso-aws"), filepath.Join(env.dir, "bin", "verify")
	compile := exec.Command("go", "build", "-o", filepath.Dir(env.program)+"/", ".", "./cmd/verify")
	compile.Dir = env.checkout
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := compile.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the program and verify: %w\n%s", err, out)
	}
	env.canary = aws.Credential{
		AccessKeyID: "AKIA" + rand.Text()[:16], SecretAccessKey: rand.Text(),
		Principal: aws.Principal{ARN: "arn:aws:iam::000000000000:user/canary"}, // its log may name it
	}
	defer func() {
		for _, s := range pool.free {
			s.Stop()
		}
	}()
	return m.Run(), nil
}

// owned is a sandbox that a test has to itself.
type owned struct {
	*sandbox.Sandbox
	dir string
}

// pool holds the sandboxes: as many as tests run at once.
var pool struct {
	sync.Mutex
	free  []*owned
	all   int
	taken sync.Map // by the test's name
}

// take makes a test run in parallel with others, in a sandbox of its own.
func take(t *testing.T) {
	t.Helper()
	t.Parallel()
	takeFree(t)
}

// takeFree gives a test or a benchmark a free or new sandbox until it ends.
func takeFree(t testing.TB) {
	t.Helper()
	pool.Lock()
	defer pool.Unlock()
	isNew := len(pool.free) == 0
	if isNew {
		pool.free = append(pool.free, start(t))
	}
	last := len(pool.free) - 1
	s := pool.free[last]
	pool.free = pool.free[:last]
	pool.taken.Store(t.Name(), s)
	if isNew {
		settle(t)
	}
	t.Cleanup(func() {
		pool.Lock()
		defer pool.Unlock()
		pool.free = append(pool.free, s)
	})
}

// own returns the sandbox that a test has taken, for the test and its steps.
func own(t testing.TB) *owned {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	s, ok := pool.taken.Load(test)
	if !ok {
		t.Fatalf("%s has taken no sandbox", test)
	}
	return s.(*owned)
}

func start(t testing.TB) *owned {
	t.Helper()
	pool.all++
	dir := filepath.Join(env.dir, fmt.Sprint("sandbox", pool.all))
	s, err := sandbox.Start(context.WithoutCancel(t.Context()), sandbox.Options{
		Dir: dir, Binaries: env.binaries,
		AWS: aws.Options{Credentials: append([]aws.Credential{
			{AccessKeyID: "test", SecretAccessKey: "test"}, env.canary,
		}, otherAccounts()...)},
	})
	must(t, err)
	return &owned{s, dir}
}
