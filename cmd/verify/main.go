// Verify tells whether the secrets that a stack declares are in its cluster, as
// declared: make verify STACK=<stack>. It asks the Pulumi CLI for the stack's
// configuration, and changes nothing.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"eso-aws/internal/stackfile"
	"eso-aws/stacks"
)

const project = "eso-aws"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	stack := flag.String("stack", "", "the `name` of the stack")
	flag.Parse()
	if err := verify(ctx, *stack); err != nil {
		if !errors.Is(err, stacks.ErrNotInSync) { // which the table has told
			fmt.Fprintln(os.Stderr, "verify:", err)
		}
		stop()
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func verify(ctx context.Context, stack string) error {
	if stack == "" {
		return errors.New("which stack? write --stack <name>")
	}
	args := stacks.ReportArgs{Input: stackfile.Input{Project: project, Values: map[string]string{}}, Out: os.Stdout}
	var config map[string]struct {
		Value  string
		Secret bool
	}
	if err := pulumi(ctx, &config, "config", "--json", "--show-secrets", "--stack", stack); err != nil {
		return err
	}
	for key, entry := range config {
		args.Input.Values[key] = entry.Value
		if entry.Secret {
			args.Input.Encrypted = append(args.Input.Encrypted, key)
		}
	}
	var state struct {
		Deployment struct{ Resources []resource }
	}
	if err := pulumi(ctx, &state, "stack", "export", "--show-secrets", "--stack", stack); err != nil {
		return err
	}
	for _, r := range state.Deployment.Resources {
		if err := r.kubeconfig(&args.Kubeconfig); err != nil {
			return err
		}
	}
	return stacks.Report(ctx, args)
}

// resource is one of the state. The kubeconfig of an up that has failed is there, and
// not among the outputs, which come last.
type resource struct {
	Type   string
	Inputs struct {
		// Kubeconfig is a secret, which is JSON once more.
		Kubeconfig struct{ Plaintext string }
	}
}

// kubeconfig reads that of the provider, where this is it.
func (r *resource) kubeconfig(into *string) error {
	if r.Type != "pulumi:providers:kubernetes" || r.Inputs.Kubeconfig.Plaintext == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(r.Inputs.Kubeconfig.Plaintext), into); err != nil {
		return fmt.Errorf("reading the kubeconfig in the state: %w", err)
	}
	return nil
}

// pulumi runs the CLI and decodes what it prints.
func pulumi(ctx context.Context, into any, args ...string) error {
	cmd := exec.CommandContext(ctx, "pulumi", append(args, "--non-interactive")...) //nolint:gosec // of this file
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running pulumi %s: %w\n%s", args[0], err, strings.TrimSpace(errOut.String()))
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		return fmt.Errorf("reading what pulumi %s prints: %w", args[0], err)
	}
	return nil
}
