package catalog

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// Clients call the services of one region.
type Clients struct {
	iam *iam.Client
	eks *eks.Client
}

// NewClients returns clients that use only this endpoint.
func NewClients(endpoint, region string, credentials aws.Credentials) *Clients {
	config := aws.Config{
		BaseEndpoint: &endpoint,
		Region:       region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return credentials, nil
		}),
	}
	return &Clients{iam: iam.NewFromConfig(config), eks: eks.NewFromConfig(config)}
}
