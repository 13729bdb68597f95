package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"eso-aws/sandbox"
)

// env prints shell lines that make pulumi, kubectl and the AWS CLI work on the sandbox by hand.
func (c *command) env(context.Context) error {
	s, err := c.running()
	if err != nil {
		return err
	}
	lines := append(c.project(s).Env(s.Passphrase),
		"KUBECONFIG="+c.path("kubeconfig"),
		"AWS_REGION="+c.region,
		"AWS_DEFAULT_REGION="+c.region,
	)
	// The lines may be kept for another shell, which may have what most have.
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

// quote makes any text one word of a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
