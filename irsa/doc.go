// Package irsa gives the operator a role through the cluster's OpenID Connect
// provider: IAM roles for service accounts.
//
// [NewRole] registers a role that only the operator's service account in that
// one cluster may assume, with the permissions given. The service account must
// carry the annotation eks.amazonaws.com/role-arn with the role's ARN before
// the operator's pods start. What needs the role's permissions depends on the
// [Role] itself, and then on the attachments of its policies too.
//
// [TrustPolicy] is the trust policy, a pure function.
package irsa
