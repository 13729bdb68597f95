// Package iam is the Identity and Access Management of the in-memory AWS: roles,
// managed and inline policies, and OpenID Connect providers. It refuses what IAM
// refuses, and what it answers holds at once: there is no eventual consistency.
//
// [Service] also tells the other services what they need to decide by:
// [Service.Role], [Service.Policies], [Service.Provider] and [Service.Document].
package iam
