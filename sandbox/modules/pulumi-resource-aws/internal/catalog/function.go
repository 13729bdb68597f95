package catalog

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Function is a function that a program calls to read something from AWS.
type Function func(ctx context.Context, c *Clients, args resource.PropertyMap) (resource.PropertyMap, error)

// Functions returns all functions by token.
func Functions() map[string]Function {
	return map[string]Function{
		"aws:eks/getCluster:getCluster":                             function(getCluster),
		"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": function(getProvider),
	}
}

// function converts the arguments to an A and the result from an R, by their JSON tags.
func function[A, R any](do func(context.Context, *Clients, *A) (*R, error)) Function {
	return func(ctx context.Context, c *Clients, args resource.PropertyMap) (resource.PropertyMap, error) {
		asked, err := decode[A](args)
		if err != nil {
			return nil, err
		}
		result, err := do(ctx, c, asked)
		if err != nil {
			return nil, err
		}
		return encode(result)
	}
}
