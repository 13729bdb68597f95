// Package crds knows the releases of the External Secrets Operator (ESO) whose Go modules can be had.
// It takes from them the CRDs and the names of the functions that templates may use, and asks an API
// server whether it would take an object.
//
// The program holds what it needs of both, in internal/crd and internal/template, and uses neither this
// package nor ESO's modules. The tests here prove that it holds what the modules say, and that its own
// check of an object and an API server's agree; with -update they write what it holds. The go command
// downloads the modules and verifies them.
package crds
