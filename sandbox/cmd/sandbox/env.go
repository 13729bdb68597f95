package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"eso-aws/sandbox"
)

// env prints shell lines that set up pulumi, kubectl and the AWS CLI for the sandbox.
func (c *command) env(context.Context) error {
	s, err := c.running()
	if err != nil {
		return err
	}
	region := cmp.Or(c.region, c.deployedRegion(s))
	lines := append(c.project(s).Env(s.Passphrase),
		"KUBECONFIG="+c.path("kubeconfig"),
		"AWS_REGION="+region,
		"AWS_DEFAULT_REGION="+region,
	)
	// The lines may be used in another shell, so they also unset variables that are often set.
	foreign := append(sandbox.Foreign(os.Environ()),
		"AWS_PROFILE", "AWS_SESSION_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE")
	slices.Sort(foreign)
	fmt.Println("unset", strings.Join(slices.Compact(foreign), " "))
	for _, line := range lines {
		key, value, _ := strings.Cut(line, "=")
		if key == "PATH" {
			fmt.Printf("export PATH=%s:\"$PATH\"\n", quote(c.path("bin")))
			continue
		}
		fmt.Printf("export %s=%s\n", key, quote(value))
	}
	return nil
}

// deployedRegion returns the region of the deployed stack's secrets, or the default region if no stack is
// deployed or its file cannot be read: env should print its lines anyway.
func (c *command) deployedRegion(s *session) string {
	var stack sandbox.Stack
	if name := c.deployedStack(); name != "" {
		stack, _ = c.project(s).Stack(name)
	}
	return stack.Region()
}

// quote quotes a text as one word of a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
