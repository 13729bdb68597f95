package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// monitor is the part of the engine that a program talks to.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	options Options
	mocks   *Mocks

	mu    sync.Mutex
	graph *Graph
	hooks map[string]*pulumirpc.Callback
	root  string
}

// SupportsFeature reports every feature as supported, except output values: they would
// hide plain inputs behind their dependencies.
func (m *monitor) SupportsFeature(
	_ context.Context, request *pulumirpc.SupportsFeatureRequest,
) (*pulumirpc.SupportsFeatureResponse, error) {
	return &pulumirpc.SupportsFeatureResponse{HasSupport: request.GetId() != "outputValues"}, nil
}

// RegisterResource records a resource. A preview knows its inputs only.
func (m *monitor) RegisterResource(
	_ context.Context, request *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	if tokens.Type(request.GetType()) == resource.RootStackType {
		root := resource.DefaultRootStackURN(tokens.QName(m.options.Stack), tokens.PackageName(m.options.Project))
		return &pulumirpc.RegisterResourceResponse{Urn: string(root)}, nil
	}
	inputs, err := plugin.UnmarshalProperties(request.GetObject(), marshalOptions())
	if err != nil {
		return nil, err
	}
	id, outputs, err := m.mocks.NewResource(pulumi.MockResourceArgs{
		TypeToken: request.GetType(), Name: request.GetName(), Inputs: inputs, RegisterRPC: request,
	})
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.RegisterResourceResponse{Urn: string(urn(request))}
	if request.GetCustom() && !m.options.Preview {
		response.Id = id
	}
	response.Object, err = plugin.MarshalProperties(outputs, marshalOptions())
	return response, err
}

// Invoke calls one of the test's functions.
func (m *monitor) Invoke(
	_ context.Context, request *pulumirpc.ResourceInvokeRequest,
) (*pulumirpc.ResourceInvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(request.GetArgs(), marshalOptions())
	if err != nil {
		return nil, err
	}
	result, err := m.mocks.Call(pulumi.MockCallArgs{Token: request.GetTok(), Args: args})
	if err != nil {
		return nil, err
	}
	answer, err := plugin.MarshalProperties(result, marshalOptions())
	return &pulumirpc.ResourceInvokeResponse{Return: answer}, err
}

// RegisterResourceOutputs records the stack's outputs.
func (m *monitor) RegisterResourceOutputs(
	_ context.Context, request *pulumirpc.RegisterResourceOutputsRequest,
) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if resource.URN(request.GetUrn()).QualifiedType() == resource.RootStackType {
		outputs, err := plugin.UnmarshalProperties(request.GetOutputs(), marshalOptions())
		if err != nil {
			return nil, err
		}
		m.graph.Outputs = outputs
	}
	return &emptypb.Empty{}, nil
}

// RegisterResourceHook records a hook for SignalAndWaitForShutdown.
func (m *monitor) RegisterResourceHook(
	_ context.Context, request *pulumirpc.RegisterResourceHookRequest,
) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks[request.GetName()] = request.GetCallback()
	return &emptypb.Empty{}, nil
}

// SignalAndWaitForShutdown calls the hooks. The program, and so its hooks, end when it
// returns.
func (m *monitor) SignalAndWaitForShutdown(ctx context.Context, _ *emptypb.Empty) (*emptypb.Empty, error) {
	if m.options.BeforeHooks != nil {
		m.options.BeforeHooks()
	}
	// Without the lock, which the log messages of hooks need.
	resources := m.mocks.Resources()
	slices.SortFunc(resources, func(a, b *Resource) int { return cmp.Compare(a.URN, b.URN) })
	for _, r := range resources {
		for _, name := range r.Hooks[m.options.Hooks] {
			if err := m.call(ctx, m.hooks[name], r); err != nil {
				m.graph.Refused = append(m.graph.Refused, err.Error())
			}
		}
	}
	return &emptypb.Empty{}, nil
}

// call calls a hook as the engine does.
func (m *monitor) call(ctx context.Context, hook *pulumirpc.Callback, r *Resource) error {
	if hook == nil {
		return fmt.Errorf("a hook of %s was not registered", r.URN)
	}
	request, err := m.request(r)
	if err != nil {
		return err
	}
	connection, err := grpc.NewClient(hook.GetTarget(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close() //nolint:errcheck // the call has its own error
	answer, err := pulumirpc.NewCallbacksClient(connection).Invoke(ctx,
		&pulumirpc.CallbackInvokeRequest{Token: hook.GetToken(), Request: request})
	if err != nil {
		return err
	}
	var response pulumirpc.ResourceHookResponse
	if err := proto.Unmarshal(answer.GetResponse(), &response); err != nil {
		return err
	}
	if response.GetError() != "" {
		return fmt.Errorf("%s", response.GetError())
	}
	return nil
}

// request returns what the engine sends to a hook. The old inputs are the new ones.
func (m *monitor) request(r *Resource) ([]byte, error) {
	inputs, err := plugin.MarshalProperties(r.Inputs, marshalOptions())
	if err != nil {
		return nil, err
	}
	if m.options.Hooks == OnError {
		message := cmp.Or(m.options.Errors[string(r.URN.Type())], "timed out")
		return proto.Marshal(&pulumirpc.ErrorHookRequest{
			Urn: string(r.URN), Name: r.URN.Name(), Type: string(r.URN.Type()),
			NewInputs: inputs, FailedOperation: "create", Errors: []string{message},
		})
	}
	request := &pulumirpc.ResourceHookRequest{
		Urn: string(r.URN), Name: r.URN.Name(), Type: string(r.URN.Type()), NewInputs: inputs,
	}
	if m.options.Hooks != BeforeCreate {
		request.OldInputs = inputs
	}
	return proto.Marshal(request)
}

// RegisterErrorHook records a hook for SignalAndWaitForShutdown.
func (m *monitor) RegisterErrorHook(
	_ context.Context, request *pulumirpc.RegisterErrorHookRequest,
) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks[request.GetName()] = request.GetCallback()
	return &emptypb.Empty{}, nil
}

// GetRootResource returns the URN of the stack.
func (m *monitor) GetRootResource(
	context.Context, *pulumirpc.GetRootResourceRequest,
) (*pulumirpc.GetRootResourceResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &pulumirpc.GetRootResourceResponse{Urn: m.root}, nil
}

// SetRootResource records the URN of the stack.
func (m *monitor) SetRootResource(
	_ context.Context, request *pulumirpc.SetRootResourceRequest,
) (*pulumirpc.SetRootResourceResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.root = request.GetUrn()
	return &pulumirpc.SetRootResourceResponse{}, nil
}

// Log records a message.
func (m *monitor) Log(_ context.Context, request *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.graph.Log = append(m.graph.Log, request.GetMessage())
	return &emptypb.Empty{}, nil
}

func marshalOptions() plugin.MarshalOptions {
	return plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
}
