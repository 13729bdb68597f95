// Package crds knows the releases of the External Secrets Operator (ESO) that are Go modules. It reads from
// them the CRDs, the values of the chart and the names of the functions of templates, and asks an API
// server whether it would accept an object.
//
// The program has what it needs of them in internal/chart/versions, and uses neither this package nor ESO's
// modules. The tests here prove that it has what the modules say, and that its own check of an object and
// an API server's agree; with -update they write it. The go command downloads the modules and verifies them.
package crds
