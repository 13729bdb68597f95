// Package schema describes resource types as the pulumi-aws provider has them, and decides what follows
// from that alone: whether inputs are valid, what has changed, and what a change replaces.
//
// Nothing here asks AWS anything. Inputs may be unknown, in previews; they are never secret, for the
// engine keeps that to itself.
package schema
