package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/eks"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

// association is the role of a service account's pods. Its ID is EKS's. The ID for an import is the
// cluster's name and that ID, separated by a comma.
type association struct {
	tagged
	AssociationArn string `json:"associationArn"`
	AssociationID  string `json:"associationId"`
	ClusterName    string `json:"clusterName"`
	Namespace      string `json:"namespace"`
	RoleArn        string `json:"roleArn"`
	ServiceAccount string `json:"serviceAccount"`
}

func (a *association) title() string {
	return fmt.Sprintf("EKS Pod Identity association of service account %q in namespace %q of cluster %q",
		a.ServiceAccount, a.Namespace, a.ClusterName)
}

func associationType() Resource {
	return &kind[association]{
		schema: schema.Resource{
			Token: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
			Inputs: map[resourceKey]schema.Input{
				"clusterName":    {Type: schema.String, Required: true, Replaces: true},
				"namespace":      {Type: schema.String, Required: true, Replaces: true},
				"roleArn":        {Type: schema.String, Required: true, Valid: validARN},
				"serviceAccount": {Type: schema.String, Required: true, Replaces: true},
				"tags":           {Type: schema.Map},
			},
			Outputs: []resourceKey{"associationArn", "associationId", "tagsAll"},
		},
		title:  (*association).title,
		create: createAssociation, read: readAssociation, update: updateAssociation, remove: deleteAssociation,
	}
}

func createAssociation(ctx context.Context, c *Clients, a *association) (string, error) {
	out, err := c.eks.CreatePodIdentityAssociation(ctx, &eks.CreatePodIdentityAssociationInput{
		ClusterName: &a.ClusterName, Namespace: &a.Namespace, ServiceAccount: &a.ServiceAccount, RoleArn: &a.RoleArn,
		Tags: a.Tags,
	})
	if err != nil {
		return "", err
	}
	return *out.Association.AssociationId, nil
}

func readAssociation(ctx context.Context, c *Clients, id string, a *association) (string, error) {
	if a.ClusterName == "" {
		var ok bool
		if a.ClusterName, id, ok = strings.Cut(id, ","); !ok {
			return "", errors.New("the ID must be <cluster name>,<association ID>")
		}
	}
	out, err := c.eks.DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{
		ClusterName: &a.ClusterName, AssociationId: &id,
	})
	if err != nil {
		return "", err
	}
	is := out.Association
	a.AssociationArn, a.AssociationID, a.ClusterName = *is.AssociationArn, *is.AssociationId, *is.ClusterName
	a.Namespace, a.ServiceAccount, a.RoleArn = *is.Namespace, *is.ServiceAccount, *is.RoleArn
	a.set(is.Tags)
	return id, nil
}

func updateAssociation(ctx context.Context, c *Clients, id string, old, wanted *association) error {
	if old.RoleArn != wanted.RoleArn {
		_, err := c.eks.UpdatePodIdentityAssociation(ctx, &eks.UpdatePodIdentityAssociationInput{
			ClusterName: &wanted.ClusterName, AssociationId: &id, RoleArn: &wanted.RoleArn,
		})
		if err != nil {
			return err
		}
	}
	return old.retagEKS(ctx, c, old.AssociationArn, wanted.tagged)
}

func deleteAssociation(ctx context.Context, c *Clients, id string, a *association) error {
	_, err := c.eks.DeletePodIdentityAssociation(ctx, &eks.DeletePodIdentityAssociationInput{
		ClusterName: &a.ClusterName, AssociationId: &id,
	})
	return err
}
