// Package stacks is the program: it loads a stack's configuration, checks it and the cluster, and connects the
// components.
//
// It registers nothing before both checks succeed. It never adopts or deletes a namespace that others created, and
// never deletes their custom resources together with the operator.
package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/config"
	"eso-aws/internal/stackfile"
)

// Program returns the arguments of [pulumi.Run]: the program, and an option that gives it the whole configuration
// of the stack, in which unknown keys are errors. The option must come after all others.
func Program() (pulumi.RunFunc, pulumi.RunOption) {
	var input stackfile.Input
	option := func(info *pulumi.RunInfo) {
		input = stackfile.Input{Project: info.Project, Values: info.Config, Encrypted: info.ConfigSecretKeys}
	}
	run := func(ctx *pulumi.Context) error {
		loaded, err := config.Load(input)
		if err != nil {
			return fmt.Errorf("checking the configuration of stack %q:\n%w", ctx.Stack(), err)
		}
		for _, warning := range loaded.Warnings {
			if err := ctx.Log.Warn(warning.String(), nil); err != nil {
				return err
			}
		}
		if ctx.DryRun() {
			if err := ctx.Log.Info(loaded.Forecast().String(), nil); err != nil {
				return err
			}
		}
		if loaded.OnEKS() {
			return eks(ctx, loaded)
		}
		return local(ctx, loaded)
	}
	return run, option
}
