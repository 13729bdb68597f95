// Package iamtest is for tests: it decides whether policies allow a request,
// from their JSON, as IAM does for a principal of the same account.
//
// It knows no more of the policy language than the program's policies use, and
// refuses the rest as an error, so that nothing is taken for a denial that was
// not understood.
package iamtest
