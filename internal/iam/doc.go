// Package iam writes the IAM policies of the operator's role, without asking AWS.
//
// [Permissions] returns policies that are derived from the declared secrets and grant
// nothing else: reading each secret by its name, reading below a prefix or by tags, and
// listing and decrypting only where the grants ask for it. They never allow writing. Grants
// that exceed IAM's quotas are a problem. Nothing is widened to fit.
//
// The packages irsa and podidentity write the trust policies. [RoleSettings] and
// [ServiceAccount] are what they share.
package iam
