package secretsmanager

import (
	"eso-aws/sandbox/aws/internal/api"
)

type listSecretsInput struct {
	Filters                []filter
	IncludePlannedDeletion bool
	MaxResults             *int
	NextToken              *string
	SortBy                 *string
	SortOrder              *string
}

type listSecretsOutput struct {
	SecretList []listEntry
	NextToken  *string `json:",omitempty"`
}

type listEntry struct {
	description
	SecretVersionsToStages map[string][]string `json:",omitempty"`
}

func (s *Service) listSecrets(c *api.Call, in *listSecretsInput) (*listSecretsOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := c.Authorize(c.Action, "*"); err != nil {
		return nil, err
	}
	pages := api.Pager[*secret]{
		Query:      api.QueryOf(c.Action, c.Region, in.Filters, in.IncludePlannedDeletion, in.SortBy, in.SortOrder),
		Key:        sortKey(api.Deref(in.SortBy)),
		Descending: api.Deref(in.SortOrder) == "desc",
		Size:       100,
		Invalid:    errToken,
	}
	page, next, err := pages.Page(s.filtered(c, in.Filters, in.IncludePlannedDeletion), in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &listSecretsOutput{SecretList: []listEntry{}, NextToken: next}
	for _, found := range page {
		out.SecretList = append(out.SecretList, listEntry{found.describe(), found.stages()})
	}
	return out, nil
}

func (in *listSecretsInput) check() error {
	var c checks
	c.Between("maxResults", in.MaxResults, 1, 100)
	c.Length("nextToken", in.NextToken, 1, 4096)
	c.OneOf("sortBy", in.SortBy, "created-date", "last-accessed-date", "last-changed-date", "name")
	c.OneOf("sortOrder", in.SortOrder, "asc", "desc")
	if err := c.Err(); err != nil {
		return err
	}
	return checkFilters(in.Filters)
}

// filtered returns the region's secrets that match the filters, in no order.
func (s *Service) filtered(c *api.Call, filters []filter, planned bool) []*secret {
	var kept []*secret
	for _, candidate := range s.secrets[c.Region] {
		if (candidate.deletion == nil || planned) && candidate.matches(filters) {
			kept = append(kept, candidate)
		}
	}
	return kept
}

// sortKey returns the order for SortBy, by default by date of creation.
func sortKey(by string) func(*secret) api.Position {
	return func(s *secret) api.Position {
		switch by {
		case "name":
			return api.Position{Key: s.name, ID: s.name}
		case "last-accessed-date":
			return api.Position{Key: api.Sortable(s.accessed), ID: s.name}
		case "last-changed-date":
			return api.Position{Key: api.Sortable(&s.changed), ID: s.name}
		default:
			return api.Position{Key: api.Sortable(&s.created), ID: s.name}
		}
	}
}
