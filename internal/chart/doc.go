// Package chart knows what each version of the External Secrets Operator (ESO) and its Helm
// chart supports: the chart's values, the CRDs, the functions of templates, and the few
// features that the program depends on. It is needed because Helm ignores a value that the
// chart does not use, an API server drops a field that a CRD does not have, and the operator
// fails long after it took a template with an unknown function.
//
// [For] returns what is known of a version. Its methods check values, objects and names, and
// return problems with paths relative to what they check. A problem is a warning where the
// version itself is not known, so that the chart may be right.
//
// versions/<version> has what the Go module of a release says; sandbox/crds generates it, and
// compares it with a real API server. notes has what the release notes and the documentation
// say of the releases that have no module.
//
// Of store providers only AWS's fields are known. A CRD does not say whether a string makes
// sense to the operator.
package chart
