// Package graph records what a Pulumi program registers, for tests.
//
// [Mocks] records resources with [pulumi.WithMocks]. [Run] adds what Pulumi's mocks lack:
// it calls hooks, leaves outputs unknown as a preview does, and records the stack's outputs
// and the log messages. The end-to-end tests use the real engine.
package graph
