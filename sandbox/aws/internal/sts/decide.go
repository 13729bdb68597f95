package sts

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/policy"
)

// unsupported is the error code for a policy that cannot be evaluated. It is not one
// of AWS's, so that it is not mistaken for a decision.
const unsupported = "UnsupportedPolicyException"

// Decide returns a function that evaluates the session's current policies. It reads
// them beforehand, because IAM holds its lock while it calls the function.
func (s *Service) Decide(c *api.Call, session *Session) func(api.Access, api.Keys) error {
	policies, tags := s.policies(session)
	return func(access api.Access, keys api.Keys) error {
		return session.decide(c, policies, tags, access, keys)
	}
}

// policies returns the policies that apply to the session, and its role's tags.
func (s *Service) policies(session *Session) (policy.Policies, map[string]string) {
	policies, tags := session.iam.Policies(session.role.ARN, session.role.ID)
	for _, document := range session.policies {
		policies.Session = append(policies.Session, document())
	}
	return policies, tags
}

func (s *Session) decide(c *api.Call, policies policy.Policies, tags map[string]string, access api.Access,
	keys api.Keys,
) error {
	context := requestKeys(c, keys)
	s.principalKeys(c, context, tags)
	verdict, err := policies.Decide(policy.Request{
		Action: access.Action, Resource: access.Resource, Context: context,
	})
	if err != nil {
		return api.Errorf(unsupported, "%v", err)
	}
	if !verdict.Allowed {
		return api.Denied(access, verdict.Reason)
	}
	return nil
}

// requestKeys returns the condition keys that every request has, and the given ones.
func requestKeys(c *api.Call, keys api.Keys) policy.Context {
	context := policy.Context{}
	context.Set("aws:CurrentTime", c.Now.UTC().Format(time.RFC3339))
	context.Set("aws:EpochTime", strconv.FormatInt(c.Now.Unix(), 10))
	// AWS's endpoints use HTTPS.
	context.Set("aws:SecureTransport", "true")
	context.Set("aws:ViaAWSService", "false")
	context.Set("aws:PrincipalIsAWSService", "false")
	context.Set("aws:ResourceAccount", c.Account)
	if c.Region != "" {
		context.Set("aws:RequestedRegion", c.Region)
	}
	if c.SourceIP != "" {
		context.Set("aws:SourceIp", c.SourceIP)
	}
	for key, values := range keys {
		context.Set(key, values...)
	}
	return context
}

// principalKeys adds the condition keys of the session's principal. The session's
// tags override the role's.
func (s *Session) principalKeys(c *api.Call, context policy.Context, roleTags map[string]string) {
	maps.Copy(context, s.keys)
	context.Set("aws:PrincipalArn", s.role.ARN)
	context.Set("aws:PrincipalAccount", c.Account)
	context.Set("aws:PrincipalType", "AssumedRole")
	context.Set("aws:userid", s.Principal.UserID)
	context.Set("aws:TokenIssueTime", s.issued.UTC().Format(time.RFC3339))
	for _, tags := range []map[string]string{roleTags, s.tags} {
		for key, value := range tags {
			context.Set("aws:PrincipalTag/"+key, value)
		}
	}
}

// userKeys adds the condition keys of a caller without a session.
func userKeys(c *api.Call, context policy.Context) {
	context.Set("aws:PrincipalArn", c.Principal.ARN)
	context.Set("aws:PrincipalAccount", c.Account)
	context.Set("aws:PrincipalType", "User")
	context.Set("aws:userid", c.Principal.UserID)
}

// tagKeys adds the condition keys of a request for a session with tags.
func tagKeys(keys api.Keys, tags map[string]string) {
	if len(tags) == 0 {
		return
	}
	for key, value := range tags {
		keys["aws:RequestTag/"+key] = []string{value}
	}
	keys["aws:TagKeys"] = slices.Sorted(maps.Keys(tags))
}
