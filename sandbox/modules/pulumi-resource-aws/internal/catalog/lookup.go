package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

type callerResult struct {
	AccountID string `json:"accountId"`
	Arn       string `json:"arn"`
	ID        string `json:"id"`
	UserID    string `json:"userId"`
}

func getCallerIdentity(ctx context.Context, c *Clients, _ *struct{}) (*callerResult, error) {
	out, err := c.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, describe("asking for", "the caller's identity", err)
	}
	return &callerResult{*out.Account, *out.Arn, *out.Account, *out.UserId}, nil
}

type nameArgs struct {
	Name string `json:"name"`
}

type clusterResult struct {
	Arn                    string            `json:"arn"`
	CertificateAuthorities []authority       `json:"certificateAuthorities"`
	CreatedAt              string            `json:"createdAt"`
	Endpoint               string            `json:"endpoint"`
	ID                     string            `json:"id"`
	Identities             []identity        `json:"identities"`
	Name                   string            `json:"name"`
	PlatformVersion        string            `json:"platformVersion"`
	RoleArn                string            `json:"roleArn"`
	Status                 string            `json:"status"`
	Tags                   map[string]string `json:"tags"`
	Version                string            `json:"version"`
}

type authority struct {
	Data string `json:"data"`
}

type identity struct {
	OIDCs []issuer `json:"oidcs"`
}

type issuer struct {
	Issuer string `json:"issuer"`
}

func getCluster(ctx context.Context, c *Clients, args *nameArgs) (*clusterResult, error) {
	out, err := c.eks.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &args.Name})
	if err != nil {
		return nil, describe("reading", fmt.Sprintf("EKS cluster %q", args.Name), err)
	}
	is := out.Cluster
	result := &clusterResult{
		Arn: *is.Arn, Endpoint: text(is.Endpoint), ID: *is.Name, Name: *is.Name, Status: string(is.Status),
		PlatformVersion: text(is.PlatformVersion), RoleArn: text(is.RoleArn), Tags: is.Tags, Version: text(is.Version),
		CertificateAuthorities: []authority{}, Identities: []identity{},
	}
	if is.CreatedAt != nil {
		result.CreatedAt = is.CreatedAt.UTC().Format(time.RFC3339)
	}
	if is.CertificateAuthority != nil {
		result.CertificateAuthorities = []authority{{text(is.CertificateAuthority.Data)}}
	}
	if is.Identity != nil && is.Identity.Oidc != nil {
		result.Identities = []identity{{[]issuer{{text(is.Identity.Oidc.Issuer)}}}}
	}
	return result, nil
}

type roleResult struct {
	Arn                 string            `json:"arn"`
	AssumeRolePolicy    string            `json:"assumeRolePolicy"`
	CreateDate          string            `json:"createDate"`
	Description         string            `json:"description"`
	ID                  string            `json:"id"`
	MaxSessionDuration  int32             `json:"maxSessionDuration"`
	Name                string            `json:"name"`
	Path                string            `json:"path"`
	PermissionsBoundary string            `json:"permissionsBoundary"`
	Tags                map[string]string `json:"tags"`
	UniqueID            string            `json:"uniqueId"`
}

func getRole(ctx context.Context, c *Clients, args *nameArgs) (*roleResult, error) {
	var is role
	if _, err := readRole(ctx, c, args.Name, &is); err != nil {
		return nil, describe("reading", fmt.Sprintf("IAM role %q", args.Name), err)
	}
	return &roleResult{
		is.Arn, is.AssumeRolePolicy, is.CreateDate, is.Description, is.Name, is.MaxSessionDuration, is.Name, is.Path,
		is.PermissionsBoundary, is.Tags, is.UniqueID,
	}, nil
}

type policyArgs struct {
	Arn        string `json:"arn"`
	Name       string `json:"name"`
	PathPrefix string `json:"pathPrefix"`
}

type policyResult struct {
	Arn             string            `json:"arn"`
	AttachmentCount int32             `json:"attachmentCount"`
	Description     string            `json:"description"`
	ID              string            `json:"id"`
	Name            string            `json:"name"`
	Path            string            `json:"path"`
	Policy          string            `json:"policy"`
	PolicyID        string            `json:"policyId"`
	Tags            map[string]string `json:"tags"`
}

func getPolicy(ctx context.Context, c *Clients, args *policyArgs) (*policyResult, error) {
	what := fmt.Sprintf("IAM policy %q", args.Arn+args.Name)
	arn := args.Arn
	if arn == "" {
		found, err := findPolicy(ctx, c, args)
		if err != nil {
			return nil, describe("looking for", what, err)
		}
		arn = found
	}
	var is policy
	if _, err := readPolicy(ctx, c, arn, &is); err != nil {
		return nil, describe("reading", what, err)
	}
	return &policyResult{
		is.Arn, is.AttachmentCount, is.Description, is.Arn, is.Name, is.Path, is.Policy, is.PolicyID, is.Tags,
	}, nil
}

func findPolicy(ctx context.Context, c *Clients, args *policyArgs) (string, error) {
	if args.Name == "" {
		return "", errors.New("one of `arn,name` must be specified")
	}
	pages := iam.NewListPoliciesPaginator(c.iam, &iam.ListPoliciesInput{
		Scope: types.PolicyScopeTypeAll, PathPrefix: optional(args.PathPrefix),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, p := range page.Policies {
			if *p.PolicyName == args.Name {
				return *p.Arn, nil
			}
		}
	}
	return "", errors.New("no policy has the name")
}

type providerArgs struct {
	Arn string `json:"arn"`
	URL string `json:"url"`
}

type providerResult struct {
	Arn             string            `json:"arn"`
	ClientIDLists   []string          `json:"clientIdLists"`
	ID              string            `json:"id"`
	Tags            map[string]string `json:"tags"`
	ThumbprintLists []string          `json:"thumbprintLists"`
	URL             string            `json:"url"`
}

func getProvider(ctx context.Context, c *Clients, args *providerArgs) (*providerResult, error) {
	what := fmt.Sprintf("IAM OIDC provider %q", args.Arn+args.URL)
	arn := args.Arn
	if arn == "" {
		found, err := findProvider(ctx, c, args.URL)
		if err != nil {
			return nil, describe("looking for", what, err)
		}
		arn = found
	}
	var is identityProvider
	if _, err := readProvider(ctx, c, arn, &is); err != nil {
		return nil, describe("reading", what, err)
	}
	return &providerResult{is.Arn, is.ClientIDLists, is.Arn, is.Tags, is.ThumbprintLists, is.URL}, nil
}

// findProvider looks at the ARNs, which end with the URL.
func findProvider(ctx context.Context, c *Clients, url string) (string, error) {
	if url == "" {
		return "", errors.New("one of `arn,url` must be specified")
	}
	out, err := c.iam.ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		return "", err
	}
	for _, p := range out.OpenIDConnectProviderList {
		if _, is, _ := strings.Cut(*p.Arn, ":oidc-provider/"); is == strings.TrimPrefix(url, "https://") {
			return *p.Arn, nil
		}
	}
	return "", errors.New("no provider has the URL")
}
