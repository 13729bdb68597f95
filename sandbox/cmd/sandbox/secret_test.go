package main

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"eso-aws/sandbox"
	"eso-aws/sandbox/aws"
)

const name = "zio-lucene/other"

// emulator is an AWS stand-in, and what it holds of the secret.
type emulator struct{ url, region string }

func newEmulator(t *testing.T, options aws.Options) emulator {
	t.Helper()
	server := httptest.NewServer(aws.New(options))
	t.Cleanup(server.Close)
	return emulator{server.URL, "us-east-1"}
}

func (e emulator) access() sandbox.Access {
	return sandbox.Access{Endpoint: e.url, AccessKeyID: "test", SecretAccessKey: "test"}
}

func (e emulator) value(t *testing.T, name string) string {
	t.Helper()
	client := secretsmanager.New(secretsmanager.Options{
		Region: e.region, BaseEndpoint: sdk.String(e.url),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	out, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: sdk.String(name)})
	if err != nil {
		t.Fatal(err)
	}
	return *out.SecretString
}

const rotated = "Rotated zio-lucene/other. The operator syncs it at the next refresh; to sync it now:\n" +
	"  kubectl annotate externalsecret EXTERNAL-SECRET -n NAMESPACE force-sync=$(date +%s) --overwrite\n"

func TestSecretIsStoredThenRotated(t *testing.T) {
	t.Parallel()
	dir, e := checkout(t), newEmulator(t, aws.Options{})
	pretend(t, dir, &session{Access: e.access()})
	write(t, "config: {aws:region: eu-west-1}\n", dir, ".sandbox", "project", "Pulumi.prod.yaml")
	e.region = "eu-west-1" // the stack's
	for _, step := range []struct {
		stdin, want string
		args        []string
		out         string
	}{
		{"", "one", []string{"one"}, "Stored zio-lucene/other.\n"},
		{"not read", "$two 'words'", []string{"$two 'words'"}, rotated},
		{"three", "three", nil, rotated},
		{"four\n", "four", []string{""}, rotated}, // as make passes an unset VALUE
		{"five\nlines\n\n", "five\nlines\n", nil, rotated},
	} {
		got := call(t, dir, step.stdin, append([]string{"secret", "--stack", "prod", name}, step.args...)...)
		if want := (result{Out: step.out}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := e.value(t, name); got != step.want {
			t.Errorf("the secret is %q, want %q", got, step.want)
		}
	}
}

func TestSecretOfAnotherEmulator(t *testing.T) {
	t.Parallel()
	e := newEmulator(t, aws.Options{})
	e.region = "eu-west-1"
	got := call(t, checkout(t), "", "secret", "--endpoint", e.url, "--region", e.region, name, "dummy")
	if want := (result{Out: "Stored zio-lucene/other.\n"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := e.value(t, name); got != "dummy" {
		t.Errorf("the secret is %q", got)
	}
}

func TestSecretFailures(t *testing.T) {
	t.Parallel()
	denied := newEmulator(t, aws.Options{Credentials: []aws.Credential{{AccessKeyID: "other", SecretAccessKey: "x"}}})
	usage := "NAME is required; run make secret NAME=zio-lucene/other"
	empty := "the value of zio-lucene/other must not be empty"
	tests := map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"NoName":    {"", nil, usage},
		"EmptyName": {"", []string{"", ""}, usage},
		"NoValue":   {"", []string{"--endpoint", denied.url, name}, empty},
		"EmptyLine": {"\n", []string{"--endpoint", denied.url, name, ""}, empty},
		"Refused": {
			"hunter2", []string{"--endpoint", denied.url, name}, `storing the secret "zio-lucene/other" at ` + denied.url + ": ",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, checkout(t), test.stdin, append([]string{"secret"}, test.args...)...)
			if got.Code != 1 || got.Out != "" || !strings.HasPrefix(got.Err, "\nsandbox: "+test.want) {
				t.Errorf("got %+v, want %q", got, test.want)
			}
			if strings.Contains(got.Err, "hunter2") {
				t.Errorf("the error holds the value: %s", got.Err)
			}
		})
	}
}

// printed returns what run prints on standard output.
func printed(t *testing.T, run func() error) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stdout := os.Stdout
	os.Stdout = file
	err = run()
	os.Stdout = stdout
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
