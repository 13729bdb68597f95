package iam

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	maxClientIDs   = 100
	maxThumbprints = 5
)

var validThumbprint = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)

// provider is an OpenID Connect provider.
type provider struct {
	// url has no scheme.
	arn, url    string
	created     time.Time
	clientIDs   []string
	thumbprints []string
	tags        []tag
}

func (s *Service) createProvider(c *api.Call, f api.Form) (any, error) {
	address, err := checkURL(f.Text("Url"))
	if err != nil {
		return nil, err
	}
	made := &provider{
		arn: c.IAM("oidc-provider/" + address), url: address, created: c.Now,
		clientIDs: f.List("ClientIDList"), thumbprints: f.List("ThumbprintList"),
	}
	if made.tags, err = tagsOf(f); err != nil {
		return nil, err
	}
	if err := checkThumbprints(made.thumbprints); err != nil {
		return nil, err
	}
	if len(made.clientIDs) > maxClientIDs {
		return nil, errLimit("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d", maxClientIDs)
	}
	if err := c.Authorize(c.Action, made.arn); err != nil {
		return nil, err
	}
	if s.providers[made.arn] != nil {
		return nil, errExists("Provider with url https://%s already exists.", address)
	}
	s.providers[made.arn] = made
	return struct {
		OpenIDConnectProviderArn string
		Tags                     []tag `xml:"Tags>member"`
	}{made.arn, made.tags}, nil
}

// PutProvider adds a provider unless there is one for the URL.
func (s *Service) PutProvider(c *api.Call, address string, clientIDs []string) error {
	host, err := checkURL(&address)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	arn := c.IAM("oidc-provider/" + host)
	if s.providers[arn] == nil {
		s.providers[arn] = &provider{arn: arn, url: host, created: c.Now, clientIDs: clientIDs}
	}
	return nil
}

func checkURL(address *string) (string, error) {
	var check api.Checks
	check.Required("url", address == nil)
	check.Length("url", address, 1, 255)
	if err := check.Err(); err != nil {
		return "", err
	}
	parsed, err := url.Parse(*address)
	if err != nil || parsed.Scheme != "https" || parsed.Host == "" || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", api.Errorf(api.Validation, "Invalid Open ID Connect Provider URL")
	}
	return strings.TrimPrefix(*address, "https://"), nil
}

func checkThumbprints(thumbprints []string) error {
	var check api.Checks
	for _, t := range thumbprints {
		check.Length("thumbprintList", &t, 40, 40)
	}
	if err := check.Err(); err != nil {
		return err
	}
	if len(thumbprints) > maxThumbprints {
		return errInput("Thumbprint list must contain fewer than %d entries.", maxThumbprints+1)
	}
	if slices.ContainsFunc(thumbprints, func(t string) bool { return !validThumbprint.MatchString(t) }) {
		return errInput("Thumbprints must be hexadecimal.")
	}
	return nil
}

// findProvider returns the provider in the request if the caller may perform the
// action on it.
func (s *Service) findProvider(c *api.Call, f api.Form) (*provider, error) {
	arn := f.Text("OpenIDConnectProviderArn")
	var check api.Checks
	checkARN(&check, "openIDConnectProviderArn", arn)
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := c.Authorize(c.Action, *arn); err != nil {
		return nil, err
	}
	found := s.providers[*arn]
	if found == nil {
		return nil, errNone("OpenIDConnect Provider not found for arn %s", *arn)
	}
	return found, nil
}

func (s *Service) getProvider(c *api.Call, f api.Form) (any, error) {
	found, err := s.findProvider(c, f)
	if err != nil {
		return nil, err
	}
	return struct {
		URL            string   `xml:"Url"`
		ClientIDList   []string `xml:"ClientIDList>member"`
		ThumbprintList []string `xml:"ThumbprintList>member"`
		CreateDate     timestamp
		Tags           []tag `xml:"Tags>member"`
	}{found.url, found.clientIDs, found.thumbprints, timestamp(found.created), found.tags}, nil
}

func (s *Service) listProviders(c *api.Call, _ api.Form) (any, error) {
	if err := c.Authorize(c.Action, "*"); err != nil {
		return nil, err
	}
	type entry struct{ Arn string }
	var result struct {
		OpenIDConnectProviderList []entry `xml:"OpenIDConnectProviderList>member"`
	}
	for arn := range s.providers {
		result.OpenIDConnectProviderList = append(result.OpenIDConnectProviderList, entry{arn})
	}
	slices.SortFunc(result.OpenIDConnectProviderList, func(a, b entry) int { return strings.Compare(a.Arn, b.Arn) })
	return result, nil
}

func (s *Service) deleteProvider(c *api.Call, f api.Form) (any, error) {
	found, err := s.findProvider(c, f)
	if err != nil {
		return nil, err
	}
	delete(s.providers, found.arn)
	return nil, nil
}

func (s *Service) addClientID(c *api.Call, f api.Form) (any, error) {
	found, id, err := s.findClientID(c, f)
	if err != nil || slices.Contains(found.clientIDs, id) {
		return nil, err
	}
	if len(found.clientIDs) == maxClientIDs {
		return nil, errLimit("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d", maxClientIDs)
	}
	found.clientIDs = append(found.clientIDs, id)
	return nil, nil
}

func (s *Service) removeClientID(c *api.Call, f api.Form) (any, error) {
	found, id, err := s.findClientID(c, f)
	if err != nil {
		return nil, err
	}
	found.clientIDs = slices.DeleteFunc(found.clientIDs, func(old string) bool { return old == id })
	return nil, nil
}

func (s *Service) findClientID(c *api.Call, f api.Form) (*provider, string, error) {
	id := f.Text("ClientID")
	var check api.Checks
	check.Required("clientID", id == nil)
	check.Length("clientID", id, 1, 255)
	if err := check.Err(); err != nil {
		return nil, "", err
	}
	found, err := s.findProvider(c, f)
	return found, *id, err
}
