package iam

import (
	"regexp"
	"slices"

	"eso-aws/sandbox/aws/internal/api"
)

var validVersion = regexp.MustCompile(`^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$`)

type versionDescription struct {
	Document         string `xml:",omitempty"`
	VersionID        string `xml:"VersionId"`
	IsDefaultVersion bool
	CreateDate       timestamp
}

type versionResult struct{ PolicyVersion versionDescription }

func (p *managed) describe(v *version) versionDescription {
	return versionDescription{
		VersionID: v.id, IsDefaultVersion: v.id == p.defaultID, CreateDate: timestamp(v.created),
	}
}

func (s *Service) createPolicyVersion(c *api.Call, f api.Form) (any, error) {
	text := f.Text("PolicyDocument")
	var check api.Checks
	checkDocument(&check, "policyDocument", text)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findPolicy(c, f)
	if err != nil {
		return nil, err
	}
	if len(found.versions) == maxVersions {
		return nil, errLimit("A managed policy can have up to %d versions. "+
			"Before you create a new version, you must delete an existing version.", maxVersions)
	}
	added, err := found.add(c, text)
	if err != nil {
		return nil, err
	}
	if f.Get("SetAsDefault") == "true" {
		found.defaultID = added.id
	}
	return versionResult{found.describe(added)}, nil
}

// findVersion returns the policy and its version that the request names.
func (s *Service) findVersion(c *api.Call, f api.Form) (*managed, *version, error) {
	id := f.Text("VersionId")
	var check api.Checks
	check.Required("versionId", id == nil)
	check.Pattern("versionId", id, validVersion, `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`)
	if err := check.Err(); err != nil {
		return nil, nil, err
	}
	found, err := s.findPolicy(c, f)
	if err != nil {
		return nil, nil, err
	}
	v := found.version(*id)
	if v == nil {
		return nil, nil, errNone("Policy %s version %s does not exist or is not attachable.", found.arn, *id)
	}
	return found, v, nil
}

func (s *Service) getPolicyVersion(c *api.Call, f api.Form) (any, error) {
	found, v, err := s.findVersion(c, f)
	if err != nil {
		return nil, err
	}
	d := found.describe(v)
	d.Document = encoded(v.text)
	return versionResult{d}, nil
}

func (s *Service) listPolicyVersions(c *api.Call, f api.Form) (any, error) {
	found, err := s.findPolicy(c, f)
	if err != nil {
		return nil, err
	}
	var result struct {
		Versions []versionDescription `xml:"Versions>member"`
		page
	}
	for i := range slices.Backward(found.versions) {
		result.Versions = append(result.Versions, found.describe(&found.versions[i]))
	}
	return result, nil
}

func (s *Service) setDefaultPolicyVersion(c *api.Call, f api.Form) (any, error) {
	found, v, err := s.findVersion(c, f)
	if err != nil {
		return nil, err
	}
	found.defaultID, found.updated = v.id, c.Now
	return nil, nil
}

func (s *Service) deletePolicyVersion(c *api.Call, f api.Form) (any, error) {
	found, v, err := s.findVersion(c, f)
	if err != nil {
		return nil, err
	}
	if v.id == found.defaultID {
		return nil, errConflict("Cannot delete the default version of a policy.")
	}
	id := v.id
	found.versions = slices.DeleteFunc(found.versions, func(v version) bool { return v.id == id })
	return nil, nil
}
