// Package sigv4 verifies AWS Signature Version 4 in the Authorization header.
// It recomputes the signature with the AWS SDK's signer over the headers that the
// client lists. It refuses presigned URLs, Signature Version 4A and unsigned or
// chunked payloads.
package sigv4

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	timeFormat = "20060102T150405Z"
	// maxSkew is the largest accepted clock skew, as in AWS.
	maxSkew = 5 * time.Minute
)

// Key is the server's side of an access key.
type Key struct {
	Secret string
	// SessionToken is empty for long-lived keys.
	SessionToken string
	// Expires is zero for keys that do not expire.
	Expires time.Time
}

// Scope is the scope of a verified signature.
type Scope struct {
	AccessKeyID, Region, Service string
}

// Verifier verifies the signatures of requests. It is safe for concurrent use if its
// find function is.
type Verifier struct {
	find   func(accessKeyID string) (Key, bool)
	signer *v4.Signer
}

// New returns a verifier. The secret of an access key must not change, because the
// verifier caches signing keys.
func New(find func(accessKeyID string) (Key, bool)) *Verifier {
	return &Verifier{find: find, signer: v4.NewSigner()}
}

// Verify returns the scope of a correctly signed request, or AWS's error as an
// [api.Error].
func (v *Verifier) Verify(r *http.Request, body []byte, now time.Time) (Scope, error) {
	auth, err := parse(r)
	if err != nil {
		return Scope{}, err
	}
	if err := auth.checkTime(now); err != nil {
		return Scope{}, err
	}
	key, ok := v.find(auth.AccessKeyID)
	if !ok || !equal(key.SessionToken, r.Header.Get("X-Amz-Security-Token")) {
		return Scope{}, api.Errorf(api.UnrecognizedClient, "The security token included in the request is invalid.")
	}
	expected, err := v.sign(r, body, auth, key)
	if err != nil {
		return Scope{}, err
	}
	if !equal(expected, auth.signature) {
		return Scope{}, api.Errorf(api.InvalidSignature, "The request signature we calculated does not match the "+
			"signature you provided. Check your AWS Secret Access Key and signing method. "+
			"Consult the service documentation for details.")
	}
	if !key.Expires.IsZero() && !now.Before(key.Expires) {
		return Scope{}, api.Errorf(api.ExpiredToken, "The security token included in the request is expired")
	}
	return auth.Scope, nil
}

// sign recomputes the signature over the signed headers.
func (v *Verifier) sign(r *http.Request, body []byte, auth authorization, key Key) (string, error) {
	signed := &http.Request{
		Method: r.Method,
		URL: &url.URL{
			Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath,
			RawQuery: r.URL.RawQuery,
		},
		Host:   r.Host,
		Header: http.Header{},
	}
	for _, name := range auth.signedHeaders {
		switch name {
		case "host", "x-amz-date", "x-amz-security-token": // the signer adds these itself
		case "content-length":
			signed.ContentLength = int64(len(body))
		default:
			// The signer skips some headers by their canonical name, such as
			// User-Agent. In lower case it signs them all.
			signed.Header[name] = r.Header.Values(name)
		}
	}
	hash := sha256.Sum256(body)
	err := v.signer.SignHTTP(context.WithoutCancel(r.Context()), aws.Credentials{
		AccessKeyID:     auth.AccessKeyID,
		SecretAccessKey: key.Secret,
		SessionToken:    key.SessionToken,
	}, signed, hex.EncodeToString(hash[:]), auth.Service, auth.Region, auth.time)
	if err != nil {
		return "", api.Errorf(api.InvalidSignature, "the request cannot be signed: %v", err)
	}
	_, signature, _ := strings.Cut(signed.Header.Get("Authorization"), "Signature=")
	return signature, nil
}

func equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
