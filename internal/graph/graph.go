package graph

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
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
	Outputs   map[string]Outputs
	// BeforeHooks is called before the hooks; nil for nothing.
	BeforeHooks func()
}

// Hook is a kind of resource hook.
type Hook string

// The kinds of hooks that this program uses.
const (
	BeforeCreate Hook = "beforeCreate"
	AfterCreate  Hook = "afterCreate"
	BeforeUpdate Hook = "beforeUpdate"
	BeforeDelete Hook = "beforeDelete"
	OnError      Hook = "onError"
)

// Graph is what a program registered.
type Graph struct {
	Resources []*Resource
	// Outputs are the stack's outputs. Those that are unknown are missing.
	Outputs resource.PropertyMap
	// Log are the messages that the program logged.
	Log []string
	// Refused are the errors that hooks returned.
	Refused []string

	options Options
	mu      sync.Mutex                             // for Log and hooks
	hooks   map[string]pulumi.ResourceHookFunction // by name
}

// String returns the sorted resources and the stack's outputs as YAML. Secret values are
// below a key named (secret).
func (g *Graph) String() string {
	return text(g.Resources) + "\noutputs:\n" + indent(document(g.Outputs))
}

// exportsType is the type of a resource whose inputs are the stack's outputs, because
// Pulumi's mocks do not receive outputs.
const exportsType = "graph:index:Exports"

// Run runs a program with mocks, and with the program's own run options.
func Run(options Options, program pulumi.RunFunc, more ...pulumi.RunOption) (*Graph, error) {
	mocks := &Mocks{Functions: options.Functions, Outputs: options.Outputs, preview: options.Preview}
	g := &Graph{options: options, hooks: map[string]pulumi.ResourceHookFunction{}}
	run := func(ctx *pulumi.Context) error {
		ctx.Log = logger{g}
		if err := ctx.RegisterStackTransformation(g.recordHooks); err != nil {
			return err
		}
		if err := program(ctx); err != nil {
			return err
		}
		var exports pulumi.ResourceState
		return ctx.RegisterResource(exportsType, "exports", pulumi.Map(ctx.GetCurrentExportMap()), &exports)
	}
	configure := func(info *pulumi.RunInfo) {
		info.Config, info.ConfigSecretKeys, info.DryRun = options.Config, options.Encrypted, options.Preview
	}
	err := pulumi.RunErr(run, append([]pulumi.RunOption{
		pulumi.WithMocksWithOrganization(options.Organization, options.Project, options.Stack, mocks), configure,
	}, more...)...)
	g.Resources, g.Outputs = mocks.Resources(), mocks.exports
	if err == nil {
		err = g.callHooks()
	}
	return g, err
}

// recordHooks is a transformation that changes nothing. It sees the functions of the hooks,
// of which the mocks receive only the names.
func (g *Graph) recordHooks(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	options, err := pulumi.NewResourceOptions(args.Opts...)
	if err != nil || options.Hooks == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, hook := range slices.Concat(
		options.Hooks.BeforeCreate, options.Hooks.AfterCreate, options.Hooks.BeforeUpdate, options.Hooks.BeforeDelete,
	) {
		g.hooks[hook.Name] = hook.Callback
	}
	for _, hook := range options.Hooks.OnError {
		g.hooks[hook.Name] = g.errorHook(hook)
	}
	return nil
}

func (g *Graph) errorHook(hook *pulumi.ErrorHook) pulumi.ResourceHookFunction {
	return func(args *pulumi.ResourceHookArgs) error {
		_, err := hook.Callback(&pulumi.ErrorHookArgs{
			URN: args.URN, Name: args.Name, Type: args.Type, NewInputs: args.NewInputs,
			FailedOperation: "create", Errors: []string{cmp.Or(g.options.Errors[string(args.Type)], "timed out")},
		})
		return err
	}
}

// callHooks calls the hooks of every resource, as the engine does. The old inputs are the
// new ones.
func (g *Graph) callHooks() error {
	if g.options.BeforeHooks != nil {
		g.options.BeforeHooks()
	}
	byURN := func(a, b *Resource) int { return cmp.Compare(a.URN, b.URN) }
	for _, r := range slices.SortedFunc(slices.Values(g.Resources), byURN) {
		args := &pulumi.ResourceHookArgs{
			URN: pulumi.URN(r.URN), Name: r.URN.Name(), Type: r.URN.Type(), NewInputs: r.Inputs, OldInputs: r.Inputs,
		}
		if g.options.Hooks == BeforeCreate {
			args.OldInputs = nil
		}
		for _, name := range r.hooks(g.options.Hooks) {
			hook, ok := g.hooks[name]
			if !ok {
				return fmt.Errorf("no resource has hook %s in its own options", name)
			}
			if err := hook(args); err != nil {
				g.Refused = append(g.Refused, err.Error())
			}
		}
	}
	return nil
}

// logger records messages. It implements [pulumi.Log].
type logger struct{ graph *Graph }

// Debug records a message.
func (l logger) Debug(message string, _ *pulumi.LogArgs) error { return l.record(message) }

// Info records a message.
func (l logger) Info(message string, _ *pulumi.LogArgs) error { return l.record(message) }

// Warn records a message.
func (l logger) Warn(message string, _ *pulumi.LogArgs) error { return l.record(message) }

// Error records a message.
func (l logger) Error(message string, _ *pulumi.LogArgs) error { return l.record(message) }

func (l logger) record(message string) error {
	l.graph.mu.Lock()
	defer l.graph.mu.Unlock()
	l.graph.Log = append(l.graph.Log, message)
	return nil
}
