package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// addonPatience is how long pulumi-aws waits for an add-on by default.
const addonPatience = 20 * time.Minute

// addon is an add-on of a cluster. Its ID is the names of the cluster and the add-on, separated by a colon.
type addon struct {
	tagged
	AddonName                string `json:"addonName"`
	AddonVersion             string `json:"addonVersion,omitempty"`
	Arn                      string `json:"arn"`
	ClusterName              string `json:"clusterName"`
	ConfigurationValues      string `json:"configurationValues,omitempty"`
	CreatedAt                string `json:"createdAt"`
	ModifiedAt               string `json:"modifiedAt"`
	Preserve                 bool   `json:"preserve,omitempty"`
	ResolveConflictsOnCreate string `json:"resolveConflictsOnCreate,omitempty"`
	ResolveConflictsOnUpdate string `json:"resolveConflictsOnUpdate,omitempty"`
}

func (a *addon) title() string {
	return fmt.Sprintf("EKS add-on %q of cluster %q", a.AddonName, a.ClusterName)
}

func addonType() Resource {
	return &kind[addon]{
		schema: schema.Resource{
			Token: "aws:eks/addon:Addon",
			Inputs: map[resourceKey]schema.Input{
				"addonName":                {Type: schema.String, Required: true, Replaces: true},
				"addonVersion":             {Type: schema.String, Computed: true},
				"clusterName":              {Type: schema.String, Required: true, Replaces: true},
				"configurationValues":      {Type: schema.String, Computed: true},
				"preserve":                 {Type: schema.Bool},
				"resolveConflictsOnCreate": {Type: schema.String},
				"resolveConflictsOnUpdate": {Type: schema.String},
				"tags":                     {Type: schema.Map},
			},
			Outputs: []resourceKey{"arn", "createdAt", "modifiedAt", "tagsAll"},
		},
		title: (*addon).title, create: createAddon, read: readAddon, update: updateAddon, remove: deleteAddon,
	}
}

func createAddon(ctx context.Context, c *Clients, a *addon) (string, error) {
	_, err := c.eks.CreateAddon(ctx, &eks.CreateAddonInput{
		ClusterName: &a.ClusterName, AddonName: &a.AddonName, AddonVersion: optional(a.AddonVersion),
		ConfigurationValues: optional(a.ConfigurationValues), Tags: a.Tags,
		ResolveConflicts: types.ResolveConflicts(a.ResolveConflictsOnCreate),
	})
	if err != nil {
		return "", err
	}
	return a.ClusterName + ":" + a.AddonName, a.wait(ctx, c)
}

func (a *addon) wait(ctx context.Context, c *Clients) error {
	return eks.NewAddonActiveWaiter(c.eks).Wait(ctx, &eks.DescribeAddonInput{
		ClusterName: &a.ClusterName, AddonName: &a.AddonName,
	}, addonPatience)
}

func readAddon(ctx context.Context, c *Clients, id string, a *addon) (string, error) {
	cluster, name, ok := strings.Cut(id, ":")
	if !ok {
		return "", errors.New("the ID must be <cluster name>:<add-on name>")
	}
	out, err := c.eks.DescribeAddon(ctx, &eks.DescribeAddonInput{ClusterName: &cluster, AddonName: &name})
	if err != nil {
		return "", err
	}
	is := out.Addon
	a.AddonName, a.ClusterName, a.Arn, a.AddonVersion = *is.AddonName, *is.ClusterName, *is.AddonArn, *is.AddonVersion
	a.ConfigurationValues = text(is.ConfigurationValues)
	a.CreatedAt = is.CreatedAt.UTC().Format(time.RFC3339)
	a.ModifiedAt = is.ModifiedAt.UTC().Format(time.RFC3339)
	a.set(is.Tags)
	return id, nil
}

func updateAddon(ctx context.Context, c *Clients, _ string, old, wanted *addon) error {
	if (wanted.AddonVersion != "" && old.AddonVersion != wanted.AddonVersion) ||
		(wanted.ConfigurationValues != "" && old.ConfigurationValues != wanted.ConfigurationValues) {
		_, err := c.eks.UpdateAddon(ctx, &eks.UpdateAddonInput{
			ClusterName: &wanted.ClusterName, AddonName: &wanted.AddonName, AddonVersion: optional(wanted.AddonVersion),
			ConfigurationValues: optional(wanted.ConfigurationValues),
			ResolveConflicts:    types.ResolveConflicts(wanted.ResolveConflictsOnUpdate),
		})
		if err != nil {
			return err
		}
		if err := wanted.wait(ctx, c); err != nil {
			return err
		}
	}
	return old.retagEKS(ctx, c, old.Arn, wanted.tagged)
}

func deleteAddon(ctx context.Context, c *Clients, _ string, a *addon) error {
	_, err := c.eks.DeleteAddon(ctx, &eks.DeleteAddonInput{
		ClusterName: &a.ClusterName, AddonName: &a.AddonName, Preserve: a.Preserve,
	})
	if err != nil {
		return err
	}
	return eks.NewAddonDeletedWaiter(c.eks).Wait(ctx, &eks.DescribeAddonInput{
		ClusterName: &a.ClusterName, AddonName: &a.AddonName,
	}, addonPatience)
}
