package graph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// monitor is the engine, as far as a program sees it.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	options Options

	mu    sync.Mutex
	graph *Graph
	hooks map[string]*pulumirpc.Callback
	root  string
}

// SupportsFeature answers as the engine does, but for output values.
func (m *monitor) SupportsFeature(
	_ context.Context, request *pulumirpc.SupportsFeatureRequest,
) (*pulumirpc.SupportsFeatureResponse, error) {
	// Output values would hide plain inputs behind their dependencies.
	return &pulumirpc.SupportsFeatureResponse{HasSupport: request.GetId() != "outputValues"}, nil
}

// RegisterResource adds a resource to the graph; what the engine would compute is made up.
func (m *monitor) RegisterResource(
	_ context.Context, request *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	inputs, err := unmarshal(request)
	if err != nil {
		return nil, err
	}
	urn := m.urn(request)

	m.mu.Lock()
	defer m.mu.Unlock()
	if tokens.Type(request.GetType()) != resource.RootStackType {
		m.graph.Resources = append(m.graph.Resources, newResource(urn, inputs, request))
	}
	response := &pulumirpc.RegisterResourceResponse{Urn: string(urn), Object: request.GetObject()}
	if request.GetCustom() && !m.options.Preview {
		response.Id = request.GetName() + "-id"
	}
	if outputs, ok := m.options.Outputs[request.GetType()]; ok && !m.options.Preview {
		whole := inputs.Copy()
		maps.Copy(whole, outputs(inputs))
		if response.Object, err = plugin.MarshalProperties(whole, marshalOptions()); err != nil {
			return nil, err
		}
	}
	return response, nil
}

// Invoke answers with one of the functions that the test has.
func (m *monitor) Invoke(
	_ context.Context, request *pulumirpc.ResourceInvokeRequest,
) (*pulumirpc.InvokeResponse, error) {
	function, ok := m.options.Functions[request.GetTok()]
	if !ok {
		return nil, fmt.Errorf("the test has no function %s", request.GetTok())
	}
	args, err := plugin.UnmarshalProperties(request.GetArgs(), marshalOptions())
	if err != nil {
		return nil, err
	}
	result, err := function(args)
	if err != nil {
		return nil, err
	}
	answer, err := plugin.MarshalProperties(result, marshalOptions())
	return &pulumirpc.InvokeResponse{Return: answer}, err
}

func (m *monitor) urn(request *pulumirpc.RegisterResourceRequest) resource.URN {
	parent := tokens.Type("")
	if urn := resource.URN(request.GetParent()); urn != "" && urn.QualifiedType() != resource.RootStackType {
		parent = urn.QualifiedType()
	}
	return resource.NewURN(tokens.QName(m.options.Stack), tokens.PackageName(m.options.Project), parent,
		tokens.Type(request.GetType()), request.GetName())
}

// RegisterResourceOutputs keeps the stack's outputs.
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

// RegisterResourceHook keeps a hook for SignalAndWaitForShutdown.
func (m *monitor) RegisterResourceHook(
	_ context.Context, request *pulumirpc.RegisterResourceHookRequest,
) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks[request.GetName()] = request.GetCallback()
	return &emptypb.Empty{}, nil
}

// SignalAndWaitForShutdown is where the engine does its steps; the program's
// hooks can be called as long as it has not returned.
func (m *monitor) SignalAndWaitForShutdown(ctx context.Context, _ *emptypb.Empty) (*emptypb.Empty, error) {
	if m.options.BeforeHooks != nil {
		m.options.BeforeHooks()
	}
	// Not under the lock: hooks log, and all has been registered.
	slices.SortFunc(m.graph.Resources, func(a, b *Resource) int { return cmp.Compare(a.URN, b.URN) })
	for _, r := range m.graph.Resources {
		for _, name := range r.Hooks[m.options.Hooks] {
			if err := m.call(ctx, m.hooks[name], r); err != nil {
				m.graph.Refused = append(m.graph.Refused, err.Error())
			}
		}
	}
	return &emptypb.Empty{}, nil
}

// call runs a hook the way the engine does.
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

// request is what the engine tells a hook. The old inputs stand for those of an update.
func (m *monitor) request(r *Resource) ([]byte, error) {
	inputs, err := plugin.MarshalProperties(r.Inputs, marshalOptions())
	if err != nil {
		return nil, err
	}
	if m.options.Hooks == OnError {
		said := cmp.Or(m.options.Errors[string(r.URN.Type())], "timed out")
		return proto.Marshal(&pulumirpc.ErrorHookRequest{
			Urn: string(r.URN), Name: r.URN.Name(), Type: string(r.URN.Type()),
			NewInputs: inputs, FailedOperation: "create", Errors: []string{said},
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

// RegisterErrorHook keeps a hook as RegisterResourceHook does.
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

// SetRootResource keeps the URN of the stack.
func (m *monitor) SetRootResource(
	_ context.Context, request *pulumirpc.SetRootResourceRequest,
) (*pulumirpc.SetRootResourceResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.root = request.GetUrn()
	return &pulumirpc.SetRootResourceResponse{}, nil
}

// Log adds a message to the graph.
func (m *monitor) Log(_ context.Context, request *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.graph.Log = append(m.graph.Log, request.GetMessage())
	return &emptypb.Empty{}, nil
}

func unmarshal(request *pulumirpc.RegisterResourceRequest) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(request.GetObject(), marshalOptions())
}

func marshalOptions() plugin.MarshalOptions {
	return plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
}
