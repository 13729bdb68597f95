package iam

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/policy"
)

// managed is a customer managed policy.
type managed struct {
	arn, id, name, path, description string
	created, updated                 time.Time
	// versions are sorted, oldest first. Numbers are never used twice.
	versions    []version
	defaultID   string
	nextVersion int
	tags        []tag
}

type version struct {
	id, text string
	created  time.Time
	document *policy.Document
}

func (p *managed) version(id string) *version {
	i := slices.IndexFunc(p.versions, func(v version) bool { return v.id == id })
	if i < 0 {
		return nil
	}
	return &p.versions[i]
}

func (p *managed) document() *policy.Document { return p.version(p.defaultID).document }

// add adds a version and returns it.
func (p *managed) add(c *api.Call, text *string) (*version, error) {
	document, err := policy.ParseIdentity(*text, c.Partition)
	if err != nil {
		return nil, errMalformed(err)
	}
	if size(*text) > maxManaged {
		return nil, errLimit("Cannot exceed quota for PolicySize: %d", maxManaged)
	}
	p.nextVersion++
	p.versions = append(p.versions, version{fmt.Sprintf("v%d", p.nextVersion), *text, c.Now, document})
	p.updated = c.Now
	return &p.versions[len(p.versions)-1], nil
}

type policyDescription struct {
	PolicyName                    string
	PolicyID                      string `xml:"PolicyId"`
	Arn, Path                     string
	DefaultVersionID              string `xml:"DefaultVersionId"`
	AttachmentCount               int
	PermissionsBoundaryUsageCount int
	IsAttachable                  bool
	Description                   string `xml:",omitempty"`
	CreateDate, UpdateDate        timestamp
	Tags                          []tag `xml:"Tags>member"`
}

type policyResult struct{ Policy policyDescription }

func (s *Service) describe(p *managed) policyDescription {
	d := policyDescription{
		PolicyName: p.name, PolicyID: p.id, Arn: p.arn, Path: p.path, DefaultVersionID: p.defaultID,
		IsAttachable: true, Description: p.description, CreateDate: timestamp(p.created),
		UpdateDate: timestamp(p.updated), Tags: slices.Clone(p.tags),
	}
	for _, r := range s.roles {
		if slices.Contains(r.attached, p.arn) {
			d.AttachmentCount++
		}
		if r.boundary == p.arn {
			d.PermissionsBoundaryUsageCount++
		}
	}
	return d
}

func (s *Service) createPolicy(c *api.Call, f api.Form) (any, error) {
	name, path, text := f.Text("PolicyName"), f.Text("Path"), f.Text("PolicyDocument")
	var check api.Checks
	checkName(&check, "policyName", name, 128)
	checkPath(&check, path)
	checkDocument(&check, "policyDocument", text)
	check.Length("description", f.Text("Description"), 0, 1000)
	if err := check.Err(); err != nil {
		return nil, err
	}
	tags, err := tagsOf(f)
	if err != nil {
		return nil, err
	}
	made := &managed{
		id: newID("ANPA"), name: *name, path: cmp.Or(api.Deref(path), "/"), description: f.Get("Description"),
		created: c.Now, tags: tags,
	}
	made.arn = c.IAM("policy" + made.path + made.name)
	if err := c.Authorize(c.Action, made.arn); err != nil {
		return nil, err
	}
	for _, p := range s.policies {
		if strings.EqualFold(p.name, made.name) {
			return nil, errExists("A policy called %s already exists. Duplicate names are not allowed.", made.name)
		}
	}
	first, err := made.add(c, text)
	if err != nil {
		return nil, err
	}
	made.defaultID = first.id
	s.policies[made.arn] = made
	return policyResult{s.describe(made)}, nil
}

// findPolicy returns the policy in the request if the caller may perform the
// action on it.
func (s *Service) findPolicy(c *api.Call, f api.Form) (*managed, error) {
	arn := f.Text("PolicyArn")
	var check api.Checks
	checkARN(&check, "policyArn", arn)
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := c.Authorize(c.Action, *arn); err != nil {
		return nil, err
	}
	found := s.policies[*arn]
	if found == nil {
		return nil, errNone("Policy %s was not found.", *arn)
	}
	return found, nil
}

func (s *Service) getPolicy(c *api.Call, f api.Form) (any, error) {
	found, err := s.findPolicy(c, f)
	if err != nil {
		return nil, err
	}
	return policyResult{s.describe(found)}, nil
}

func (s *Service) listPolicies(c *api.Call, f api.Form) (any, error) {
	if err := c.Authorize(c.Action, "*"); err != nil {
		return nil, err
	}
	var result struct {
		Policies []policyDescription `xml:"Policies>member"`
		page
	}
	for _, arn := range slices.Sorted(maps.Keys(s.policies)) {
		p := s.policies[arn]
		if strings.HasPrefix(p.path, f.Get("PathPrefix")) && f.Get("Scope") != "AWS" {
			d := s.describe(p)
			// AWS leaves these out of lists.
			d.Tags, d.Description = nil, ""
			result.Policies = append(result.Policies, d)
		}
	}
	return result, nil
}

func (s *Service) deletePolicy(c *api.Call, f api.Form) (any, error) {
	found, err := s.findPolicy(c, f)
	if err != nil {
		return nil, err
	}
	if d := s.describe(found); d.AttachmentCount+d.PermissionsBoundaryUsageCount > 0 {
		return nil, errConflict("Cannot delete a policy attached to entities.")
	}
	if len(found.versions) > 1 {
		return nil, errConflict("This policy has more than one version. Before you delete a policy, you must delete " +
			"the policy's versions. The default version is deleted with the policy.")
	}
	delete(s.policies, found.arn)
	return nil, nil
}
