// Command sandbox is behind the Makefile's targets: it builds, starts and stops the sandbox, deploys
// stacks in it, and shows the result.
//
//	sandbox up [--stack local] [--fetch]   build, start, deploy, show
//	sandbox build [--fetch]                build only
//	sandbox preview [--fetch]              print what the first up of each stack would do, as Markdown
//	sandbox status                         show what is synced, as make verify
//	sandbox secret NAME [VALUE]            store or rotate a secret; without VALUE, read it from stdin
//	sandbox env                            print shell lines that set up pulumi, kubectl and aws
//	sandbox down                           stop everything
//
// It works on the checkout in the current directory. It writes to the folder .sandbox there (or
// $SANDBOX_DIR) and keeps the binaries in the user's cache folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// command is one run of the command line.
type command struct {
	checkout string // the program's folder
	dir      string // the sandbox's folder
	stack    string
	fetch    bool
	program  string // the program's executable; if empty, Pulumi builds it
	endpoint string // of Secrets Manager; if empty, the sandbox's
	region   string
	args     []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			fmt.Fprintf(os.Stderr, "\nsandbox: %v\n", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	commands := map[string]func(*command, context.Context) error{
		"up": (*command).up, "build": (*command).build, "status": (*command).status, "secret": (*command).secret,
		"env": (*command).env, "down": (*command).down, "serve": (*command).serve, "preview": (*command).preview,
	}
	if len(args) == 0 || commands[args[0]] == nil {
		names := slices.Sorted(func(yield func(string) bool) {
			for name := range commands {
				if name != "serve" && !yield(name) { // serve is up's own
					return
				}
			}
		})
		return fmt.Errorf("the command must be one of %s", strings.Join(names, ", "))
	}
	c, err := parse(args[0], args[1:])
	if err != nil {
		return err
	}
	err = commands[args[0]](c, ctx)
	if args[0] == "build" && errors.Is(err, context.Canceled) {
		return errors.New("interrupted; the next build continues where this one stopped")
	}
	return err
}

func parse(name string, args []string) (*command, error) {
	c := &command{dir: os.Getenv("SANDBOX_DIR")}
	flags := flag.NewFlagSet("sandbox "+name, flag.ContinueOnError)
	flags.StringVar(&c.stack, "stack", "local", "the stack to deploy")
	flags.BoolVar(&c.fetch, "fetch", false,
		"download the official Pulumi CLI and provider plugin instead of building them")
	flags.StringVar(&c.endpoint, "endpoint", "", "URL of Secrets Manager (default: the sandbox's)")
	flags.StringVar(&c.region, "region", "", "AWS region of the secret (default: the region of the stack's secrets)")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	c.args = flags.Args()
	var err error
	if c.checkout, err = os.Getwd(); err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	if c.dir == "" {
		c.dir = ".sandbox"
	}
	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return nil, fmt.Errorf("the sandbox's folder %q: %w", c.dir, err)
	}
	if _, err := os.Stat(filepath.Join(c.checkout, "Pulumi.yaml")); err != nil {
		return nil, fmt.Errorf("%q has no Pulumi.yaml; run make in the project's root", c.checkout)
	}
	return c, nil
}

func (c *command) path(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}
