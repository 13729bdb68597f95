// Package crd checks an object of the External Secrets Operator (ESO) before
// anything is registered, as an API server that has the CRDs of ESO's release
// would: without one, and with words for people. It is needed because a field
// that an API server does not know is dropped in silence when the object is
// deployed.
//
// [For] finds the schemas for a chart, [Schemas.Check] checks. The kinds are
// ExternalSecret, SecretStore and ClusterSecretStore; of providers only AWS's
// fields are held. Whether a value makes sense to the operator, such as a
// duration, is no matter of a CRD, nor is the spelling of names, labels and
// annotations.
//
// The schemas are those of the releases whose Go modules can be had. They are
// made, and compared with what API servers say, in sandbox/crds. What is known
// of younger releases is in later.json.
package crd
