// Package irsa gives the operator an IAM role through the cluster's OpenID Connect provider:
// IAM roles for service accounts.
//
// [NewRole] registers a role that only the operator's service account in this cluster may
// assume. Annotate the service account with eks.amazonaws.com/role-arn and the role's ARN
// before the operator's pods start. A resource that needs the permissions depends on the
// [Role] and on its attachments.
//
// [TrustPolicy] is a pure function.
package irsa
