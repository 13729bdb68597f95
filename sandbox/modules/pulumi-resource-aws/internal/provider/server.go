package provider

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Server returns the provider for gRPC.
func Server(p *Provider) pulumirpc.ResourceProviderServer {
	return server{plugin.NewProviderServer(p)}
}

// server adds what Pulumi's server omits from detailed diffs: that they exist, and the kind of a removal that
// replaces the resource.
type server struct {
	pulumirpc.ResourceProviderServer
}

// Diff compares a resource with what the program wants.
func (s server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	resp, err := s.ResourceProviderServer.Diff(ctx, req)
	if err != nil {
		return nil, err
	}
	resp.HasDetailedDiff = true
	for _, path := range resp.GetReplaces() {
		if diff := resp.GetDetailedDiff()[path]; diff.GetKind() == pulumirpc.PropertyDiff_DELETE {
			diff.Kind = pulumirpc.PropertyDiff_DELETE_REPLACE
		}
	}
	return resp, nil
}
