// Package e2e drives the program as a user does: the pulumi command on a stack file, with the real
// engine, API server, Helm chart and External Secrets Operator, and AWS's stand-in.
//
// The operator is installed once per cluster, so the tests take turns in one sandbox, each with a
// stack of its own that it destroys.
package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"eso-aws/sandbox"
	"eso-aws/sandbox/aws"
	"eso-aws/sandbox/build"
)

const region = "us-east-1"

// env is what all tests share; TestMain sets it before the first and nothing changes it.
var env struct {
	checkout string
	binaries build.Binaries
	program  string // the program's binary
	verify   string // that of make verify
	sandbox  *sandbox.Sandbox
	dir      string // the sandbox's folder
	// canary is an access key whose parts can be searched for; the default test/test cannot.
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
	env.sandbox, err = sandbox.Start(ctx, sandbox.Options{
		Dir: filepath.Join(env.dir, "sandbox"), Binaries: env.binaries,
		AWS: aws.Options{Credentials: append([]aws.Credential{
			{AccessKeyID: "test", SecretAccessKey: "test"}, env.canary,
		}, otherAccounts()...)},
	})
	if err != nil {
		return 0, err
	}
	defer env.sandbox.Stop()
	return m.Run(), nil
}
