package iam

import (
	"maps"
	"slices"
	"time"

	"eso-aws/sandbox/aws/internal/policy"
)

// Role holds what assuming a role depends on.
type Role struct {
	ARN, ID, Name string
	Trust         *policy.Document
	// MaxSession is the longest duration of a session.
	MaxSession time.Duration
}

// Role returns the role with the ARN, if there is one.
func (s *Service) Role(arn string) (Role, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byARN(arn)
	if r == nil {
		return Role{}, false
	}
	return Role{r.arn, r.id, r.name, r.trust, time.Duration(r.maxSession) * time.Second}, true
}

// Policies returns the role's current policies and tags. A deleted role has none,
// even if there is a new role with its name.
func (s *Service) Policies(arn, id string) (policy.Policies, map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byARN(arn)
	if r == nil || r.id != id {
		return policy.Policies{}, nil
	}
	var p policy.Policies
	for _, attached := range r.attached {
		p.Identity = append(p.Identity, s.policies[attached].document())
	}
	for _, name := range slices.Sorted(maps.Keys(r.inline)) {
		p.Identity = append(p.Identity, r.inline[name].document)
	}
	if r.boundary != "" {
		p.Boundary = s.policies[r.boundary].document()
	}
	tags := map[string]string{}
	for _, t := range r.tags {
		tags[t.Key] = t.Value
	}
	return p, tags
}

// Document returns the current document of the managed policy with the ARN, or nil.
func (s *Service) Document(arn string) *policy.Document {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.policies[arn]; p != nil {
		return p.document()
	}
	return nil
}

// Provider returns the audiences that the OpenID Connect provider with the ARN
// accepts, and whether there is one.
func (s *Service) Provider(arn string) (clientIDs []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.providers[arn]
	if p == nil {
		return nil, false
	}
	return slices.Clone(p.clientIDs), true
}
