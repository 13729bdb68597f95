package graph

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Function is a function of a provider.
type Function func(args resource.PropertyMap) (resource.PropertyMap, error)

// Outputs computes outputs of a resource from its inputs.
type Outputs = func(inputs resource.PropertyMap) resource.PropertyMap

// Mocks records the resources of a program that runs with [pulumi.WithMocks].
type Mocks struct {
	// Functions are the functions that the program may call, by token.
	Functions map[string]Function
	// Outputs compute outputs of resources, by type. All other outputs are the inputs.
	Outputs map[string]Outputs

	preview bool

	mu        sync.Mutex
	resources []*Resource
	exports   resource.PropertyMap
}

// NewResource records a resource. It implements [pulumi.MockResourceMonitor].
func (m *Mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if args.TypeToken == exportsType {
		m.exports = args.Inputs
		return "", nil, nil
	}
	m.resources = append(m.resources, newResource(args))
	if m.preview { // the SDK takes every output that is missing for unknown
		return "", args.Inputs, nil
	}
	outputs := args.Inputs.Copy()
	if compute, ok := m.Outputs[args.TypeToken]; ok {
		maps.Copy(outputs, compute(args.Inputs))
	}
	return args.Name + "-id", outputs, nil
}

// Call calls one of the functions. It implements [pulumi.MockResourceMonitor].
func (m *Mocks) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	function, ok := m.Functions[args.Token]
	if !ok {
		return nil, fmt.Errorf("the test has no function %s", args.Token)
	}
	return function(args.Args)
}

// Resources returns the registered resources.
func (m *Mocks) Resources() []*Resource {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.resources)
}

// String returns the sorted resources as YAML. Secret values are below a key named (secret).
func (m *Mocks) String() string { return text(m.Resources()) }
