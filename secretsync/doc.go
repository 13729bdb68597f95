// Package secretsync registers the custom resources of the External Secrets Operator:
// stores and ExternalSecrets.
//
// A [Store] says where secrets are and how to sign in. It is ready when the operator has
// found its credentials. An [ExternalSecret] fills one Secret. It is ready when the
// operator has written the Secret: the operator reports some failures as ready, so the
// condition alone is not enough.
//
// The operator must run when they are created, and still when they are deleted, because
// it removes their finalizers.
package secretsync
