// Package stacks is the program: it reads a stack's configuration, checks it and
// the cluster, and wires the components.
//
// Nothing is registered before the configuration passes, and before the cluster
// has been looked at: a namespace that others made is never adopted and never
// deleted, and custom resources of others are never deleted with the operator.
package stacks
