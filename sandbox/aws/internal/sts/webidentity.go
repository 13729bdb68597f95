package sts

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/iam"
	"eso-aws/sandbox/aws/internal/policy"
	"eso-aws/sandbox/aws/internal/token"
)

const (
	actionWebIdentity = "sts:AssumeRoleWithWebIdentity"
	codeToken         = "InvalidIdentityToken"
)

// assumeRoleWithWebIdentity needs no signature: the token identifies the caller.
func (s *Service) assumeRoleWithWebIdentity(c *api.Call, f api.Form) (any, error) {
	in, err := s.input(c, f)
	if err != nil {
		return nil, err
	}
	// Without a signature, the role determines the account.
	c.Resource, c.Account = in.roleARN, in.account
	if raw := f.Text("WebIdentityToken"); raw == nil || len(*raw) < 4 || len(*raw) > 20000 {
		var check api.Checks
		// The token is never shown.
		check.Add("Value at 'webIdentityToken' failed to satisfy constraint: " +
			"Member must have length between 4 and 20000")
		return nil, check.Err()
	}
	web, err := s.verify(c, in.iam, f.Get("WebIdentityToken"))
	if err != nil {
		return nil, err
	}
	c.Principal = api.Principal{ARN: web.provider, UserID: web.Subject}
	role, ok := in.iam.Role(in.roleARN)
	if !ok {
		return nil, errWebIdentity()
	}
	keys := requestKeys(c, api.Keys{
		"sts:RoleSessionName": {in.name}, "aws:FederatedProvider": {web.provider},
	})
	for key, values := range web.keys {
		keys.Set(key, values...)
	}
	trust, err := role.Trust.Trust(policy.Principal{Federated: web.provider},
		policy.Request{Action: actionWebIdentity, Context: keys})
	if err != nil {
		return nil, api.Errorf(unsupported, "%v", err)
	}
	if trust != policy.Trusted {
		return nil, errWebIdentity()
	}
	if err := in.checkDuration(role, false); err != nil {
		return nil, err
	}
	kept := policy.Context{}
	kept.Set("aws:FederatedProvider", web.provider)
	for key, values := range web.keys {
		kept.Set(key, values...)
	}
	session := s.start(c, &Session{role: role, policies: in.policies, keys: kept}, in.name, in.duration)
	out := webIdentityOutput{
		Provider: web.provider, Audience: web.audience, SubjectFromWebIdentityToken: web.Subject,
	}
	out.Credentials, out.AssumedRoleUser = session.answer()
	return out, nil
}

type webIdentityOutput struct {
	Credentials                 credentials
	SubjectFromWebIdentityToken string
	AssumedRoleUser             assumedRoleUser
	Provider, Audience          string
}

func errWebIdentity() error {
	return api.Errorf(api.AccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

// webIdentity is a verified token, with its condition keys for trust policies.
type webIdentity struct {
	*token.Token
	// provider is an ARN.
	provider, audience string
	keys               map[string][]string
}

// verify verifies a token of one of the account's providers, with STS's errors in
// STS's order.
func (s *Service) verify(c *api.Call, iam *iam.Service, raw string) (webIdentity, error) {
	refuse := func(format string, args ...any) (webIdentity, error) {
		return webIdentity{}, api.Failf(http.StatusBadRequest, codeToken, format, args...)
	}
	t, err := token.Parse(raw)
	if err != nil {
		return refuse("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	name := strings.TrimPrefix(t.Issuer, "https://")
	provider := c.IAM("oidc-provider/" + name)
	clientIDs, ok := iam.Provider(provider)
	if !ok || name == t.Issuer {
		return refuse("No OpenIDConnect provider found in your account for %s", t.Issuer)
	}
	i := slices.IndexFunc(t.Audience, func(a string) bool { return slices.Contains(clientIDs, a) })
	if i < 0 {
		return refuse("Incorrect token audience")
	}
	switch err := s.issuers.Verify(c.Context, t, c.Now); {
	case errors.Is(err, token.ErrExpired):
		return webIdentity{}, api.Failf(http.StatusBadRequest, api.ExpiredToken,
			"Token expired: current date/time %d must be before the expiration date/time %d",
			c.Now.Unix(), t.Expiry.Time().Unix())
	case errors.Is(err, token.ErrNoKey):
		return refuse("Couldn't retrieve verification key from your identity provider,  " +
			"please reference AssumeRoleWithWebIdentity documentation for requirements")
	case err != nil:
		return refuse("Provided token is not valid: %v", err)
	}
	return webIdentity{Token: t, provider: provider, audience: t.Audience[i], keys: map[string][]string{
		name + ":sub": {t.Subject}, name + ":aud": {t.Audience[i]},
	}}, nil
}
