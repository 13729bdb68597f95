package iam

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/policy"
)

type role struct {
	arn, id, name, path, description string
	created                          time.Time
	// trust is the parsed trustText.
	trust     *policy.Document
	trustText string
	// maxSession is in seconds.
	maxSession int
	// boundary is the ARN of a policy, or empty.
	boundary string
	tags     []tag
	// attached are ARNs of policies, in the order of their attachment.
	attached []string
	inline   map[string]inlinePolicy
}

type inlinePolicy struct {
	text     string
	document *policy.Document
}

// description is a role in IAM's answers.
type description struct {
	Path, RoleName           string
	RoleID                   string `xml:"RoleId"`
	Arn                      string
	CreateDate               timestamp
	AssumeRolePolicyDocument string
	Description              string `xml:",omitempty"`
	MaxSessionDuration       int
	PermissionsBoundary      *boundary `xml:",omitempty"`
	Tags                     []tag     `xml:"Tags>member"`
}

type boundary struct {
	PermissionsBoundaryType, PermissionsBoundaryArn string
}

func (r *role) describe() description {
	d := description{
		Path: r.path, RoleName: r.name, RoleID: r.id, Arn: r.arn, CreateDate: timestamp(r.created),
		AssumeRolePolicyDocument: encoded(r.trustText), Description: r.description,
		MaxSessionDuration: r.maxSession, Tags: slices.Clone(r.tags),
	}
	if r.boundary != "" {
		d.PermissionsBoundary = &boundary{"Policy", r.boundary}
	}
	return d
}

type roleResult struct{ Role description }

func (s *Service) createRole(c *api.Call, f api.Form) (any, error) {
	made, err := newRole(c, f)
	if err != nil {
		return nil, err
	}
	if err := c.Authorize(c.Action, made.arn); err != nil {
		return nil, err
	}
	if s.roles[strings.ToLower(made.name)] != nil {
		return nil, errExists("Role with name %s already exists.", made.name)
	}
	if err := s.setTrust(c, made, f.Text("AssumeRolePolicyDocument")); err != nil {
		return nil, err
	}
	if arn := f.Text("PermissionsBoundary"); arn != nil {
		if err := s.setBoundary(made, arn); err != nil {
			return nil, err
		}
	}
	s.roles[strings.ToLower(made.name)] = made
	return roleResult{made.describe()}, nil
}

func newRole(c *api.Call, f api.Form) (*role, error) {
	var check api.Checks
	name, path := f.Text("RoleName"), f.Text("Path")
	checkName(&check, "roleName", name, 64)
	checkPath(&check, path)
	checkDocument(&check, "assumeRolePolicyDocument", f.Text("AssumeRolePolicyDocument"))
	check.Length("description", f.Text("Description"), 0, 1000)
	duration, err := maxSession(&check, f)
	if err != nil {
		return nil, err
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	tags, err := tagsOf(f)
	if err != nil {
		return nil, err
	}
	made := &role{
		id: newID("AROA"), name: *name, path: cmp.Or(api.Deref(path), "/"), description: f.Get("Description"),
		created: c.Now, maxSession: 3600, tags: tags, inline: map[string]inlinePolicy{},
	}
	made.arn = c.IAM("role" + made.path + made.name)
	if duration != nil {
		made.maxSession = *duration
	}
	return made, nil
}

func maxSession(check *api.Checks, f api.Form) (*int, error) {
	duration, err := f.Number("MaxSessionDuration")
	check.Between("maxSessionDuration", duration, 3600, 43200)
	return duration, err
}

// setTrust sets the role's trust policy.
func (s *Service) setTrust(c *api.Call, r *role, text *string) error {
	document, err := policy.ParseTrust(*text, c.Partition, c.Account, func(arn string) bool {
		return s.userExists(arn) || s.byARN(arn) != nil
	})
	if err != nil {
		return errMalformed(err)
	}
	if size(*text) > maxTrust {
		return errLimit("Cannot exceed quota for ACLSizePerRole: %d", maxTrust)
	}
	r.trust, r.trustText = document, *text
	return nil
}

func (s *Service) byARN(arn string) *role {
	if r := s.roles[strings.ToLower(arn[strings.LastIndex(arn, "/")+1:])]; r != nil && r.arn == arn {
		return r
	}
	return nil
}

// findRole returns the role in the request if the caller may perform the action
// on it.
func (s *Service) findRole(c *api.Call, f api.Form) (*role, error) {
	var check api.Checks
	name := f.Text("RoleName")
	checkName(&check, "roleName", name, 64)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, arn := s.roles[strings.ToLower(*name)], c.IAM("role/"+*name)
	if found != nil {
		arn = found.arn
	}
	if err := c.Authorize(c.Action, arn); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, errNone("The role with name %s cannot be found.", *name)
	}
	return found, nil
}

func (s *Service) getRole(c *api.Call, f api.Form) (any, error) {
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	return roleResult{found.describe()}, nil
}

func (s *Service) listRoles(c *api.Call, f api.Form) (any, error) {
	if err := c.Authorize(c.Action, c.IAM("role/")); err != nil {
		return nil, err
	}
	var result struct {
		Roles []description `xml:"Roles>member"`
		page
	}
	for _, r := range s.roles {
		if strings.HasPrefix(r.path, f.Get("PathPrefix")) {
			d := r.describe()
			// AWS leaves these out of lists.
			d.Tags, d.PermissionsBoundary = nil, nil
			result.Roles = append(result.Roles, d)
		}
	}
	slices.SortFunc(result.Roles, func(a, b description) int { return strings.Compare(a.RoleName, b.RoleName) })
	return result, nil
}

func (s *Service) updateRole(c *api.Call, f api.Form) (any, error) {
	var check api.Checks
	check.Length("description", f.Text("Description"), 0, 1000)
	duration, err := maxSession(&check, f)
	if err != nil {
		return nil, err
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	// As in AWS, only the duration has a default; other missing members stay.
	found.maxSession = 3600
	if duration != nil {
		found.maxSession = *duration
	}
	if text := f.Text("Description"); text != nil {
		found.description = *text
	}
	return struct{}{}, nil
}

func (s *Service) updateAssumeRolePolicy(c *api.Call, f api.Form) (any, error) {
	text := f.Text("PolicyDocument")
	var check api.Checks
	checkDocument(&check, "policyDocument", text)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	return nil, s.setTrust(c, found, text)
}

func (s *Service) deleteRole(c *api.Call, f api.Form) (any, error) {
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	if len(found.attached) > 0 {
		return nil, errConflict("Cannot delete entity, must detach all policies first.")
	}
	if len(found.inline) > 0 {
		return nil, errConflict("Cannot delete entity, must delete policies first.")
	}
	delete(s.roles, strings.ToLower(found.name))
	return nil, nil
}

func (s *Service) putBoundary(c *api.Call, f api.Form) (any, error) {
	arn := f.Text("PermissionsBoundary")
	var check api.Checks
	checkARN(&check, "permissionsBoundary", arn)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	return nil, s.setBoundary(found, arn)
}

func (s *Service) setBoundary(r *role, arn *string) error {
	if s.policies[*arn] == nil {
		return errNone("Scope ARN: %s does not exist or is not attachable.", *arn)
	}
	r.boundary = *arn
	return nil
}

func (s *Service) deleteBoundary(c *api.Call, f api.Form) (any, error) {
	found, err := s.findRole(c, f)
	if err != nil {
		return nil, err
	}
	found.boundary = ""
	return nil, nil
}
