// Package graph records what a Pulumi program registers, for tests.
//
// [Mocks] works with [pulumi.WithMocks]. [Run] does what mocks cannot: it speaks the
// engine's protocol, and so calls hooks, leaves outputs unknown as a preview does, and
// records the stack's outputs and the log messages.
package graph
