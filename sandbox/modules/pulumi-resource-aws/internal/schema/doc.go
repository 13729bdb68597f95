// Package schema describes resource types of the pulumi-aws provider, and decides what depends only on that:
// whether inputs are valid, what has changed, and whether a change replaces the resource.
//
// It never calls AWS. Inputs may be unknown in previews, but they are never secret: the engine removes that.
package schema
