package iam

import (
	"crypto/rand"
	"encoding/base32"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

// Service holds the IAM of one account. It is safe for concurrent use.
type Service struct {
	handler *api.QueryService
	// userExists reports whether the account has the user with the ARN.
	userExists func(arn string) bool

	mu sync.Mutex
	// roles are by name in lower case: names are unique regardless of case.
	roles map[string]*role
	// policies and providers are by ARN.
	policies  map[string]*managed
	providers map[string]*provider
}

// New returns a service without roles and policies. It does not manage users.
func New(userExists func(arn string) bool) *Service {
	s := &Service{
		userExists: userExists,
		roles:      map[string]*role{}, policies: map[string]*managed{}, providers: map[string]*provider{},
	}
	operations := map[string]api.QueryOperation{
		"AddClientIDToOpenIDConnectProvider":      s.addClientID,
		"AttachRolePolicy":                        s.attachRolePolicy,
		"CreateOpenIDConnectProvider":             s.createProvider,
		"CreatePolicy":                            s.createPolicy,
		"CreatePolicyVersion":                     s.createPolicyVersion,
		"CreateRole":                              s.createRole,
		"DeleteOpenIDConnectProvider":             s.deleteProvider,
		"DeletePolicy":                            s.deletePolicy,
		"DeletePolicyVersion":                     s.deletePolicyVersion,
		"DeleteRole":                              s.deleteRole,
		"DeleteRolePermissionsBoundary":           s.deleteBoundary,
		"DeleteRolePolicy":                        s.deleteRolePolicy,
		"DetachRolePolicy":                        s.detachRolePolicy,
		"GetOpenIDConnectProvider":                s.getProvider,
		"GetPolicy":                               s.getPolicy,
		"GetPolicyVersion":                        s.getPolicyVersion,
		"GetRole":                                 s.getRole,
		"GetRolePolicy":                           s.getRolePolicy,
		"ListAttachedRolePolicies":                s.listAttachedRolePolicies,
		"ListOpenIDConnectProviders":              s.listProviders,
		"ListPolicies":                            s.listPolicies,
		"ListPolicyVersions":                      s.listPolicyVersions,
		"ListRolePolicies":                        s.listRolePolicies,
		"ListRoles":                               s.listRoles,
		"PutRolePermissionsBoundary":              s.putBoundary,
		"PutRolePolicy":                           s.putRolePolicy,
		"RemoveClientIDFromOpenIDConnectProvider": s.removeClientID,
		"SetDefaultPolicyVersion":                 s.setDefaultPolicyVersion,
		"UpdateAssumeRolePolicy":                  s.updateAssumeRolePolicy,
		"UpdateRole":                              s.updateRole,
	}
	addTagging(operations, "Role", func(c *api.Call, f api.Form) (*[]tag, error) {
		found, err := s.findRole(c, f)
		if err != nil {
			return nil, err
		}
		return &found.tags, nil
	})
	addTagging(operations, "Policy", func(c *api.Call, f api.Form) (*[]tag, error) {
		found, err := s.findPolicy(c, f)
		if err != nil {
			return nil, err
		}
		return &found.tags, nil
	})
	s.handler = &api.QueryService{
		Name: "iam", Namespace: "https://iam.amazonaws.com/doc/2010-05-08/", Operations: operations,
		Lock: &s.mu,
	}
	return s
}

// ServeHTTP answers a verified request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// newID returns a unique identifier in IAM's format: a prefix of four letters for
// the kind of resource, and 17 random characters.
func newID(prefix string) string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + base32.StdEncoding.EncodeToString(b[:])[:17]
}

// timestamp is a time as the query protocol writes it.
type timestamp time.Time

// MarshalText writes ISO 8601.
func (t timestamp) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, time.RFC3339), nil
}

// encoded returns a document in the percent-encoding of IAM's answers.
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

// page ends every list. Lists have one page, because quotas keep them short.
type page struct{ IsTruncated bool }
