// Package token verifies tokens of Kubernetes service accounts: the RS256 signature
// by a key of the issuer, and the time. It does not check the audience.
package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The errors of invalid tokens.
var (
	// ErrMalformed: the token is not a JSON Web Token signed with RS256.
	ErrMalformed = errors.New("not a JSON Web Token signed with RS256")
	// ErrNoKey: the issuer or its key is unknown, or the keys cannot be fetched.
	ErrNoKey = errors.New("the issuer's key is not known")
	// ErrSignature: the signature does not match the key.
	ErrSignature = errors.New("the signature is not valid")
	// ErrExpired: the token has expired.
	ErrExpired = errors.New("the token has expired")
	// ErrNotYet: the token is not valid yet, or never expires.
	ErrNotYet = errors.New("the token is not valid yet, or has no end")
)

// leeway is how far the issuer's clock may be ahead.
const leeway = time.Minute

// Keys fetches the JSON Web Key Set that an issuer publishes.
type Keys func(ctx context.Context) ([]byte, error)

// Claims are the claims of a token.
type Claims struct {
	jwt.Claims
	Kubernetes Kubernetes `json:"kubernetes.io"`
}

// Kubernetes is the token's service account, and the pod that it is bound to, if
// any.
type Kubernetes struct {
	Namespace      string `json:"namespace"`
	ServiceAccount Object `json:"serviceaccount"`
	Pod            Object `json:"pod"`
}

// Object identifies a Kubernetes object.
type Object struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

// Token is a parsed token that is not verified.
type Token struct {
	Claims
	signed *jwt.JSONWebToken
}

// Parse parses a token without verifying it.
func Parse(raw string) (*Token, error) {
	signed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, ErrMalformed
	}
	t := &Token{signed: signed}
	if err := signed.UnsafeClaimsWithoutVerification(&t.Claims); err != nil {
		return nil, ErrMalformed
	}
	return t, nil
}

// Issuers holds issuers of tokens and their keys. The zero value is empty. It is
// safe for concurrent use.
type Issuers struct {
	mu     sync.Mutex
	byName map[string]*issuer
}

type issuer struct {
	fetch  Keys
	mu     sync.Mutex
	cached jose.JSONWebKeySet
}

// Put adds an issuer or replaces its keys.
func (i *Issuers) Put(name string, keys Keys) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.byName == nil {
		i.byName = map[string]*issuer{}
	}
	i.byName[name] = &issuer{fetch: keys}
}

// Verify returns an error unless the issuer has signed the token and the token is
// valid now.
func (i *Issuers) Verify(ctx context.Context, t *Token, now time.Time) error {
	i.mu.Lock()
	from := i.byName[t.Issuer]
	i.mu.Unlock()
	if from == nil || len(t.signed.Headers) != 1 {
		return fmt.Errorf("%w: no cluster has the issuer %q", ErrNoKey, t.Issuer)
	}
	key, err := from.key(ctx, t.signed.Headers[0].KeyID)
	if err != nil {
		return err
	}
	var verified Claims
	if err := t.signed.Claims(key, &verified); err != nil {
		return ErrSignature
	}
	switch {
	case verified.Expiry == nil, verified.NotBefore != nil && verified.NotBefore.Time().After(now.Add(leeway)):
		return ErrNotYet
	case !now.Before(verified.Expiry.Time()):
		return ErrExpired
	}
	return nil
}

// key returns the issuer's key with the ID. For an unknown ID it fetches the keys
// again, because issuers rotate them.
func (i *issuer) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if known := i.cached.Key(id); len(known) == 1 {
		return &known[0], nil
	}
	raw, err := i.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: fetching the keys: %w", ErrNoKey, err)
	}
	var fetched jose.JSONWebKeySet
	if err := json.Unmarshal(raw, &fetched); err != nil {
		return nil, fmt.Errorf("%w: reading the keys: %w", ErrNoKey, err)
	}
	i.cached = fetched
	if known := fetched.Key(id); len(known) == 1 {
		return &known[0], nil
	}
	return nil, fmt.Errorf("%w: key %q", ErrNoKey, id)
}
