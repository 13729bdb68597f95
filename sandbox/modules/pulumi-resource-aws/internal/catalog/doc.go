// Package catalog makes, reads, changes and deletes what the stand-in has of AWS's resource types, and
// answers its functions. A file is one type; [Resources] and [Functions] list them.
//
// Inputs and outputs are named as in the pulumi-aws SDK. Every error carries AWS's code and message.
package catalog
