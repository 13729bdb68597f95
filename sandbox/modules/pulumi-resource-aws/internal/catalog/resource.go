package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// Resource is a resource type.
type Resource interface {
	// Schema returns the schema of the type.
	Schema() schema.Resource
	// Create creates a resource and returns its ID. [Resource.Read] returns the outputs.
	Create(ctx context.Context, c *Clients, inputs resource.PropertyMap) (id string, err error)
	// Read returns the resource's outputs and its ID, which differs from the given one after an import. The
	// ID is empty if the resource does not exist. Outputs that AWS does not know are taken from the state.
	Read(ctx context.Context, c *Clients, id string, state resource.PropertyMap) (
		string, resource.PropertyMap, error)
	// Update changes the resource from its state to the inputs. It is idempotent.
	Update(ctx context.Context, c *Clients, id string, state, inputs resource.PropertyMap) error
	// Delete deletes the resource. It succeeds if the resource does not exist.
	Delete(ctx context.Context, c *Clients, id string, state resource.PropertyMap) error
}

// Resources returns all resource types by their tokens.
func Resources() map[string]Resource {
	all := map[string]Resource{}
	for _, r := range []Resource{
		roleType(), policyType(), attachmentType(), associationType(), addonType(),
	} {
		all[r.Schema().Token] = r
	}
	return all
}

// kind is a resource type with inputs and outputs of type T.
type kind[T any] struct {
	schema schema.Resource
	// title names a resource in errors.
	title  func(*T) string
	create func(context.Context, *Clients, *T) (id string, err error)
	// read overwrites the values that AWS knows. For an import it takes values from the ID, and returns
	// the new ID if it differs.
	read   func(ctx context.Context, c *Clients, id string, state *T) (newID string, err error)
	update func(ctx context.Context, c *Clients, id string, old, wanted *T) error
	remove func(ctx context.Context, c *Clients, id string, state *T) error
}

// Schema returns the schema of the type.
func (k *kind[T]) Schema() schema.Resource { return k.schema }

// Create creates a resource.
func (k *kind[T]) Create(ctx context.Context, c *Clients, inputs resource.PropertyMap) (string, error) {
	wanted, err := decode[T](inputs)
	if err != nil {
		return "", err
	}
	id, err := k.create(ctx, c, wanted)
	return id, describe("creating", k.title(wanted), err)
}

// Read reads a resource.
func (k *kind[T]) Read(
	ctx context.Context, c *Clients, id string, state resource.PropertyMap,
) (string, resource.PropertyMap, error) {
	is, err := decode[T](state)
	if err != nil {
		return "", nil, err
	}
	newID, err := k.read(ctx, c, id, is)
	if gone(err) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, describe("reading", fmt.Sprintf("%s %q", k.schema.Token, id), err)
	}
	outputs, err := encode(is)
	return newID, outputs, err
}

// Update updates a resource.
func (k *kind[T]) Update(ctx context.Context, c *Clients, id string, state, inputs resource.PropertyMap) error {
	old, err := decode[T](state)
	if err != nil {
		return err
	}
	wanted, err := decode[T](inputs)
	if err != nil {
		return err
	}
	return describe("updating", k.title(wanted), k.update(ctx, c, id, old, wanted))
}

// Delete deletes a resource.
func (k *kind[T]) Delete(ctx context.Context, c *Clients, id string, state resource.PropertyMap) error {
	is, err := decode[T](state)
	if err != nil {
		return err
	}
	if err := k.remove(ctx, c, id, is); !gone(err) {
		return describe("deleting", k.title(is), err)
	}
	return nil
}

// decode converts properties to a T by its JSON tags.
func decode[T any](properties resource.PropertyMap) (*T, error) {
	data, err := json.Marshal(properties.Mappable())
	if err != nil {
		return nil, fmt.Errorf("reading the properties: %w", err)
	}
	value := new(T)
	if err := json.Unmarshal(data, value); err != nil {
		return nil, fmt.Errorf("reading the properties: %w", err)
	}
	return value, nil
}

func encode(value any) (resource.PropertyMap, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("writing the properties: %w", err)
	}
	var properties map[string]any
	if err := json.Unmarshal(data, &properties); err != nil {
		return nil, fmt.Errorf("writing the properties: %w", err)
	}
	return resource.NewPropertyMapFromMap(properties), nil
}
