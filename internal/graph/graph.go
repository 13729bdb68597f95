package graph

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"gopkg.in/yaml.v3"
)

// Options describe a run.
type Options struct {
	// Organization, Project and Stack are the stack's name.
	Organization, Project, Stack string
	// Config is what Pulumi hands to the program; Encrypted its secret keys.
	Config    map[string]string
	Encrypted []string
	// Preview leaves the IDs of resources unknown.
	Preview bool
	// Hooks is the kind of hooks that are called once the program has registered
	// everything; empty for none.
	Hooks Hook
	// Errors are what [OnError] hooks are told that a provider says, by type; of a
	// type without one it is "timed out".
	Errors map[string]string
	// Functions answer a program's invokes, by token; one without fails.
	Functions map[string]Function
	// Outputs are what resources have besides their inputs, by type. A preview
	// does not know them.
	Outputs map[string]func(inputs resource.PropertyMap) resource.PropertyMap
	// BeforeHooks is called right before them; nil for nothing.
	BeforeHooks func()
}

// Function is a function of a provider.
type Function func(args resource.PropertyMap) (resource.PropertyMap, error)

// Graph is what a program registered.
type Graph struct {
	Resources []*Resource
	Outputs   resource.PropertyMap
	// Log are the messages of the program.
	Log []string
	// Refused are the errors of hooks.
	Refused []string
}

// Hook is a kind of hooks, as the engine names it.
type Hook string

// The kinds that programs here use.
const (
	BeforeCreate Hook = "beforeCreate"
	AfterCreate  Hook = "afterCreate"
	BeforeUpdate Hook = "beforeUpdate"
	BeforeDelete Hook = "beforeDelete"
	OnError      Hook = "onError"
)

// Resource is one registration.
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

// Run runs a program as the engine does. The options are the program's own.
func Run(options Options, program pulumi.RunFunc, more ...pulumi.RunOption) (*Graph, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the program: %w", err)
	}
	m := &monitor{options: options, graph: &Graph{}, hooks: map[string]*pulumirpc.Callback{}}
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
	return m.graph, err
}

func newResource(
	urn resource.URN, inputs resource.PropertyMap, request *pulumirpc.RegisterResourceRequest,
) *Resource {
	dependencies := make([]string, 0, len(request.GetDependencies()))
	for _, dependency := range request.GetDependencies() {
		dependencies = append(dependencies, short(dependency))
	}
	slices.Sort(dependencies)
	return &Resource{
		URN:                     urn,
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

// short is a URN, or a reference to a provider, as type and name.
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

// String prints the graph sorted, as YAML documents that a person can read.
// Secrets are under a member named (secret).
func (g *Graph) String() string {
	texts := make([]string, 0, len(g.Resources)+1)
	for _, r := range g.Resources {
		texts = append(texts, r.String())
	}
	slices.Sort(texts)
	texts = append(texts, "outputs:\n"+indent(document(resource.NewProperty(g.Outputs))))
	return strings.Join(texts, "\n")
}

// String prints a resource without what it has not.
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

// plain is a value for a printer.
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
