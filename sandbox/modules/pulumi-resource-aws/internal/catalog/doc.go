// Package catalog implements the stand-in's resource types and functions: [Resources] and [Functions].
//
// Inputs and outputs have the names of the pulumi-aws SDK. Errors have AWS's code and message.
package catalog
