// Package provider is the stand-in as the Pulumi engine sees it: what the engine asks of a provider, answered
// from the schema and the catalog.
//
// The engine is told that secrets are not accepted. It then hands over plain values and marks what comes
// back by the same names as secret itself; the catalog has no output that repeats an input by another name.
package provider
