package catalog

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// identityProvider is an OpenID Connect provider.
type identityProvider struct {
	tagged
	Arn             string   `json:"arn"`
	ClientIDLists   []string `json:"clientIdLists"`
	ThumbprintLists []string `json:"thumbprintLists"`
	// URL has no scheme when it was read.
	URL string `json:"url"`
}

func (p *identityProvider) title() string { return fmt.Sprintf("IAM OIDC provider %q", p.URL) }

func providerType() Resource {
	return &kind[identityProvider]{
		schema: schema.Resource{
			Token: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
			Inputs: map[resourceKey]schema.Input{
				"clientIdLists":   {Type: schema.Set, Required: true},
				"tags":            {Type: schema.Map},
				"thumbprintLists": {Type: schema.List, Computed: true},
				"url":             {Type: schema.URL, Required: true, Replaces: true},
			},
			Outputs: []resourceKey{"arn", "tagsAll"},
		},
		title:  (*identityProvider).title,
		create: createProvider, read: readProvider, update: updateProvider, remove: deleteProvider,
	}
}

func createProvider(ctx context.Context, c *Clients, p *identityProvider) (string, error) {
	out, err := c.iam.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: &p.URL, ClientIDList: p.ClientIDLists, ThumbprintList: p.ThumbprintLists, Tags: iamTags(p.Tags),
	})
	if err != nil {
		return "", err
	}
	return *out.OpenIDConnectProviderArn, nil
}

func readProvider(ctx context.Context, c *Clients, id string, p *identityProvider) (string, error) {
	out, err := c.iam.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &id})
	if err != nil {
		return "", err
	}
	p.Arn, p.URL, p.ClientIDLists, p.ThumbprintLists = id, *out.Url, out.ClientIDList, out.ThumbprintList
	p.setIAM(out.Tags)
	return id, nil
}

func updateProvider(ctx context.Context, c *Clients, id string, old, wanted *identityProvider) error {
	if err := updateClients(ctx, c, id, old.ClientIDLists, wanted.ClientIDLists); err != nil {
		return err
	}
	if wanted.ThumbprintLists != nil && !slices.Equal(old.ThumbprintLists, wanted.ThumbprintLists) {
		_, err := c.iam.UpdateOpenIDConnectProviderThumbprint(ctx, &iam.UpdateOpenIDConnectProviderThumbprintInput{
			OpenIDConnectProviderArn: &id, ThumbprintList: wanted.ThumbprintLists,
		})
		if err != nil {
			return err
		}
	}
	return old.retag(wanted.tagged, func(set map[string]string) error {
		_, err := c.iam.TagOpenIDConnectProvider(ctx, &iam.TagOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: &id, Tags: iamTags(set),
		})
		return err
	}, func(keys []string) error {
		_, err := c.iam.UntagOpenIDConnectProvider(ctx, &iam.UntagOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: &id, TagKeys: keys,
		})
		return err
	})
}

// updateClients changes whom tokens may be made out to.
func updateClients(ctx context.Context, c *Clients, id string, old, wanted []string) error {
	for _, client := range wanted {
		if slices.Contains(old, client) {
			continue
		}
		_, err := c.iam.AddClientIDToOpenIDConnectProvider(ctx, &iam.AddClientIDToOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: &id, ClientID: &client,
		})
		if err != nil {
			return err
		}
	}
	for _, client := range old {
		if slices.Contains(wanted, client) {
			continue
		}
		_, err := c.iam.RemoveClientIDFromOpenIDConnectProvider(ctx, &iam.RemoveClientIDFromOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: &id, ClientID: &client,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func deleteProvider(ctx context.Context, c *Clients, id string, _ *identityProvider) error {
	_, err := c.iam.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: &id,
	})
	return err
}
