package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

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
	is, err := c.iam.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
	if err != nil {
		return nil, describe("reading", what, err)
	}
	return &providerResult{arn, is.ClientIDList, arn, fromIAM(is.Tags), is.ThumbprintList, *is.Url}, nil
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
