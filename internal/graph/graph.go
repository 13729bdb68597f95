package graph

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"gopkg.in/yaml.v3"
)

// Options configure a [Run].
type Options struct {
	// Organization, Project and Stack name the stack.
	Organization, Project, Stack string
	// Config is the stack's configuration, and Encrypted its secret keys.
	Config    map[string]string
	Encrypted []string
	// Preview leaves the outputs of resources unknown.
	Preview bool
	// Hooks is the kind of hook to call after the program has registered all resources;
	// "" calls none.
	Hooks Hook
	// Errors are the provider's errors that [OnError] hooks receive, by resource type;
	// the default is "timed out".
	Errors map[string]string
	// Functions and Outputs are those of [Mocks].
	Functions map[string]Function
	Outputs   map[string]func(inputs resource.PropertyMap) resource.PropertyMap
	// BeforeHooks is called before the hooks; nil for nothing.
	BeforeHooks func()
}

// Graph is what a program registered.
type Graph struct {
	Resources []*Resource
	// Outputs are the stack's outputs.
	Outputs resource.PropertyMap
	// Log are the messages that the program logged.
	Log []string
	// Refused are the errors that hooks returned.
	Refused []string
}

// Hook is a kind of resource hook, by its name in the engine's protocol.
type Hook string

// The kinds of hooks that this program uses.
const (
	BeforeCreate Hook = "beforeCreate"
	AfterCreate  Hook = "afterCreate"
	BeforeUpdate Hook = "beforeUpdate"
	BeforeDelete Hook = "beforeDelete"
	OnError      Hook = "onError"
)

// Resource is one registered resource.
type Resource struct {
	URN                     resource.URN
	Parent                  string
	Provider                string
	DependsOn               []string
	Version                 string
	Timeouts                *pulumirpc.RegisterResourceRequest_CustomTimeouts
	AdditionalSecretOutputs []string
	Hooks                   map[Hook][]string
	Inputs                  resource.PropertyMap
}

// Run runs a program as the engine does, with the program's own run options.
func Run(options Options, program pulumi.RunFunc, more ...pulumi.RunOption) (*Graph, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the program: %w", err)
	}
	m := &monitor{
		options: options, graph: &Graph{}, hooks: map[string]*pulumirpc.Callback{},
		mocks: &Mocks{Functions: options.Functions},
	}
	if !options.Preview {
		m.mocks.Outputs = options.Outputs
	}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, m)
	pulumirpc.RegisterEngineServer(server, m)
	go server.Serve(listener) //nolint:errcheck // it ends when it is stopped
	defer server.Stop()

	address := listener.Addr().String()
	err = pulumi.RunErr(program, append([]pulumi.RunOption{func(info *pulumi.RunInfo) {
		info.Organization, info.Project, info.Stack = options.Organization, options.Project, options.Stack
		info.Config, info.ConfigSecretKeys = options.Config, options.Encrypted
		info.MonitorAddr, info.EngineAddr = address, address
		info.DryRun = options.Preview
	}}, more...)...)
	m.graph.Resources = m.mocks.Resources()
	return m.graph, err
}

func newResource(request *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) *Resource {
	dependencies := make([]string, 0, len(request.GetDependencies()))
	for _, dependency := range request.GetDependencies() {
		dependencies = append(dependencies, short(dependency))
	}
	slices.Sort(dependencies)
	return &Resource{
		URN:                     urn(request),
		Parent:                  short(request.GetParent()),
		Provider:                short(request.GetProvider()),
		DependsOn:               slices.Compact(dependencies),
		Version:                 request.GetVersion(),
		Timeouts:                request.GetCustomTimeouts(),
		AdditionalSecretOutputs: request.GetAdditionalSecretOutputs(),
		Hooks: map[Hook][]string{
			BeforeCreate: request.GetHooks().GetBeforeCreate(), AfterCreate: request.GetHooks().GetAfterCreate(),
			BeforeUpdate: request.GetHooks().GetBeforeUpdate(), BeforeDelete: request.GetHooks().GetBeforeDelete(),
			OnError: request.GetHooks().GetOnError(),
		},
		Inputs: inputs,
	}
}

// urn returns the URN that the engine gives a resource. The stack's resource is the only
// one without a parent.
func urn(request *pulumirpc.RegisterResourceRequest) resource.URN {
	parent, parentType := resource.URN(request.GetParent()), tokens.Type("")
	if parent.QualifiedType() != resource.RootStackType {
		parentType = parent.QualifiedType()
	}
	return resource.NewURN(parent.Stack(), parent.Project(), parentType,
		tokens.Type(request.GetType()), request.GetName())
}

// short returns the type and name of a URN or a provider reference.
func short(urn string) string {
	if urn == "" {
		return ""
	}
	parts := strings.Split(urn, "::")
	if len(parts) < 4 {
		return urn
	}
	types := strings.Split(parts[2], "$")
	return types[len(types)-1] + " " + parts[3]
}

// String returns the sorted resources and the stack's outputs as YAML. Secret values are
// below a key named (secret).
func (g *Graph) String() string {
	return text(g.Resources) + "\noutputs:\n" + indent(document(resource.NewProperty(g.Outputs)))
}

func text(resources []*Resource) string {
	texts := make([]string, 0, len(resources))
	for _, r := range resources {
		texts = append(texts, r.String())
	}
	slices.Sort(texts)
	return strings.Join(texts, "\n")
}

// String returns the resource as YAML, without empty fields.
func (r *Resource) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.URN.Type(), r.URN.Name())
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", name, value)
		}
	}
	line("parent", r.Parent)
	line("provider", r.Provider)
	line("version", r.Version)
	for _, dependency := range r.DependsOn {
		line("dependsOn", dependency)
	}
	if t := r.Timeouts; t.GetCreate() != "" {
		line("timeouts", fmt.Sprintf("create %s, update %s, delete %s", t.GetCreate(), t.GetUpdate(), t.GetDelete()))
	}
	line("additionalSecretOutputs", strings.Join(r.AdditionalSecretOutputs, ", "))
	for _, kind := range []Hook{BeforeCreate, AfterCreate, BeforeUpdate, BeforeDelete, OnError} {
		line(string(kind), strings.Join(r.Hooks[kind], ", "))
	}
	if len(r.Inputs) > 0 {
		b.WriteString("  inputs:\n" + indent(indent(document(resource.NewProperty(r.Inputs)))))
	}
	return b.String()
}

func document(value resource.PropertyValue) string {
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(plain(value)); err != nil {
		return err.Error() + "\n"
	}
	return b.String()
}

// plain returns a value that the YAML encoder can print.
func plain(value resource.PropertyValue) any {
	switch {
	case value.IsSecret():
		return map[string]any{"(secret)": plain(value.SecretValue().Element)}
	case value.IsComputed() || value.IsOutput():
		return "(unknown)"
	case value.IsObject():
		m := map[string]any{}
		for key, member := range value.ObjectValue() {
			m[string(key)] = plain(member)
		}
		return m
	case value.IsArray():
		list := []any{}
		for _, entry := range value.ArrayValue() {
			list = append(list, plain(entry))
		}
		return list
	default:
		return value.V
	}
}

func indent(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "")
}
