// Package secretsync registers what the External Secrets Operator works on: a
// [Store], which says where secrets are and how to sign in, and for each Secret
// wanted an [ExternalSecret].
//
// Both are waited for. A store is there when the operator has found its
// credentials; an ExternalSecret only once the Secret is written, for the
// operator reports some failures as ready. The operator must be running, and
// must still be when they are deleted, for their finalizers are its own.
package secretsync
