package secretsmanager

import (
	"errors"
	"fmt"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	maxBatch  = 20
	actionGet = "secretsmanager:GetSecretValue"
)

type batchGetSecretValueInput struct {
	SecretIDList []string `json:"SecretIdList"`
	Filters      []filter
	MaxResults   *int
	NextToken    *string
}

type batchGetSecretValueOutput struct {
	SecretValues []*valueOutput
	Errors       []batchError
	NextToken    *string `json:",omitempty"`
}

type batchError struct {
	SecretID           string `json:"SecretId"`
	ErrorCode, Message string
}

// batchGetSecretValue answers 200 even if it can read none of the secrets: Errors
// has the reasons.
func (s *Service) batchGetSecretValue(c *api.Call, in *batchGetSecretValueInput) (*batchGetSecretValueOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := c.Authorize(c.Action, "*"); err != nil {
		return nil, err
	}
	ids, next, err := s.batch(c, in)
	if err != nil {
		return nil, err
	}
	out := &batchGetSecretValueOutput{SecretValues: []*valueOutput{}, Errors: []batchError{}, NextToken: next}
	for _, id := range ids {
		val, err := s.readOne(c, id)
		if err == nil {
			out.SecretValues = append(out.SecretValues, val)
			continue
		}
		refusal, ok := errors.AsType[*api.Error](err)
		if !ok {
			return nil, err
		}
		out.Errors = append(out.Errors, batchError{id, refusal.Code, refusal.Message})
	}
	return out, nil
}

func (in *batchGetSecretValueInput) check() error {
	var c checks
	if in.SecretIDList != nil {
		c.Size("secretIdList", fmt.Sprintf("'%v'", in.SecretIDList), len(in.SecretIDList), 1, maxBatch)
	}
	c.Between("maxResults", in.MaxResults, 1, maxBatch)
	c.Length("nextToken", in.NextToken, 1, 4096)
	for i, id := range in.SecretIDList {
		c.Length(fmt.Sprintf("secretIdList.%d.member", i+1), &id, 1, 2048)
	}
	if err := c.Err(); err != nil {
		return err
	}
	if (len(in.SecretIDList) == 0) == (len(in.Filters) == 0) {
		return api.Errorf(codeParameter, "Either 'SecretIdList' or 'Filters' must be provided, but not both.")
	}
	if in.MaxResults != nil && len(in.Filters) == 0 {
		return api.Errorf(codeParameter,
			"'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.")
	}
	return checkFilters(in.Filters)
}

// batch returns the secrets in the request: those it names, or a page of those that
// match its filters, which also requires the permission to list.
func (s *Service) batch(c *api.Call, in *batchGetSecretValueInput) (ids []string, next *string, err error) {
	if len(in.Filters) == 0 {
		return in.SecretIDList, nil, nil
	}
	if err := c.Authorize("secretsmanager:ListSecrets", "*"); err != nil {
		return nil, nil, err
	}
	pages := api.Pager[*secret]{
		Query: api.QueryOf(c.Action, c.Region, in.Filters), Key: sortKey(""), Size: maxBatch, Invalid: errToken,
	}
	page, next, err := pages.Page(s.filtered(c, in.Filters, false), in.MaxResults, in.NextToken)
	for _, found := range page {
		ids = append(ids, found.arn)
	}
	return ids, next, err
}

func (s *Service) readOne(c *api.Call, id string) (val *valueOutput, err error) {
	resource := id
	defer func() { c.Note(actionGet, resource, err) }()
	found, err := s.findActiveFor(c, actionGet, &id)
	if err != nil {
		return nil, err
	}
	resource = found.arn
	if err := found.mayUseKey(c, actionDecrypt); err != nil {
		return nil, err
	}
	return found.read(nil, nil, c.Now)
}
