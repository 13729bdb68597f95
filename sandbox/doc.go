// Package sandbox runs a real Kubernetes control plane, a node that runs pods as processes, and an
// in-memory AWS, all on loopback, below one folder, and with no container engine.
//
// Real are etcd, the Kubernetes servers, the External Secrets Operator and its Helm chart, the Pulumi
// engine and the pulumi-kubernetes provider. Stand-ins are the node (no images, no network between
// pods, no volumes), AWS (see package aws), the pulumi-aws provider and, where the official one is not
// installed, Pulumi's language host. To those who ask AWS, the cluster is one of EKS: its pods sign in
// by IRSA and by Pod Identity. It is for trying and for tests: nothing in it outlives it, and nothing
// in it is hardened against other users of the machine.
//
// [Start] starts one and [Sandbox.Stop] stops it; a [Project] is how a Pulumi program is run against
// it without a change to the program's folder.
package sandbox
