package aws_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"eso-aws/sandbox/aws"
)

func Example() {
	server := aws.New(aws.Options{})
	served := httptest.NewServer(server)
	defer served.Close()
	if err := server.PutSecret("eu-west-1", "datadog/api-key", "made-up"); err != nil {
		fmt.Println(err)
		return
	}

	client := secretsmanager.New(secretsmanager.Options{
		BaseEndpoint: &served.URL,
		Region:       "eu-west-1",
		Credentials: sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
			return sdk.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	secret, err := client.GetSecretValue(context.Background(), &secretsmanager.GetSecretValueInput{
		SecretId: sdk.String("datadog/api-key"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*secret.SecretString, secret.VersionStages)
	// Output: made-up [AWSCURRENT]
}
