// Package graph is for tests: it runs a Pulumi program against a resource
// monitor that makes nothing, and records what the program registers.
//
// Unlike Pulumi's mocks it speaks the engine's own protocol, so that a test sees
// the stack's outputs, resource options as the engine gets them, and hooks, which
// it can run. What a provider would compute is not known to it: a resource's
// outputs are its inputs.
package graph
