package kube

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const namespaceType = "kubernetes:core/v1:Namespace"

// Namespace is a v1 Namespace.
type Namespace struct {
	pulumi.CustomResourceState
}

// NamespaceArgs are the arguments of [NewNamespace].
type NamespaceArgs struct {
	// Name is the namespace's name.
	Name string
	// Annotations are the namespace's annotations; nil for none.
	Annotations map[string]string
	// Timeout limits each operation; 0 is the provider's default.
	Timeout Timeout
}

// NewNamespace registers a namespace.
func NewNamespace(
	ctx *pulumi.Context, name string, args *NamespaceArgs, opts ...pulumi.ResourceOption,
) (*Namespace, error) {
	inputs := pulumi.Map{
		"apiVersion": pulumi.String("v1"),
		"kind":       pulumi.String("Namespace"),
		"metadata":   metadata(args.Name, "", args.Annotations),
	}
	opts = append(opts, args.Timeout.Options()...)

	var namespace Namespace
	err := ctx.RegisterResource(namespaceType, name, inputs, &namespace, utilities.PkgResourceDefaultOpts(opts)...)
	if err != nil {
		return nil, err
	}
	return &namespace, nil
}

// metadata returns an object's metadata without empty fields.
func metadata(name, namespace string, annotations map[string]string) pulumi.Map {
	m := pulumi.Map{"name": pulumi.String(name)}
	if namespace != "" {
		m["namespace"] = pulumi.String(namespace)
	}
	if len(annotations) > 0 {
		m["annotations"] = pulumi.ToStringMap(annotations)
	}
	return m
}
