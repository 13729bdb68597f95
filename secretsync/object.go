package secretsync

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/kube"
)

// waitForAnnotation tells the Kubernetes provider what to wait for: one condition, or
// several as a JSON list.
const waitForAnnotation = "pulumi.com/waitFor"

// credentialsAnnotation changes with the credentials of the store. The operator then
// syncs the Secret again.
const credentialsAnnotation = "eso-aws/credentials" //nolint:gosec // an annotation's name, not a credential

// object is a custom resource of the operator.
type object struct {
	apiVersion, kind, name, namespace string

	labels      map[string]string
	annotations map[string]string
	spec        map[string]any
	credentials pulumi.StringInput // the value of credentialsAnnotation; nil for none
	// waitFor returns the value of waitForAnnotation. The credentials are "" if the object
	// has none.
	waitFor func(credentials string) string
}

// plainAnnotations returns the annotations of an object without credentials.
func (o *object) plainAnnotations() map[string]string {
	return kube.MergeStrings(map[string]string{waitForAnnotation: o.waitFor("")}, o.annotations)
}

// manifest returns the object without its credentials.
func (o *object) manifest() map[string]any {
	metadata := map[string]any{"name": o.name, "annotations": o.plainAnnotations()}
	put(metadata, "namespace", o.namespace)
	put(metadata, "labels", o.labels)
	return map[string]any{"apiVersion": o.apiVersion, "kind": o.kind, "metadata": metadata, "spec": o.spec}
}

// register registers the object as a child of its component.
func (o *object) register(
	ctx *pulumi.Context, name string, parent pulumi.Resource, timeout kube.Timeout, hooks *pulumi.ResourceHookBinding,
) (*apiextensions.CustomResource, error) {
	annotations := pulumi.ToStringMap(o.plainAnnotations())
	if o.credentials != nil {
		annotations[credentialsAnnotation] = o.credentials
		annotations[waitForAnnotation] = o.credentials.ToStringOutput().ApplyT(o.waitFor).(pulumi.StringOutput)
	}
	metadata := metav1.ObjectMetaArgs{Name: pulumi.String(o.name), Annotations: annotations}
	if len(o.labels) > 0 {
		metadata.Labels = pulumi.ToStringMap(o.labels)
	}
	if o.namespace != "" {
		metadata.Namespace = pulumi.String(o.namespace)
	}
	return apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(o.apiVersion),
		Kind:        pulumi.String(o.kind),
		Metadata:    metadata,
		OtherFields: kubernetes.UntypedArgs{"spec": o.spec},
	}, append(timeout.Options(), pulumi.Parent(parent), pulumi.ResourceHooks(hooks))...)
}
