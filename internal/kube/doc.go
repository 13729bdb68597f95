// Package kube registers three resources of the Kubernetes provider: a
// namespace, a secret and a Helm release. They have the type tokens, inputs and
// version of Pulumi's Kubernetes SDK, so the provider and the state cannot tell
// the difference; the SDK's own packages core/v1 and helm/v3 would bring along
// every API group and make the program minutes slower to build.
//
// Inputs that are empty are left out: an empty map in an object's metadata is a
// change on every `pulumi up`.
package kube
