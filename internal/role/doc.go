// Package role registers an IAM role with its policies: what the components irsa and
// podidentity share. They differ in the trust policy.
package role
