// Package sigv4 verifies AWS Signature Version 4 in the Authorization header.
// The signature is recomputed by the AWS SDK's own signer, over the headers that
// the client says it signed. Presigned URLs, signature version 4A and unsigned
// or chunked payloads are refused.
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
	// maxSkew is how far a client's clock may be off, as in AWS.
	maxSkew = 5 * time.Minute
)

// Key is what the server knows of an access key.
type Key struct {
	Secret string
	// SessionToken is empty for long-lived keys.
	SessionToken string
	// Expires is zero for keys that do not expire.
	Expires time.Time
}

// Scope is what a verified signature says about its request.
type Scope struct {
	AccessKeyID, Region, Service string
}

// Verifier verifies requests against the keys that Find knows. It is safe for
// concurrent use if Find is.
type Verifier struct {
	find   func(accessKeyID string) (Key, bool)
	signer *v4.Signer
}

// New returns a verifier. The secret of an access key must never change: signing
// keys are cached by access key.
func New(find func(accessKeyID string) (Key, bool)) *Verifier {
	return &Verifier{find: find, signer: v4.NewSigner()}
}

// Verify returns the scope of a correctly signed request, or the [api.Error]
// that AWS answers.
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

// sign recomputes the signature of a request that holds the signed headers and
// nothing else.
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
			// The signer passes over some headers by their canonical name, such as
			// User-Agent; in lower case it signs whatever the client has signed.
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
