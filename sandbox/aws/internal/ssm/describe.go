package ssm

import (
	"eso-aws/sandbox/aws/internal/api"
)

const maxDescribed = 50

type describeParametersInput struct {
	Filters          []any
	ParameterFilters []filter
	Shared           bool
	MaxResults       *int
	NextToken        *string
}

type describeParametersOutput struct {
	Parameters []description
	NextToken  *string `json:",omitempty"`
}

// description is a parameter's metadata.
type description struct {
	ARN, DataType    string
	Description      string `json:",omitempty"`
	KeyID            string `json:"KeyId,omitempty"`
	LastModifiedDate api.Time
	LastModifiedUser string
	Name             string
	Policies         []struct{}
	Tier, Type       string
	Version          int
}

func (s *Service) describeParameters(c *api.Call, in *describeParametersInput) (*describeParametersOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	// AWS authorizes this on the whole account's Systems Manager, which only the
	// pattern * matches, and not on parameters.
	if err := c.Authorize(c.Action, c.ARN("ssm", "*")); err != nil {
		return nil, err
	}
	var kept []*parameter
	for _, p := range s.parameters[c.Region] {
		// There are no shared parameters.
		if !in.Shared && p.matches(in.ParameterFilters) {
			kept = append(kept, p)
		}
	}
	pages := pager(api.QueryOf(c.Action, c.Region, in.ParameterFilters, in.Shared))
	page, next, err := pages.Page(kept, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &describeParametersOutput{Parameters: []description{}, NextToken: next}
	for _, p := range page {
		out.Parameters = append(out.Parameters, p.describe())
	}
	return out, nil
}

func (in *describeParametersInput) check() error {
	var check api.Checks
	check.Between("maxResults", in.MaxResults, 1, maxDescribed)
	checkShape(&check, in.ParameterFilters)
	if err := check.Err(); err != nil {
		return err
	}
	if len(in.Filters) > 0 {
		return api.Errorf(api.Validation, "the in-memory AWS does not support Filters, which AWS deprecates; use "+
			"ParameterFilters")
	}
	return checkFilters(in.ParameterFilters, false)
}

func (p *parameter) describe() description {
	v := p.current()
	return description{
		ARN: p.arn, DataType: dataType, Description: v.description, KeyID: v.keyID,
		LastModifiedDate: api.Time(v.modified), LastModifiedUser: v.user, Name: p.name, Policies: []struct{}{},
		Tier: v.tier, Type: v.kind, Version: v.number,
	}
}
