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
	pages := pager[*secret]{
		query:      queryOf(c.Action, c.Region, in.Filters, in.IncludePlannedDeletion, in.SortBy, in.SortOrder),
		key:        sortKey(deref(in.SortBy)),
		descending: deref(in.SortOrder) == "desc",
		size:       100,
	}
	page, next, err := pages.page(s.filtered(c, in.Filters, in.IncludePlannedDeletion), in.MaxResults, in.NextToken)
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

// filtered are the region's secrets that the filters keep, in no order.
func (s *Service) filtered(c *api.Call, filters []filter, planned bool) []*secret {
	var kept []*secret
	for _, candidate := range s.secrets[c.Region] {
		if (candidate.deletion == nil || planned) && candidate.matches(filters) {
			kept = append(kept, candidate)
		}
	}
	return kept
}

// sortKey is the order that SortBy asks for, by date of creation when it does
// not.
func sortKey(by string) func(*secret) position {
	return func(s *secret) position {
		switch by {
		case "name":
			return position{s.name, s.name}
		case "last-accessed-date":
			return position{sortable(s.accessed), s.name}
		case "last-changed-date":
			return position{sortable(&s.changed), s.name}
		default:
			return position{sortable(&s.created), s.name}
		}
	}
}
