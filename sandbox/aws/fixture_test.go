package aws_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"eso-aws/sandbox/aws"
)

const (
	region  = "eu-west-1"
	account = "000000000000"
)

// start is the moment at which every fixture's clock stands.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fixture is a served in-memory AWS, whose clock moves when the test says so.
type fixture struct {
	*aws.Server
	url   string
	clock *clock
}

func newFixture(t *testing.T, options aws.Options) *fixture {
	t.Helper()
	c := &clock{now: start}
	options.Now = c.Now
	server := aws.New(options)
	served := httptest.NewServer(server)
	t.Cleanup(served.Close)
	return &fixture{Server: server, url: served.URL, clock: c}
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// clockSigner signs with the fixture's clock instead of the machine's.
type clockSigner struct {
	*v4.Signer
	clock *clock
}

func (s clockSigner) SignHTTP(ctx context.Context, c sdk.Credentials, r *http.Request, hash, service, region string,
	_ time.Time, options ...func(*v4.SignerOptions),
) error {
	return s.Signer.SignHTTP(ctx, c, r, hash, service, region, s.clock.Now(), options...)
}

func credentials(id, secret, token string) sdk.CredentialsProvider {
	return sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
		return sdk.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}, nil
	})
}

// secrets returns a client of the SDK, in the region that its options may change.
func (f *fixture) secrets(options ...func(*secretsmanager.Options)) *secretsmanager.Client {
	return secretsmanager.New(secretsmanager.Options{
		BaseEndpoint:     &f.url,
		Region:           region,
		Credentials:      credentials("test", "test", ""),
		HTTPSignerV4:     clockSigner{v4.NewSigner(), f.clock},
		RetryMaxAttempts: 1,
	}, options...)
}

func (f *fixture) sts(options ...func(*sts.Options)) *sts.Client {
	return sts.New(sts.Options{
		BaseEndpoint:     &f.url,
		Region:           region,
		Credentials:      credentials("test", "test", ""),
		HTTPSignerV4:     clockSigner{v4.NewSigner(), f.clock},
		RetryMaxAttempts: 1,
	}, options...)
}

// request returns a correctly signed Secrets Manager request, to be sent as it is or
// to be spoiled first.
func (f *fixture) request(t *testing.T, operation, body string) *http.Request {
	t.Helper()
	return f.requestTo(t, "secretsmanager", "secretsmanager."+operation, body)
}

func (f *fixture) requestTo(t *testing.T, service, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+"/", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	f.sign(t, r, body, service, f.clock.Now())
	return r
}

func (f *fixture) sign(t *testing.T, r *http.Request, body, service string, at time.Time) {
	t.Helper()
	hash := sha256.Sum256([]byte(body))
	err := v4.NewSigner().SignHTTP(t.Context(), sdk.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, r,
		hex.EncodeToString(hash[:]), service, region, at)
	if err != nil {
		t.Fatal(err)
	}
}

// answer is a response as it came over the wire.
type answer struct {
	Status int
	Body   string
}

func send(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, string(body)}
}

// refusal is what the SDK understood of an error.
type refusal struct{ Code, Message string }

func refusalOf(t *testing.T, err error) refusal {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error of AWS's API", err)
	}
	return refusal{e.ErrorCode(), e.ErrorMessage()}
}

// must returns the result of a call that has to succeed.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(result T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
}

// equal compares whole values, without what the SDK adds to them.
func equal(t *testing.T, got, want any) {
	t.Helper()
	diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(middleware.Metadata{}, document.NoSerde{}))
	if diff != "" {
		t.Errorf("unexpected answer (-want +got):\n%s", diff)
	}
}
