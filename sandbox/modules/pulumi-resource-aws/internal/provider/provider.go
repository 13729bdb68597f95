package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/catalog"
)

// Options are the options of [New]. All are required.
type Options struct {
	// Version is the version of the pulumi-aws SDK that programs use.
	Version semver.Version
	// Getenv reads the environment.
	Getenv func(string) string
}

// Provider is the stand-in.
type Provider struct {
	plugin.UnimplementedProvider

	options   Options
	resources map[string]catalog.Resource
	functions map[string]catalog.Function

	// cancelled ends when the engine cancels.
	cancelled context.Context
	cancel    context.CancelFunc

	// Configure sets these.
	clients     *catalog.Clients
	defaultTags resource.PropertyMap
}

// New returns a provider that is not configured yet.
func New(o Options) *Provider {
	ctx, cancel := context.WithCancel(context.Background())
	return &Provider{
		options: o, resources: catalog.Resources(), functions: catalog.Functions(), cancelled: ctx, cancel: cancel,
	}
}

// Handshake requests plain values and the user's settings for automatic names.
func (p *Provider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{SupportsAutonamingConfiguration: true}, nil
}

// Attach accepts an engine that attaches to a running provider.
func (p *Provider) Attach(string) error { return nil }

// GetPluginInfo returns the version of the SDK that the stand-in is for.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.options.Version}, nil
}

// GetSchema returns only the tokens: the SDK has the rest.
func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	tokens := func(all []string) map[string]struct{} {
		set := map[string]struct{}{}
		for _, token := range all {
			set[token] = struct{}{}
		}
		return set
	}
	data, err := json.Marshal(map[string]any{
		"name": "aws", "version": p.options.Version.String(),
		"resources": tokens(sortedKeys(p.resources)), "functions": tokens(sortedKeys(p.functions)),
	})
	if err != nil {
		return plugin.GetSchemaResponse{}, fmt.Errorf("writing the schema: %w", err)
	}
	return plugin.GetSchemaResponse{Schema: data}, nil
}

// SignalCancellation ends all pending operations.
func (p *Provider) SignalCancellation(context.Context) error {
	p.cancel()
	return nil
}

// Close ends all pending operations.
func (p *Provider) Close() error {
	p.cancel()
	return nil
}

// Invoke calls a function.
func (p *Provider) Invoke(ctx context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	do, ok := p.functions[string(req.Tok)]
	if !ok {
		return plugin.InvokeResponse{}, notServed("function", string(req.Tok), sortedKeys(p.functions))
	}
	ctx, stop, err := p.start(ctx)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	defer stop()
	result, err := do(ctx, p.clients, req.Args)
	return plugin.InvokeResponse{Properties: result}, err
}

func (p *Provider) resource(token string) (catalog.Resource, error) {
	found, ok := p.resources[token]
	if !ok {
		return nil, notServed("resource type", token, sortedKeys(p.resources))
	}
	return found, nil
}

// start returns a context that ends when the engine cancels, too.
func (p *Provider) start(ctx context.Context) (context.Context, func(), error) {
	if p.clients == nil {
		return nil, nil, errors.New("the provider is not configured: send Configure first")
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.cancelled, cancel)
	return ctx, func() { stop(); cancel() }, nil
}

func notServed(what, token string, served []string) error {
	return fmt.Errorf("the sandbox's stand-in of the AWS provider does not support the %s %q; available: %s",
		what, token, strings.Join(served, ", "))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
