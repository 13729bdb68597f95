// Package template knows the functions that a template of an ExternalSecret may
// use, engine v2, by the release of the External Secrets Operator. A name that
// is none lets the operator fail, long after the object was taken.
package template
