// Package sandbox runs a real Kubernetes control plane, a node that runs pods as processes, and an
// in-memory AWS. It needs no container engine, listens on loopback only and keeps its files in one folder.
//
// Etcd, the Kubernetes servers, the External Secrets Operator and its Helm chart, the Pulumi engine and the
// pulumi-kubernetes provider are real. The node (no images, no pod network, no volumes), AWS (see package
// aws), the pulumi-aws provider and, unless the official CLI is installed, Pulumi's language host are
// stand-ins. In AWS, the cluster is an EKS cluster: its pods sign in with IRSA and Pod Identity. The sandbox
// is for trials and tests: it keeps nothing when it stops, and it does not protect itself from other users
// of the machine.
//
// [Start] starts a sandbox and [Sandbox.Stop] stops it. A [Project] runs a Pulumi program in it without
// changing the program's folder.
package sandbox
