package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/config"
	"eso-aws/internal/stackfile"
)

// Program is what [pulumi.Run] needs: the program, and an option that lets it
// see the whole of the stack's configuration, as unknown keys are errors too.
// The option comes last where there are others.
func Program() (pulumi.RunFunc, pulumi.RunOption) {
	var input stackfile.Input
	see := func(info *pulumi.RunInfo) {
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
	return run, see
}
