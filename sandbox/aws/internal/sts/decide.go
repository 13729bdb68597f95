package sts

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/policy"
)

// unsupported is what a caller is told when a policy cannot be evaluated. AWS
// has no such error, which is the point: nobody takes it for a decision.
const unsupported = "UnsupportedPolicyException"

// Decide evaluates the policies of the session that makes the call, as they are
// now: IAM, when it asks, is not asked back.
func (s *Service) Decide(c *api.Call, session *Session) func(api.Access, api.Keys) error {
	policies, tags := s.policies(session)
	return func(access api.Access, keys api.Keys) error {
		return session.decide(c, policies, tags, access, keys)
	}
}

// policies are all that decide about the session, and its role's tags.
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

// requestKeys are the condition keys that every request has, and the given ones.
func requestKeys(c *api.Call, keys api.Keys) policy.Context {
	context := policy.Context{}
	context.Set("aws:CurrentTime", c.Now.UTC().Format(time.RFC3339))
	context.Set("aws:EpochTime", strconv.FormatInt(c.Now.Unix(), 10))
	// The endpoint stands for one of AWS's, which are HTTPS.
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

// principalKeys adds who the session is. Its own tags win over its role's.
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

// userKeys adds who a caller is that has no session.
func userKeys(c *api.Call, context policy.Context) {
	context.Set("aws:PrincipalArn", c.Principal.ARN)
	context.Set("aws:PrincipalAccount", c.Account)
	context.Set("aws:PrincipalType", "User")
	context.Set("aws:userid", c.Principal.UserID)
}

// tagKeys adds the tags that a session is asked for with.
func tagKeys(keys api.Keys, tags map[string]string) {
	if len(tags) == 0 {
		return
	}
	for key, value := range tags {
		keys["aws:RequestTag/"+key] = []string{value}
	}
	keys["aws:TagKeys"] = slices.Sorted(maps.Keys(tags))
}
