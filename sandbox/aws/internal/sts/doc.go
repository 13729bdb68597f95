// Package sts is the Security Token Service of the in-memory AWS: the caller's
// identity, and sessions of roles. A role's trust policy decides who may assume it,
// and its policies at the time of a request decide what the session may do.
package sts
