// Package iam is the Identity and Access Management of the in-memory AWS: roles,
// managed and inline policies, and OpenID Connect providers. It refuses what IAM
// refuses. Changes take effect immediately: there is no eventual consistency.
//
// [Service] also gives the other services what their decisions depend on:
// [Service.Role], [Service.Policies], [Service.Provider] and [Service.Document].
package iam
