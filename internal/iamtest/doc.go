// Package iamtest is for tests: it evaluates the JSON of IAM policies, as IAM does for a
// principal of the same account.
//
// It is independent of package iam, which writes the policies. It supports only the part of
// the policy language that they use, and returns an error for the rest, so that a test does
// not take something unsupported for a denial.
package iamtest
