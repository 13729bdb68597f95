// Package iam writes the IAM documents of the operator's role: pure functions,
// which ask nobody.
//
// [Permissions] are derived from the secrets that are declared, and grant no
// more: to read each by its name, to read below a prefix or by tags, to list and
// to decrypt only where that is asked for, and never to write. What does not fit in
// IAM's quotas is an error; nothing is widened to make it fit. Documents may be
// made before the account is known, and are as long then as they will be.
//
// Trust policies are written where they are used; [RoleSettings] and
// [ServiceAccount] are what they have in common.
package iam
