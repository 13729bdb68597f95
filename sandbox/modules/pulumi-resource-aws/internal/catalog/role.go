package catalog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

const defaultPath = "/"

type role struct {
	tagged
	Arn                 string   `json:"arn"`
	AssumeRolePolicy    string   `json:"assumeRolePolicy"`
	CreateDate          string   `json:"createDate"`
	Description         string   `json:"description,omitempty"`
	ForceDetachPolicies bool     `json:"forceDetachPolicies"`
	ManagedPolicyArns   []string `json:"managedPolicyArns"`
	MaxSessionDuration  int32    `json:"maxSessionDuration"`
	Name                string   `json:"name"`
	Path                string   `json:"path"`
	PermissionsBoundary string   `json:"permissionsBoundary,omitempty"`
	UniqueID            string   `json:"uniqueId"`
}

func (r *role) title() string { return fmt.Sprintf("IAM role %q", r.Name) }

func roleType() Resource {
	return &kind[role]{
		schema: schema.Resource{
			Token: "aws:iam/role:Role",
			Inputs: map[resourceKey]schema.Input{
				"assumeRolePolicy":    {Type: schema.Document, Required: true},
				"description":         {Type: schema.String},
				"forceDetachPolicies": {Type: schema.Bool, Default: false},
				"maxSessionDuration":  {Type: schema.Number, Default: 3600},
				"name":                {Type: schema.String, Replaces: true, Autoname: 64, Required: true},
				"path":                {Type: schema.String, Replaces: true, Default: defaultPath},
				"permissionsBoundary": {Type: schema.String, Valid: validARN},
				"tags":                {Type: schema.Map},
			},
			Outputs: []resourceKey{"arn", "createDate", "managedPolicyArns", "tagsAll", "uniqueId"},
		},
		title: (*role).title, create: createRole, read: readRole, update: updateRole, remove: deleteRole,
	}
}

func createRole(ctx context.Context, c *Clients, r *role) (string, error) {
	_, err := c.iam.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: &r.Name, AssumeRolePolicyDocument: &r.AssumeRolePolicy, Path: &r.Path,
		Description: optional(r.Description), MaxSessionDuration: &r.MaxSessionDuration,
		PermissionsBoundary: optional(r.PermissionsBoundary), Tags: iamTags(r.Tags),
	})
	if err != nil {
		return "", err
	}
	return r.Name, nil
}

func readRole(ctx context.Context, c *Clients, id string, r *role) (string, error) {
	out, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &id})
	if err != nil {
		return "", err
	}
	is := out.Role
	trust, err := url.PathUnescape(*is.AssumeRolePolicyDocument)
	if err != nil {
		return "", fmt.Errorf("decoding the trust policy: %w", err)
	}
	keepDocument(&r.AssumeRolePolicy, trust)
	r.Arn, r.Name, r.Path, r.UniqueID = *is.Arn, *is.RoleName, *is.Path, *is.RoleId
	r.CreateDate = is.CreateDate.UTC().Format(time.RFC3339)
	r.Description = text(is.Description)
	r.MaxSessionDuration = *is.MaxSessionDuration
	r.PermissionsBoundary = ""
	if is.PermissionsBoundary != nil {
		r.PermissionsBoundary = *is.PermissionsBoundary.PermissionsBoundaryArn
	}
	r.setIAM(is.Tags)
	r.ManagedPolicyArns, err = attachedPolicies(ctx, c, id)
	return r.Name, err
}

func updateRole(ctx context.Context, c *Clients, id string, old, wanted *role) error {
	if !schema.SameDocument(old.AssumeRolePolicy, wanted.AssumeRolePolicy) {
		_, err := c.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
			RoleName: &id, PolicyDocument: &wanted.AssumeRolePolicy,
		})
		if err != nil {
			return err
		}
	}
	if old.Description != wanted.Description || old.MaxSessionDuration != wanted.MaxSessionDuration {
		_, err := c.iam.UpdateRole(ctx, &iam.UpdateRoleInput{
			RoleName: &id, Description: &wanted.Description, MaxSessionDuration: &wanted.MaxSessionDuration,
		})
		if err != nil {
			return err
		}
	}
	if err := updateBoundary(ctx, c, id, old.PermissionsBoundary, wanted.PermissionsBoundary); err != nil {
		return err
	}
	return old.retag(wanted.tagged, func(set map[string]string) error {
		_, err := c.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: &id, Tags: iamTags(set)})
		return err
	}, func(keys []string) error {
		_, err := c.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &id, TagKeys: keys})
		return err
	})
}

func updateBoundary(ctx context.Context, c *Clients, id, old, wanted string) error {
	switch wanted {
	case old:
		return nil
	case "":
		_, err := c.iam.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &id})
		return err
	}
	_, err := c.iam.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
		RoleName: &id, PermissionsBoundary: &wanted,
	})
	return err
}

func deleteRole(ctx context.Context, c *Clients, id string, r *role) error {
	if r.ForceDetachPolicies {
		if err := detachAll(ctx, c, id); err != nil {
			return err
		}
	}
	_, err := c.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &id})
	return err
}

// detachAll removes all policies from a role, for forceDetachPolicies.
func detachAll(ctx context.Context, c *Clients, name string) error {
	attached, err := attachedPolicies(ctx, c, name)
	if err != nil {
		return err
	}
	var problems []error
	for _, arn := range attached {
		_, err := c.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &name, PolicyArn: &arn})
		problems = append(problems, err)
	}
	inline, err := c.iam.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &name})
	if err != nil {
		return errors.Join(append(problems, err)...)
	}
	for _, policy := range inline.PolicyNames {
		_, err := c.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &name, PolicyName: &policy})
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// attachedPolicies returns the ARNs of the managed policies of a role; it is never nil.
func attachedPolicies(ctx context.Context, c *Clients, name string) ([]string, error) {
	arns := []string{}
	pages := iam.NewListAttachedRolePoliciesPaginator(c.iam, &iam.ListAttachedRolePoliciesInput{RoleName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, policy := range page.AttachedPolicies {
			arns = append(arns, *policy.PolicyArn)
		}
	}
	return arns, nil
}
