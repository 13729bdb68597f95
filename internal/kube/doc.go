// Package kube has three resources of the Kubernetes provider: Namespace, Secret and Helm
// Release. Their type tokens, inputs and version are those of Pulumi's Kubernetes SDK, so
// the provider and the state do not differ. The packages core/v1 and helm/v3 of the SDK
// would compile every API group, which takes minutes.
//
// Empty inputs are left out: an empty map in an object's metadata is a change on every
// `pulumi up`. [Merge] and [MergeStrings] merge values, specs and metadata.
package kube
