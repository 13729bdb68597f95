// Package sts is the Security Token Service of the in-memory AWS: who a caller
// is, and sessions of roles. A role is assumed by its own trust policy, and what
// a session may do is decided by its role's policies at the time of each request.
package sts
