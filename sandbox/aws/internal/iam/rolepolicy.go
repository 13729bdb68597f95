package iam

import (
	"maps"
	"slices"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/policy"
)

func (s *Service) attachRolePolicy(c *api.Call, f api.Form) (any, error) {
	found, arn, err := s.findAttachment(c, f)
	if err != nil {
		return nil, err
	}
	if s.policies[arn] == nil {
		return nil, errNone("Policy %s does not exist or is not attachable.", arn)
	}
	if slices.Contains(found.attached, arn) {
		return nil, nil
	}
	if len(found.attached) == maxAttached {
		return nil, errLimit("Cannot exceed quota for PoliciesPerRole: %d", maxAttached)
	}
	found.attached = append(found.attached, arn)
	return nil, nil
}

func (s *Service) detachRolePolicy(c *api.Call, f api.Form) (any, error) {
	found, arn, err := s.findAttachment(c, f)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(found.attached, arn) {
		return nil, errNone("Policy %s was not found.", arn)
	}
	found.attached = slices.DeleteFunc(found.attached, func(a string) bool { return a == arn })
	return nil, nil
}

// findAttachment returns the role and the ARN of the policy that the request names.
func (s *Service) findAttachment(c *api.Call, f api.Form) (*role, string, error) {
	arn := f.Text("PolicyArn")
	var check api.Checks
	checkARN(&check, "policyArn", arn)
	if err := check.Err(); err != nil {
		return nil, "", err
	}
	found, err := s.findRole(c, f)
	return found, *arn, err
}

func (s *Service) listAttachedRolePolicies(c *api.Call, f api.Form) (any, error) {
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	type attached struct{ PolicyName, PolicyArn string }
	var result struct {
		AttachedPolicies []attached `xml:"AttachedPolicies>member"`
		page
	}
	for _, arn := range found.attached {
		result.AttachedPolicies = append(result.AttachedPolicies, attached{s.policies[arn].name, arn})
	}
	return result, nil
}

func (s *Service) putRolePolicy(c *api.Call, f api.Form) (any, error) {
	name, text := f.Text("PolicyName"), f.Text("PolicyDocument")
	var check api.Checks
	checkName(&check, "policyName", name, 128)
	checkDocument(&check, "policyDocument", text)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	document, err := policy.ParseIdentity(*text, c.Partition)
	if err != nil {
		return nil, errMalformed(err)
	}
	total := size(*text)
	for other, p := range found.inline {
		if other != *name {
			total += size(p.text)
		}
	}
	if total > maxInline {
		return nil, errLimit("Maximum policy size of %d bytes exceeded for role %s", maxInline, found.name)
	}
	found.inline[*name] = inlinePolicy{*text, document}
	return nil, nil
}

// findInline returns the role, and the name of one of its inline policies.
func (s *Service) findInline(c *api.Call, f api.Form) (*role, string, error) {
	name := f.Text("PolicyName")
	var check api.Checks
	checkName(&check, "policyName", name, 128)
	if err := check.Err(); err != nil {
		return nil, "", err
	}
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, "", err
	}
	if _, ok := found.inline[*name]; !ok {
		return nil, "", errNone("The role policy with name %s cannot be found.", *name)
	}
	return found, *name, nil
}

func (s *Service) getRolePolicy(c *api.Call, f api.Form) (any, error) {
	found, name, err := s.findInline(c, f)
	if err != nil {
		return nil, err
	}
	return struct{ RoleName, PolicyName, PolicyDocument string }{
		found.name, name, encoded(found.inline[name].text),
	}, nil
}

func (s *Service) deleteRolePolicy(c *api.Call, f api.Form) (any, error) {
	found, name, err := s.findInline(c, f)
	if err != nil {
		return nil, err
	}
	delete(found.inline, name)
	return nil, nil
}

func (s *Service) listRolePolicies(c *api.Call, f api.Form) (any, error) {
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	return struct {
		PolicyNames []string `xml:"PolicyNames>member"`
		page
	}{PolicyNames: slices.Sorted(maps.Keys(found.inline))}, nil
}
