package graph

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"gopkg.in/yaml.v3"
)

// Resource is one registered resource.
type Resource struct {
	URN    resource.URN
	Inputs resource.PropertyMap

	request *pulumirpc.RegisterResourceRequest
}

func newResource(args pulumi.MockResourceArgs) *Resource {
	parent, parentType := resource.URN(args.RegisterRPC.GetParent()), tokens.Type("")
	if parent.QualifiedType() != resource.RootStackType {
		parentType = parent.QualifiedType()
	}
	urn := resource.NewURN(parent.Stack(), parent.Project(), parentType, tokens.Type(args.TypeToken), args.Name)
	return &Resource{URN: urn, Inputs: args.Inputs, request: args.RegisterRPC}
}

// String returns the resource as YAML, without empty fields.
func (r *Resource) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.URN.Type(), r.URN.Name())
	line := func(name string, values ...string) {
		if value := strings.Join(values, ", "); value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", name, value)
		}
	}
	line("parent", short(r.request.GetParent()))
	line("provider", short(r.request.GetProvider()))
	line("version", r.request.GetVersion())
	dependencies := make([]string, 0, len(r.request.GetDependencies()))
	for _, dependency := range r.request.GetDependencies() {
		dependencies = append(dependencies, short(dependency))
	}
	slices.Sort(dependencies)
	for _, dependency := range slices.Compact(dependencies) {
		line("dependsOn", dependency)
	}
	if t := r.request.GetCustomTimeouts(); t.GetCreate() != "" {
		line("timeouts", "create "+t.GetCreate(), "update "+t.GetUpdate(), "delete "+t.GetDelete())
	}
	line("additionalSecretOutputs", r.request.GetAdditionalSecretOutputs()...)
	for _, kind := range []Hook{BeforeCreate, AfterCreate, BeforeUpdate, BeforeDelete, OnError} {
		line(string(kind), r.hooks(kind)...)
	}
	if len(r.Inputs) > 0 {
		b.WriteString("  inputs:\n" + indent(indent(document(r.Inputs))))
	}
	return b.String()
}

// hooks returns the names of the hooks of a kind.
func (r *Resource) hooks(kind Hook) []string {
	hooks := r.request.GetHooks()
	return map[Hook][]string{
		BeforeCreate: hooks.GetBeforeCreate(), AfterCreate: hooks.GetAfterCreate(),
		BeforeUpdate: hooks.GetBeforeUpdate(), BeforeDelete: hooks.GetBeforeDelete(),
		OnError: hooks.GetOnError(),
	}[kind]
}

// short returns the type and name of a URN or a provider reference; "" for "".
func short(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 {
		return urn
	}
	types := strings.Split(parts[2], "$")
	return types[len(types)-1] + " " + parts[3]
}

func text(resources []*Resource) string {
	texts := make([]string, 0, len(resources))
	for _, r := range resources {
		texts = append(texts, r.String())
	}
	slices.Sort(texts)
	return strings.Join(texts, "\n")
}

func document(values resource.PropertyMap) string {
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(values.MapRepl(nil, marked)); err != nil {
		return err.Error() + "\n"
	}
	return b.String()
}

// marked replaces a secret value by a map that says so.
func marked(value resource.PropertyValue) (any, bool) {
	if !value.IsSecret() {
		return nil, false
	}
	return map[string]any{"(secret)": value.SecretValue().Element.MapRepl(nil, marked)}, true
}

var startOfLine = regexp.MustCompile(`(?m)^(.)`)

// indent indents every line that is not empty.
func indent(text string) string { return startOfLine.ReplaceAllString(text, "  $1") }
