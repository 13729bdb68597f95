package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// attachment is a managed policy of a role. Its ID is the role's name and the policy's ARN, separated by a
// hyphen. In the ID for an import, a slash separates them.
type attachment struct {
	PolicyArn string `json:"policyArn"`
	Role      string `json:"role"`
}

func (a *attachment) title() string {
	return fmt.Sprintf("attachment of policy %q to IAM role %q", a.PolicyArn, a.Role)
}

func (a *attachment) id() string { return a.Role + "-" + a.PolicyArn }

func attachmentType() Resource {
	return &kind[attachment]{
		schema: schema.Resource{
			Token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
			Inputs: map[resourceKey]schema.Input{
				"policyArn": {Type: schema.String, Required: true, Replaces: true, Valid: validARN},
				"role":      {Type: schema.String, Required: true, Replaces: true},
			},
		},
		title: (*attachment).title, create: attach, read: readAttachment, remove: detach,
		update: func(context.Context, *Clients, string, *attachment, *attachment) error { return nil },
	}
}

func attach(ctx context.Context, c *Clients, a *attachment) (string, error) {
	_, err := c.iam.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &a.Role, PolicyArn: &a.PolicyArn})
	if err != nil {
		return "", err
	}
	return a.id(), nil
}

func readAttachment(ctx context.Context, c *Clients, id string, a *attachment) (string, error) {
	if a.Role == "" {
		var ok bool
		if a.Role, a.PolicyArn, ok = strings.Cut(id, "/"); !ok {
			return "", errors.New("the ID must be <role name>/<policy ARN>")
		}
	}
	attached, err := attachedPolicies(ctx, c, a.Role)
	if err != nil {
		return "", err
	}
	if !slices.Contains(attached, a.PolicyArn) {
		return "", errGone
	}
	return a.id(), nil
}

func detach(ctx context.Context, c *Clients, _ string, a *attachment) error {
	_, err := c.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &a.Role, PolicyArn: &a.PolicyArn})
	return err
}
