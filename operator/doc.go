// Package operator installs the External Secrets Operator with Helm.
//
// [NewRelease] registers one release of the chart and waits for it. [Values] returns the
// chart's values: the operator's endpoint, its identity, and the user's values on top.
// [CheckValues] finds the user's values that conflict with them. The endpoint is an
// environment variable of the operator, because a store has no field for it.
//
// The namespace must exist. With KeepCRDs, the chart's custom resource definitions stay
// when the release is deleted. Without it, Kubernetes deletes them and with them every
// custom resource, including those that others own.
package operator
