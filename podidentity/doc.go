// Package podidentity gives the operator a role through EKS Pod Identity.
//
// [NewRole] registers a role that EKS may assume for the operator's service
// account in that one cluster only, with the permissions given, and then the
// association of the two. A pod gets its credentials when it is made, or not at
// all: what starts the operator's pods depends on the [Role], and a pod that is
// older must be made anew. No store may name a service account then.
//
// The cluster's nodes need the Pod Identity agent: EKS Auto Mode has it, and
// elsewhere it is an add-on, which NewRole registers if asked.
//
// [TrustPolicy] is the trust policy, a pure function.
package podidentity
