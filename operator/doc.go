// Package operator installs the External Secrets Operator with Helm.
//
// [NewRelease] registers one release of the chart, waits for it, and points the
// operator's AWS clients at one endpoint, for the operator has no such field in
// a store: its environment is the only place. [Values] is what the chart gets;
// the user's own values come last, except where [Conflicts] refuses them.
//
// The namespace must exist. The custom resource definitions come with the chart
// and stay when the release is deleted, unless KeepCRDs is off: Kubernetes then
// deletes every custom resource of theirs, of whomever it is.
package operator
