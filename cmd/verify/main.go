// Verify shows the state of the stores and Secrets that a stack declares, and fails if any is not in sync: make
// verify STACK=<stack>. It gets the stack's configuration from the Pulumi CLI, and changes nothing.
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
		if !errors.Is(err, stacks.ErrNotInSync) { // the report says so
			fmt.Fprintln(os.Stderr, "verify:", err)
		}
		stop()
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func verify(ctx context.Context, stack string) error {
	if stack == "" {
		return errors.New("--stack is required; set it to the name of a stack")
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

// resource is a resource in the state. After a failed up, the state has the kubeconfig, but the outputs do not.
type resource struct {
	Type   string
	Inputs struct {
		// Kubeconfig is a secret, so its text is JSON again.
		Kubeconfig struct{ Plaintext string }
	}
}

// kubeconfig decodes the kubeconfig if the resource is the provider.
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
	cmd := exec.CommandContext(ctx, "pulumi", append(args, "--non-interactive")...) //nolint:gosec // constants
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
