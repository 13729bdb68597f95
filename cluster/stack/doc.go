// Package stack makes an EKS cluster that both ways of signing the operator in
// work on: IRSA, for which it has an OIDC provider, and EKS Pod Identity, for
// which it runs the agent. Secrets are encrypted in etcd with a KMS key of the
// stack's own, and who did what is logged.
//
// It is a cluster to start with: one group of nodes, of a fixed size, in subnets
// that exist. It makes no network, no autoscaler and no storage class.
package stack
