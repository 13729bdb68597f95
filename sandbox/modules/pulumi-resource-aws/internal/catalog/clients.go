package catalog

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Clients speak to the services of one region.
type Clients struct {
	Region string

	iam *iam.Client
	sts *sts.Client
	eks *eks.Client
}

// NewClients returns clients of the services at one endpoint, and nowhere else.
func NewClients(endpoint, region string, credentials aws.Credentials) *Clients {
	config := aws.Config{
		BaseEndpoint: &endpoint,
		Region:       region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return credentials, nil
		}),
	}
	return &Clients{
		Region: region, iam: iam.NewFromConfig(config), sts: sts.NewFromConfig(config), eks: eks.NewFromConfig(config),
	}
}
