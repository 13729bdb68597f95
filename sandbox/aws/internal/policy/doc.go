// Package policy parses and evaluates IAM policy documents as AWS does: an explicit
// deny overrides any allow, and the default is to deny. A decision depends only on
// the documents and the [Request].
//
// [ParseIdentity] and [ParseTrust] refuse what IAM refuses, with IAM's messages.
// [Policies.Decide] decides what a principal may do, and [Document.Trust] who may
// assume a role. NotPrincipal and BinaryEquals cannot be evaluated: they return an
// [UnsupportedError].
package policy
