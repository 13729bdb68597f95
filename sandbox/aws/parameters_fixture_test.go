package aws_test

import (
	"encoding/json"
	"net/http"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"eso-aws/sandbox/aws"
)

const parameterARN = "arn:aws:ssm:eu-west-1:000000000000:parameter"

func (f *fixture) ssm(options ...func(*ssm.Options)) *ssm.Client {
	return ssm.New(ssm.Options{
		BaseEndpoint: &f.url, Region: region, Credentials: credentials("test", "test", ""),
		HTTPSignerV4: clockSigner{v4.NewSigner(), f.clock}, RetryMaxAttempts: 1,
	}, options...)
}

// ssmAs returns a client of Parameter Store with a session's credentials.
func (f *fixture) ssmAs(c *ststypes.Credentials) *ssm.Client {
	return f.ssm(func(o *ssm.Options) { o.Credentials = session(c) })
}

// stored returns a fixture with parameters of the type, each with its name as its value.
func stored(t *testing.T, kind types.ParameterType, names ...string) (*fixture, *ssm.Client) {
	t.Helper()
	f := newFixture(t, aws.Options{})
	for _, name := range names {
		putParameter(t, f.ssm(), &ssm.PutParameterInput{Name: &name, Value: &name, Type: kind})
	}
	return f, f.ssm()
}

func putParameter(t *testing.T, c *ssm.Client, in *ssm.PutParameterInput) *ssm.PutParameterOutput {
	t.Helper()
	return must[*ssm.PutParameterOutput](t)(c.PutParameter(t.Context(), in))
}

// rotate gives a parameter another version.
func rotate(t *testing.T, c *ssm.Client, name, value string) {
	t.Helper()
	putParameter(t, c, &ssm.PutParameterInput{Name: &name, Value: &value, Overwrite: sdk.Bool(true)})
}

// read returns a parameter, decrypted, or how it was refused.
func read(t *testing.T, c *ssm.Client, name string) (*types.Parameter, refusal) {
	t.Helper()
	out, err := c.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name, WithDecryption: sdk.Bool(true)})
	if err != nil {
		return nil, refusalOf(t, err)
	}
	return out.Parameter, refusal{}
}

// refusedParameter sends what the SDK's client would not, and tells how it was
// refused.
func (f *fixture) refusedParameter(t *testing.T, operation, body string) refusal {
	t.Helper()
	got := send(t, f.requestTo(t, "ssm", "AmazonSSM."+operation, body))
	if got.Status != http.StatusBadRequest {
		t.Fatalf("got %d %s, want a refusal", got.Status, got.Body)
	}
	var refused struct {
		Type    string `json:"__type"`
		Message string
	}
	if err := json.Unmarshal([]byte(got.Body), &refused); err != nil {
		t.Fatal(err)
	}
	return refusal{refused.Type, refused.Message}
}
