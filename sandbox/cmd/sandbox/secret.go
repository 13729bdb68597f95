package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"golang.org/x/term"
)

// secret stores or rotates a value: secret NAME [VALUE]. Without VALUE, it reads standard input.
func (c *command) secret(ctx context.Context) error {
	if len(c.args) == 0 || c.args[0] == "" {
		return errors.New("NAME is required; run make secret NAME=zio-lucene/other")
	}
	store := store{ // every emulator accepts these credentials
		endpoint: c.endpoint, region: cmp.Or(c.region, "us-east-1"), accessKeyID: "test", secretAccessKey: "test",
	}
	if c.endpoint == "" {
		s, err := c.running()
		if err != nil {
			return err
		}
		stack, err := c.project(s).Stack(c.stack)
		if err != nil && c.region == "" {
			return fmt.Errorf("finding the region of stack %q: %w", c.stack, err)
		}
		store = s.secretsManager(cmp.Or(c.region, stack.Region()))
	}
	value, err := c.value()
	if err != nil {
		return err
	}
	name := c.args[0]
	stored, err := store.create(ctx, name, value)
	if err != nil {
		return err
	}
	if stored {
		fmt.Printf("Stored %s.\n", name)
		return nil
	}
	if err := store.put(ctx, name, value); err != nil {
		return err
	}
	fmt.Printf("Rotated %s. The operator syncs it at the next refresh; to sync it now:\n"+
		"  kubectl annotate externalsecret EXTERNAL-SECRET -n NAMESPACE force-sync=$(date +%%s) --overwrite\n", name)
	return nil
}

// value returns the argument or else reads the value from the terminal, without an echo, or from a pipe,
// without the last line break.
func (c *command) value() (string, error) {
	if len(c.args) > 1 && c.args[1] != "" {
		return c.args[1], nil
	}
	input := int(os.Stdin.Fd())
	var data []byte
	var err error
	if term.IsTerminal(input) {
		fmt.Fprintf(os.Stderr, "Value of %s (not shown): ", c.args[0])
		data, err = term.ReadPassword(input)
		fmt.Fprintln(os.Stderr)
	} else {
		data, err = io.ReadAll(os.Stdin)
	}
	if err != nil {
		return "", fmt.Errorf("reading the value of %s: %w", c.args[0], err)
	}
	value := strings.TrimSuffix(string(data), "\n")
	if value == "" {
		return "", fmt.Errorf("the value of %s must not be empty", c.args[0])
	}
	return value, nil
}

// store is a Secrets Manager, the sandbox's or another emulator's.
type store struct{ endpoint, region, accessKeyID, secretAccessKey string }

func (s *session) secretsManager(region string) store {
	return store{
		endpoint: s.Endpoint, region: region, accessKeyID: s.AccessKeyID, secretAccessKey: s.SecretAccessKey,
	}
}

func (s store) client() *secretsmanager.Client {
	return secretsmanager.New(secretsmanager.Options{
		Region: s.region, BaseEndpoint: aws.String(s.endpoint),
		Credentials: credentials.NewStaticCredentialsProvider(s.accessKeyID, s.secretAccessKey, ""),
	})
}

// create stores a secret unless it exists, and reports whether it stored it.
func (s store) create(ctx context.Context, name, value string) (bool, error) {
	_, err := s.client().CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String(name), SecretString: aws.String(value),
	})
	if _, exists := errors.AsType[*types.ResourceExistsException](err); exists {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("storing the secret %q at %s: %w", name, s.endpoint, err)
	}
	return true, nil
}

// put makes the value the secret's current version.
func (s store) put(ctx context.Context, name, value string) error {
	_, err := s.client().PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: aws.String(name), SecretString: aws.String(value),
	})
	if err != nil {
		return fmt.Errorf("rotating the secret %q at %s: %w", name, s.endpoint, err)
	}
	return nil
}
