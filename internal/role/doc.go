// Package role registers an IAM role, the managed policies that say what it may
// do, and their attachments: what all roles of the program have in common.
//
// The number of policies is known before AWS is asked anything; only the
// account in them may be found out later.
package role
