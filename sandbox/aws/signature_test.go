package aws_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eso-aws/sandbox/aws"
)

const mismatch = "The request signature we calculated does not match the signature you provided. " +
	"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

func TestCredentials(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{Credentials: []aws.Credential{
		{AccessKeyID: "long", SecretAccessKey: "secret"},
		{AccessKeyID: "session", SecretAccessKey: "secret", SessionToken: "token", Expires: start.Add(time.Hour)},
		{AccessKeyID: "expired", SecretAccessKey: "secret", SessionToken: "token", Expires: start},
	}})
	const invalid, expired = "The security token included in the request is invalid.",
		"The security token included in the request is expired"
	// Codes are empty for requests that succeed.
	for name, test := range map[string]struct {
		ID, Secret, Token         string
		JSONCode, QueryCode, Text string
	}{
		"LongLived":     {"long", "secret", "", "", "", ""},
		"Session":       {"session", "secret", "token", "", "", ""},
		"UnknownKey":    {"other", "secret", "", "UnrecognizedClientException", "InvalidClientTokenId", invalid},
		"WrongSecret":   {"long", "guess", "", "InvalidSignatureException", "SignatureDoesNotMatch", mismatch},
		"NoToken":       {"session", "secret", "", "UnrecognizedClientException", "InvalidClientTokenId", invalid},
		"WrongToken":    {"session", "secret", "guess", "UnrecognizedClientException", "InvalidClientTokenId", invalid},
		"NeedlessToken": {"long", "secret", "token", "UnrecognizedClientException", "InvalidClientTokenId", invalid},
		"Expired":       {"expired", "secret", "token", "ExpiredTokenException", "ExpiredToken", expired},
		// Who does not know the secret does not learn that the key has expired.
		"ExpiredAndWrong": {
			"expired", "guess", "token", "InvalidSignatureException", "SignatureDoesNotMatch",
			mismatch,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := credentials(test.ID, test.Secret, test.Token)
			secrets := f.secrets(func(o *secretsmanager.Options) { o.Credentials = provider })
			_, err := secrets.ListSecrets(t.Context(), nil)
			checkRefusal(t, err, refusal{test.JSONCode, test.Text})
			tokens := f.sts(func(o *sts.Options) { o.Credentials = provider })
			_, err = tokens.GetCallerIdentity(t.Context(), nil)
			checkRefusal(t, err, refusal{test.QueryCode, test.Text})
		})
	}
}

// checkRefusal wants success when the refusal is empty.
func checkRefusal(t *testing.T, err error, want refusal) {
	t.Helper()
	var got refusal
	if err != nil {
		got = refusalOf(t, err)
	}
	equal(t, got, want)
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	replace := func(old, with string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
		}
	}
	const notSigned = "' must be a 'SignedHeader' in the AWS Authorization."
	for name, test := range map[string]struct {
		Spoil         func(*http.Request)
		Code, Message string
	}{
		"Unsigned": {
			func(r *http.Request) { r.Header.Del("Authorization") },
			"MissingAuthenticationTokenException", "Request is missing Authentication Token",
		},
		"OtherAlgorithm": {
			replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
			"IncompleteSignatureException", "Unsupported AWS 'algorithm': expected 'AWS4-HMAC-SHA256'.",
		},
		"NoEqualSign": {
			replace("Credential=test", "Credential"), "IncompleteSignatureException",
			"Authorization header holds a part that is not a valid key=value pair (missing equal-sign).",
		},
		"NoSignature": {
			replace("Signature=", "Sign="), "IncompleteSignatureException",
			"Authorization header requires 'Signature' parameter.",
		},
		"NothingButCredential": {
			func(r *http.Request) {
				r.Header.Set("Authorization", "AWS4-HMAC-SHA256 "+
					"Credential=test/20260301/eu-west-1/secretsmanager/aws4_request")
			},
			"IncompleteSignatureException",
			"Authorization header requires 'Signature' parameter. " +
				"Authorization header requires 'SignedHeaders' parameter.",
		},
		"ShortCredential": {
			replace("/eu-west-1", ""), "IncompleteSignatureException",
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
		},
		"NoRegion": {
			replace("/eu-west-1/", "//"), "IncompleteSignatureException",
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
		},
		"OtherTerminator": {
			replace("aws4_request", "aws4"), "InvalidSignatureException",
			"Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'.",
		},
		"OtherDay": {
			replace("20260301", "20260302"), "InvalidSignatureException",
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
				"'20260302' != '20260301', from '20260301T120000Z'.",
		},
		"NoDate": {
			func(r *http.Request) { r.Header.Del("X-Amz-Date") },
			"IncompleteSignatureException", "Authorization header requires existence of a 'X-Amz-Date' header.",
		},
		"BadDate": {
			func(r *http.Request) { r.Header.Set("X-Amz-Date", "yesterday") },
			"IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got 'yesterday'.",
		},
		"HostNotSigned": {
			replace("host;", ""), "InvalidSignatureException", "'Host" + notSigned,
		},
		"DateNotSigned": {
			replace("x-amz-date;", ""), "InvalidSignatureException", "'X-Amz-Date" + notSigned,
		},
		"TargetNotSigned": {
			replace(";x-amz-target", ""), "InvalidSignatureException", "'X-Amz-Target" + notSigned,
		},
		"OtherHost": {
			func(r *http.Request) { r.Host = "secretsmanager.eu-west-1.amazonaws.com" },
			"InvalidSignatureException", mismatch,
		},
		"OtherTarget": {
			func(r *http.Request) { r.Header.Set("X-Amz-Target", "secretsmanager.DeleteSecret") },
			"InvalidSignatureException", mismatch,
		},
		"OtherRegion": {
			replace("eu-west-1", "us-east-1"), "InvalidSignatureException", mismatch,
		},
		"OtherService": {
			replace("secretsmanager", "sts"), "InvalidSignatureException", mismatch,
		},
		"OtherPath": {
			func(r *http.Request) { r.URL.Path = "/other" }, "InvalidSignatureException", mismatch,
		},
		"OtherQuery": {
			func(r *http.Request) { r.URL.RawQuery = "a=b" }, "InvalidSignatureException", mismatch,
		},
		"OtherBody": {
			func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader([]byte(`{"SecretId":"z"}`))) },
			"InvalidSignatureException", mismatch,
		},
		"CutSignature": {
			func(r *http.Request) {
				header := r.Header.Get("Authorization")
				r.Header.Set("Authorization", header[:len(header)-1])
			},
			"InvalidSignatureException", mismatch,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := f.request(t, "DescribeSecret", `{"SecretId":"a"}`)
			test.Spoil(r)
			equal(t, send(t, r), answer{
				http.StatusBadRequest, `{"__type":"` + test.Code + `","message":"` + test.Message + `"}`,
			})
		})
	}
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	const ok = `{"SecretList":[]}`
	refused := func(message string) string {
		return `{"__type":"InvalidSignatureException","message":"` + message + `"}`
	}
	for name, test := range map[string]struct {
		Skew time.Duration
		Want answer
	}{
		"Behind": {-5 * time.Minute, answer{http.StatusOK, ok}},
		"Ahead":  {5 * time.Minute, answer{http.StatusOK, ok}},
		"TooFarBehind": {-5*time.Minute - time.Second, answer{http.StatusBadRequest, refused(
			"Signature expired: 20260301T115459Z is now earlier than 20260301T115500Z (20260301T120000Z - 5 min.)")}},
		"TooFarAhead": {5*time.Minute + time.Second, answer{http.StatusBadRequest, refused(
			"Signature not yet current: 20260301T120501Z is still later than " +
				"20260301T120500Z (20260301T120000Z + 5 min.)")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := f.request(t, "ListSecrets", "{}")
			r.Header.Del("Authorization")
			f.sign(t, r, "{}", "secretsmanager", start.Add(test.Skew))
			equal(t, send(t, r), test.Want)
		})
	}
}

// TestUnusualHeaders signs what the SDK's signer would pass over, and sends what
// no client signs.
func TestUnusualHeaders(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	r := f.request(t, "ListSecrets", "{}")
	r.Header.Del("Authorization")
	delete(r.Header, "User-Agent")
	r.Header["x-amzn-trace-id"] = []string{"Root=1"}
	r.Header["user-agent"] = []string{"curl/8   (some  spaces)"}
	f.sign(t, r, "{}", "secretsmanager", start)
	if signed := r.Header.Get("Authorization"); !strings.Contains(signed, ";user-agent;x-amz-date;") {
		t.Fatalf("the test's request does not sign its user agent: %s", signed)
	}
	// What the signer saw in lower case goes over the wire in canonical case.
	for _, name := range []string{"user-agent", "x-amzn-trace-id"} {
		value := r.Header[name][0]
		delete(r.Header, name)
		r.Header.Set(name, value)
	}
	r.Header.Set("Accept-Language", "not signed")
	equal(t, send(t, r), answer{http.StatusOK, `{"SecretList":[]}`})
}

// TestUnsignedQuery is what a browser or curl sees: without X-Amz-Target the
// answer is XML, with another status than in JSON.
func TestUnsignedQuery(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, answer{response.StatusCode, string(body)}, answer{
		http.StatusForbidden, "<ErrorResponse><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>" +
			"<Message>Request is missing Authentication Token</Message></Error><RequestId>" +
			response.Header.Get("X-Amzn-Requestid") + "</RequestId></ErrorResponse>",
	})
}
