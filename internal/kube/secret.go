package kube

import (
	"encoding/base64"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const secretType = "kubernetes:core/v1:Secret" //nolint:gosec // a type token, not a credential

// Secret is a v1 Secret.
type Secret struct {
	pulumi.CustomResourceState

	// Metadata is the object's metadata from the API server.
	Metadata pulumi.MapOutput `pulumi:"metadata"`
}

// Version returns the resource version, which changes with the data; "" if it is unknown.
func (s *Secret) Version() pulumi.StringOutput {
	return s.Metadata.ApplyT(func(metadata map[string]any) string {
		version, _ := metadata["resourceVersion"].(string)
		return version
	}).(pulumi.StringOutput)
}

// SecretArgs are the arguments of [NewSecret].
type SecretArgs struct {
	// Name and Namespace identify the Secret.
	Name, Namespace string
	// Annotations are the Secret's annotations; nil for none.
	Annotations map[string]string
	// Data are the values by key, not encoded. Pulumi's state has them encrypted.
	Data map[string]string
	// Timeout limits each operation; 0 is the provider's default.
	Timeout Timeout
}

// NewSecret registers a Secret.
func NewSecret(
	ctx *pulumi.Context, name string, args *SecretArgs, opts ...pulumi.ResourceOption,
) (*Secret, error) {
	// Not stringData, which the API server never returns.
	data := pulumi.StringMap{}
	for key, value := range args.Data {
		data[key] = pulumi.String(base64.StdEncoding.EncodeToString([]byte(value)))
	}
	inputs := pulumi.Map{
		"apiVersion": pulumi.String("v1"),
		"kind":       pulumi.String("Secret"),
		"metadata":   metadata(args.Name, args.Namespace, args.Annotations),
		"data":       pulumi.ToSecret(data),
	}
	opts = append(opts, pulumi.AdditionalSecretOutputs([]string{"data", "stringData"}))
	opts = append(opts, args.Timeout.Options()...)

	var secret Secret
	err := ctx.RegisterResource(secretType, name, inputs, &secret, utilities.PkgResourceDefaultOpts(opts)...)
	if err != nil {
		return nil, err
	}
	return &secret, nil
}
