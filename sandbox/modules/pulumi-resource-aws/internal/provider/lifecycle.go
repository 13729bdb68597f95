package provider

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// Check completes and validates the inputs.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	kind, err := p.resource(string(req.Type))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	return kind.Schema().Check(schema.Checking{CheckRequest: req, DefaultTags: p.defaultTags})
}

// Diff compares the last known state with the inputs.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	kind, err := p.resource(string(req.Type))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	return kind.Schema().Diff(req.OldOutputs, req.NewInputs), nil
}

// Create creates the resource and reads its outputs.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	kind, err := p.resource(string(req.Type))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: kind.Schema().Preview(nil, req.Properties)}, nil
	}
	ctx, stop, err := p.start(ctx)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	defer stop()
	id, err := kind.Create(ctx, p.clients, req.Properties)
	if err != nil && id == "" {
		return plugin.CreateResponse{}, err
	}
	created := plugin.CreateResponse{ID: resource.ID(id)}
	if err == nil {
		created.Properties, err = p.read(ctx, string(req.Type), id, req.Properties)
	}
	if err != nil {
		return plugin.CreateResponse{}, unfinished(id, req.Properties, err)
	}
	return created, nil
}

// read reads a resource that must exist.
func (p *Provider) read(
	ctx context.Context, token, id string, state resource.PropertyMap,
) (resource.PropertyMap, error) {
	found, outputs, err := p.resources[token].Read(ctx, p.clients, id, state)
	if err == nil && found == "" {
		err = fmt.Errorf("reading %s %q: it was deleted during the update; run the update again", token, id)
	}
	return outputs, err
}

// unfinished returns an error that makes the engine remember an incomplete resource.
func unfinished(id string, inputs resource.PropertyMap, cause error) error {
	state, err := plugin.MarshalProperties(inputs, plugin.MarshalOptions{KeepUnknowns: true})
	if err != nil {
		return cause
	}
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, cause.Error()), &pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: state, Inputs: state, Reasons: []string{cause.Error()},
	})
}

// Read reads a resource for a refresh or an import. A deleted resource gets no ID.
func (p *Provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	kind, err := p.resource(string(req.Type))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, stop, err := p.start(ctx)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	defer stop()
	id, outputs, err := kind.Read(ctx, p.clients, string(req.ID), req.State)
	if err != nil || id == "" {
		return plugin.ReadResponse{}, err
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: resource.ID(id), Outputs: outputs, Inputs: kind.Schema().Refresh(req.Inputs, outputs),
	}}, nil
}

// Update updates the resource and reads its outputs.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	kind, err := p.resource(string(req.Type))
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		return plugin.UpdateResponse{Properties: kind.Schema().Preview(req.OldOutputs, req.NewInputs)}, nil
	}
	ctx, stop, err := p.start(ctx)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	defer stop()
	if err := kind.Update(ctx, p.clients, string(req.ID), req.OldOutputs, req.NewInputs); err != nil {
		return plugin.UpdateResponse{}, err
	}
	outputs, err := p.read(ctx, string(req.Type), string(req.ID), req.NewInputs)
	return plugin.UpdateResponse{Properties: outputs}, err
}

// Delete deletes the resource if it exists.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	kind, err := p.resource(string(req.Type))
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	ctx, stop, err := p.start(ctx)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	defer stop()
	return plugin.DeleteResponse{}, kind.Delete(ctx, p.clients, string(req.ID), req.Outputs)
}
