package catalog

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// maxVersions is IAM's quota on the versions of a policy.
const maxVersions = 5

type policy struct {
	tagged
	Arn             string `json:"arn"`
	AttachmentCount int32  `json:"attachmentCount"`
	Description     string `json:"description,omitempty"`
	Name            string `json:"name"`
	Path            string `json:"path"`
	Policy          string `json:"policy"`
	PolicyID        string `json:"policyId"`
}

func (p *policy) title() string { return fmt.Sprintf("IAM policy %q", p.Name) }

func policyType() Resource {
	return &kind[policy]{
		schema: schema.Resource{
			Token: "aws:iam/policy:Policy",
			Inputs: map[resourceKey]schema.Input{
				"description": {Type: schema.String, Replaces: true},
				"name":        {Type: schema.String, Replaces: true, Autoname: 128, Required: true},
				"path":        {Type: schema.String, Replaces: true, Default: defaultPath},
				"policy":      {Type: schema.Document, Required: true},
				"tags":        {Type: schema.Map},
			},
			Outputs: []resourceKey{"arn", "attachmentCount", "policyId", "tagsAll"},
		},
		title: (*policy).title, create: createPolicy, read: readPolicy, update: updatePolicy, remove: deletePolicy,
	}
}

func createPolicy(ctx context.Context, c *Clients, p *policy) (string, error) {
	out, err := c.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: &p.Name, PolicyDocument: &p.Policy, Path: &p.Path, Description: optional(p.Description),
		Tags: iamTags(p.Tags),
	})
	if err != nil {
		return "", err
	}
	return *out.Policy.Arn, nil
}

func readPolicy(ctx context.Context, c *Clients, id string, p *policy) (string, error) {
	out, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &id})
	if err != nil {
		return "", err
	}
	is := out.Policy
	document, err := policyDocument(ctx, c, is)
	if err != nil {
		return "", err
	}
	keepDocument(&p.Policy, document)
	p.Arn, p.Name, p.Path, p.PolicyID = *is.Arn, *is.PolicyName, *is.Path, *is.PolicyId
	p.Description = text(is.Description)
	p.AttachmentCount = *is.AttachmentCount
	p.setIAM(is.Tags)
	return p.Arn, nil
}

// policyDocument returns the current document of a policy.
func policyDocument(ctx context.Context, c *Clients, p *types.Policy) (string, error) {
	version, err := c.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{
		PolicyArn: p.Arn, VersionId: p.DefaultVersionId,
	})
	if err != nil {
		return "", err
	}
	document, err := url.PathUnescape(*version.PolicyVersion.Document)
	if err != nil {
		return "", fmt.Errorf("decoding the document: %w", err)
	}
	return document, nil
}

func updatePolicy(ctx context.Context, c *Clients, id string, old, wanted *policy) error {
	if !schema.SameDocument(old.Policy, wanted.Policy) {
		if err := makeRoom(ctx, c, id); err != nil {
			return err
		}
		_, err := c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
			PolicyArn: &id, PolicyDocument: &wanted.Policy, SetAsDefault: true,
		})
		if err != nil {
			return err
		}
	}
	return old.retag(wanted.tagged, func(set map[string]string) error {
		_, err := c.iam.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: &id, Tags: iamTags(set)})
		return err
	}, func(keys []string) error {
		_, err := c.iam.UntagPolicy(ctx, &iam.UntagPolicyInput{PolicyArn: &id, TagKeys: keys})
		return err
	})
}

// makeRoom deletes the oldest version that is not the default if the quota is reached.
func makeRoom(ctx context.Context, c *Clients, arn string) error {
	versions, err := policyVersions(ctx, c, arn)
	if err != nil || len(versions) < maxVersions {
		return err
	}
	versions = slices.DeleteFunc(versions, func(v types.PolicyVersion) bool { return v.IsDefaultVersion })
	oldest := slices.MinFunc(versions, func(a, b types.PolicyVersion) int {
		return cmp.Compare(versionNumber(a), versionNumber(b))
	})
	return deleteVersion(ctx, c, arn, &oldest)
}

// versionNumber returns the version's number. Numbers only rise, while two dates can be the same.
func versionNumber(v types.PolicyVersion) int {
	number, _ := strconv.Atoi(strings.TrimPrefix(*v.VersionId, "v"))
	return number
}

func deletePolicy(ctx context.Context, c *Clients, id string, _ *policy) error {
	versions, err := policyVersions(ctx, c, id)
	if err != nil {
		return err
	}
	for _, version := range versions {
		if version.IsDefaultVersion {
			continue
		}
		if err := deleteVersion(ctx, c, id, &version); err != nil {
			return err
		}
	}
	_, err = c.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &id})
	return err
}

func deleteVersion(ctx context.Context, c *Clients, arn string, version *types.PolicyVersion) error {
	_, err := c.iam.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{
		PolicyArn: &arn, VersionId: version.VersionId,
	})
	return err
}

func policyVersions(ctx context.Context, c *Clients, arn string) ([]types.PolicyVersion, error) {
	var versions []types.PolicyVersion
	pages := iam.NewListPolicyVersionsPaginator(c.iam, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		versions = append(versions, page.Versions...)
	}
	return versions, nil
}
