// Package policy reads IAM policy documents and decides by them, as AWS does: a
// deny anywhere denies, and what nobody allows is denied. It is pure: a
// [Request] carries everything that a decision depends on.
//
// [ParseIdentity] and [ParseTrust] refuse what IAM refuses, in IAM's words.
// [Policies.Decide] is for what a principal may do, [Document.Trust] for who may
// assume a role. What this package cannot evaluate, NotPrincipal and
// BinaryEquals, is an [UnsupportedError] and never a guess.
package policy
