package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
	"eso-aws/sandbox/internal/process"
)

// unknown is what pulumi preview --json prints for a value that is known only after an up.
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// preview prints what the first up of each stack would do, as Markdown for a pull request. Each stack gets
// a new sandbox in a temporary folder. So the result is the same on every machine, does not depend on what
// is deployed in other sandboxes, and no stack sees the namespaces of another.
func (c *command) preview(ctx context.Context) error {
	err := c.previewAll(ctx)
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "\ninterrupted: stopped the preview")
		return ctx.Err()
	}
	return err
}

func (c *command) previewAll(ctx context.Context) (err error) {
	files, err := filepath.Glob(filepath.Join(c.checkout, "Pulumi.*.yaml"))
	if err != nil || len(files) == 0 {
		return errors.Join(fmt.Errorf("%q has no stack file, such as Pulumi.local.yaml", c.checkout), err)
	}
	binaries, err := c.buildAll(ctx, os.Stderr)
	if err != nil {
		return err
	}
	dir, err := temporary()
	if err != nil {
		return err
	}
	defer func() { // a killed pulumi leaves its plugins running
		err = errors.Join(err, process.KillBelow(context.WithoutCancel(ctx), dir), os.RemoveAll(dir))
	}()
	own := command{checkout: c.checkout, program: filepath.Join(dir, "program")}
	if err := build.Program(ctx, c.checkout, own.program); err != nil {
		return err
	}
	var plans []plan
	for _, file := range files {
		own.stack = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
		own.dir = filepath.Join(dir, "sandbox-"+own.stack)
		fmt.Fprintf(os.Stderr, "Previewing %s ...", own.stack)
		p, err := own.plan(ctx, binaries)
		if err != nil {
			return fmt.Errorf("previewing the stack %q: %w", own.stack, err)
		}
		fmt.Fprintln(os.Stderr, "", p.result())
		plans = append(plans, p)
	}
	fmt.Print(summary(plans))
	return failed(plans)
}

// temporary creates a folder and returns its path without symbolic links, because the project refers to
// the program by a relative path.
func temporary() (string, error) {
	dir, err := os.MkdirTemp("", "eso-aws-preview-")
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", fmt.Errorf("creating a folder for the preview: %w", err)
	}
	return dir, nil
}

// plan previews the stack in a sandbox without a node, because no pod will run.
func (c *command) plan(ctx context.Context, binaries *build.Binaries) (plan, error) {
	box, err := sandbox.Start(ctx, sandbox.Options{Dir: c.dir, Binaries: *binaries, NoNode: true})
	if err != nil {
		return plan{}, err
	}
	defer box.Stop()
	s := newSession(box, *binaries)
	if err := c.project(s).Install(*binaries); err != nil {
		return plan{}, err
	}
	neutral := c.neutral(box, binaries.Chart)
	unreadable := c.follow(box, s)
	stack, err := c.project(s).Stack(c.stack)
	if err != nil { // the stack file cannot be read
		return plan{Stack: c.stack, Failure: neutral.Replace(cmp.Or(unreadable, err).Error())}, nil
	}
	if namespace := stack.Presumed(); namespace != "" {
		if _, err := createNamespace(ctx, s, namespace); err != nil {
			return plan{}, err
		}
	}
	var out, errs bytes.Buffer
	for _, args := range [][]string{
		{"stack", "select", "--create", c.stack},
		{"preview", "--stack", c.stack, "--json", "--non-interactive"},
	} {
		out.Reset()
		errs.Reset()
		cmd := c.pulumi(ctx, s, args...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		err = cmd.Run()
		if ctx.Err() != nil {
			return plan{}, ctx.Err()
		}
		if err != nil {
			break
		}
	}
	return readPlan(c.stack, neutral.Replace(out.String()), neutral.Replace(errs.String()), err), nil
}

// neutral replaces the values that differ between machines and sandboxes.
func (c *command) neutral(box *sandbox.Sandbox, chart string) *strings.Replacer {
	return strings.NewReplacer(
		chart, "<chart>", box.Endpoint(), "<aws>", box.URL(), "<kubernetes>",
		strings.TrimPrefix(box.Issuer(), "https://"), "<issuer>",
		c.dir, "<sandbox>", c.checkout, "<checkout>", unknown, "<known after up>",
	)
}
