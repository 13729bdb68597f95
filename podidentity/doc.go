// Package podidentity gives the operator an IAM role through EKS Pod Identity.
//
// [NewRole] registers a role that EKS may assume only for the operator's service account in
// this cluster, and then associates the two. A pod gets credentials only if it is created
// after the association: the operator's pods depend on the [Role], and older pods must be
// replaced. A store must not name a service account.
//
// The cluster's nodes need the Pod Identity agent. EKS Auto Mode includes it. Elsewhere it is
// an add-on, which NewRole registers on request.
//
// [TrustPolicy] is a pure function.
package podidentity
