package stack_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"eso-aws/cluster/stack"
)

// engine is Pulumi's engine as far as a program sees it, over the engine's own
// protocol: unlike the SDK's mocks it sees the stack's outputs. It makes nothing.
type engine struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	preview bool

	mu         sync.Mutex
	registered []*registration
	states     map[string]resource.PropertyMap
	outputs    resource.PropertyMap
	root       string
}

// registration is what a program asked for.
type registration struct {
	kind, name string
	remote     bool
	dependsOn  []string
	inputs     resource.PropertyMap
}

// run runs the program as the engine does.
func run(t *testing.T, config map[string]string, encrypted []string, preview bool) (*engine, error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e := &engine{preview: preview, states: map[string]resource.PropertyMap{}}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, e)
	pulumirpc.RegisterEngineServer(server, e)
	go server.Serve(listener)
	t.Cleanup(server.Stop)

	program, see := stack.Program()
	err = pulumi.RunErr(program, func(info *pulumi.RunInfo) {
		info.Project, info.Stack = "eso-aws-cluster", "dev"
		info.Config, info.ConfigSecretKeys = config, encrypted
		info.MonitorAddr, info.EngineAddr = listener.Addr().String(), listener.Addr().String()
		info.DryRun = preview
	}, see)
	return e, err
}

func (e *engine) SupportsFeature(
	_ context.Context, request *pulumirpc.SupportsFeatureRequest,
) (*pulumirpc.SupportsFeatureResponse, error) {
	// Output values would hide plain inputs behind their dependencies.
	return &pulumirpc.SupportsFeatureResponse{HasSupport: request.GetId() != "outputValues"}, nil
}

func (e *engine) RegisterResource(
	_ context.Context, request *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	inputs, err := plugin.UnmarshalProperties(request.GetObject(), marshalOptions())
	if err != nil {
		return nil, err
	}
	urn := newURN(request.GetType(), request.GetName())
	response := &pulumirpc.RegisterResourceResponse{Urn: string(urn)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if urn.QualifiedType() == resource.RootStackType {
		return response, nil
	}
	e.registered = append(e.registered, newRegistration(request, inputs))

	// In a preview nothing is known but what went in.
	state := inputs.Copy()
	if !e.preview {
		response.Id = request.GetName() + "-id"
		state = e.made(urn, inputs)
	}
	response.Object, err = plugin.MarshalProperties(state, marshalOptions())
	return response, err
}

func newRegistration(request *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) *registration {
	dependsOn := make([]string, 0, len(request.GetDependencies()))
	for _, urn := range request.GetDependencies() {
		dependsOn = append(dependsOn, string(resource.URN(urn).Type())+" "+resource.URN(urn).Name())
	}
	slices.Sort(dependsOn)
	return &registration{
		kind: request.GetType(), name: request.GetName(), remote: request.GetRemote(),
		dependsOn: slices.Compact(dependsOn), inputs: inputs,
	}
}

// made is a resource's state once it is made. The component of pulumi-eks has
// children, which its outputs refer to.
func (e *engine) made(urn resource.URN, inputs resource.PropertyMap) resource.PropertyMap {
	state := inputs.Copy()
	state["name"], state["arn"] = resource.NewProperty(urn.Name()), resource.NewProperty("arn-of-"+urn.Name())
	if urn.Type() != "eks:index:Cluster" {
		return state
	}
	cluster := e.child("aws:eks/cluster:Cluster", resource.PropertyMap{"name": inputs["name"]})
	oidc := e.child("aws:iam/openIdConnectProvider:OpenIdConnectProvider", resource.PropertyMap{
		"arn": resource.NewProperty("arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"),
	})
	return resource.PropertyMap{
		"eksCluster":     cluster,
		"kubeconfigJson": resource.NewProperty(`{"apiVersion":"v1","kind":"Config"}`),
		"core": resource.NewProperty(resource.PropertyMap{
			"cluster": cluster, "oidcProvider": oidc, "endpoint": resource.NewProperty("https://example.com"),
			"subnetIds": resource.NewProperty([]resource.PropertyValue{
				resource.NewProperty("subnet-00000001"), resource.NewProperty("subnet-00000002"),
			}),
		}),
	}
}

// child keeps the state of a resource that the program does not register.
func (e *engine) child(kind string, state resource.PropertyMap) resource.PropertyValue {
	urn := newURN(kind, "child")
	e.states[string(urn)] = resource.PropertyMap{
		"urn": resource.NewProperty(string(urn)), "id": resource.NewProperty("child-id"),
		"state": resource.NewProperty(state),
	}
	return resource.MakeCustomResourceReference(urn, "child-id", "")
}

// Invoke answers the one question that a reference to a resource asks.
func (e *engine) Invoke(
	_ context.Context, request *pulumirpc.ResourceInvokeRequest,
) (*pulumirpc.InvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(request.GetArgs(), marshalOptions())
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if request.GetTok() != "pulumi:pulumi:getResource" {
		return nil, fmt.Errorf("there is no function %q here", request.GetTok())
	}
	urn := args["urn"].StringValue()
	state, ok := e.states[urn]
	if !ok {
		return nil, fmt.Errorf("there is no resource %q", urn)
	}
	answer, err := plugin.MarshalProperties(state, marshalOptions())
	return &pulumirpc.InvokeResponse{Return: answer}, err
}

func (e *engine) RegisterResourceOutputs(
	_ context.Context, request *pulumirpc.RegisterResourceOutputsRequest,
) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var err error
	e.outputs, err = plugin.UnmarshalProperties(request.GetOutputs(), marshalOptions())
	return &emptypb.Empty{}, err
}

func (e *engine) GetRootResource(
	context.Context, *pulumirpc.GetRootResourceRequest,
) (*pulumirpc.GetRootResourceResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return &pulumirpc.GetRootResourceResponse{Urn: e.root}, nil
}

func (e *engine) SetRootResource(
	_ context.Context, request *pulumirpc.SetRootResourceRequest,
) (*pulumirpc.SetRootResourceResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.root = request.GetUrn()
	return &pulumirpc.SetRootResourceResponse{}, nil
}

func (e *engine) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (e *engine) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func newURN(kind, name string) resource.URN {
	return resource.NewURN("dev", tokens.PackageName("eso-aws-cluster"), "", tokens.Type(kind), name)
}

func marshalOptions() plugin.MarshalOptions {
	return plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
}

// find returns the one registration of a kind and name.
func (e *engine) find(t *testing.T, kind, name string) *registration {
	t.Helper()
	i := slices.IndexFunc(e.registered, func(r *registration) bool { return r.kind == kind && r.name == name })
	require.GreaterOrEqual(t, i, 0, "%s %s is not registered", kind, name)
	return e.registered[i]
}

// String prints what was registered, sorted, and the outputs.
func (e *engine) String() string {
	texts := make([]string, 0, len(e.registered)+1)
	for _, r := range e.registered {
		texts = append(texts, r.String())
	}
	slices.Sort(texts)
	return strings.Join(append(texts, "outputs:\n"+yamlOf(e.outputs)), "\n")
}

func (r *registration) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.kind, r.name)
	if r.remote {
		b.WriteString("remote: true\n")
	}
	for _, dependency := range r.dependsOn {
		b.WriteString("dependsOn: " + dependency + "\n")
	}
	return b.String() + yamlOf(r.inputs)
}
