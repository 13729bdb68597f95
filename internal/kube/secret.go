package kube

import (
	"encoding/base64"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const secretType = "kubernetes:core/v1:Secret" //nolint:gosec // a type token, not a credential

// Secret is a core/v1 Secret.
type Secret struct {
	pulumi.CustomResourceState

	// Metadata is what the API server knows of it.
	Metadata pulumi.MapOutput `pulumi:"metadata"`
}

// Version changes with the secret's content; "" where the API server says none.
func (s *Secret) Version() pulumi.StringOutput {
	return s.Metadata.ApplyT(func(metadata map[string]any) string {
		version, _ := metadata["resourceVersion"].(string)
		return version
	}).(pulumi.StringOutput)
}

// SecretArgs describes a [Secret].
type SecretArgs struct {
	// Name and Namespace say where the secret is.
	Name, Namespace string
	// Annotations are the object's annotations; nil for none.
	Annotations map[string]string
	// Data are the values by key, not encoded. They are always kept encrypted
	// in Pulumi's state.
	Data map[string]string
	// Timeout bounds the creation and the deletion; 0 is the provider's own.
	Timeout Timeout
}

// NewSecret registers a secret.
func NewSecret(
	ctx *pulumi.Context, name string, args *SecretArgs, opts ...pulumi.ResourceOption,
) (*Secret, error) {
	// `data` and not `stringData`, which the API server never gives back.
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
