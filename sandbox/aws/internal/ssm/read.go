package ssm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

// maxRead is the largest number of values in one answer.
const maxRead = 10

var errPage = api.Errorf("InvalidNextToken", "The specified token isn't valid.")

type getParameterInput struct {
	Name           *string
	WithDecryption bool
}

type getParameterOutput struct {
	Parameter *valueOutput
}

func (s *Service) getParameter(c *api.Call, in *getParameterInput) (*getParameterOutput, error) {
	if err := checkText(in.Name); err != nil {
		return nil, err
	}
	answer, err := s.read(c, *in.Name, in.WithDecryption)
	if err != nil {
		return nil, err
	}
	return &getParameterOutput{answer}, nil
}

type getParametersInput struct {
	Names          []string
	WithDecryption bool
}

type getParametersOutput struct {
	Parameters        []*valueOutput
	InvalidParameters []string
}

// getParameters returns the parameters that exist. It refuses the request if the
// caller may not read one of them.
func (s *Service) getParameters(c *api.Call, in *getParametersInput) (*getParametersOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := &getParametersOutput{Parameters: []*valueOutput{}, InvalidParameters: []string{}}
	for _, name := range in.Names {
		answer, err := s.read(c, name, in.WithDecryption)
		refusal, ok := errors.AsType[*api.Error](err)
		switch {
		case err == nil:
			out.Parameters = append(out.Parameters, answer)
		case ok && invalid[refusal.Code]:
			out.InvalidParameters = append(out.InvalidParameters, name)
		default:
			return nil, err
		}
	}
	return out, nil
}

// invalid are the errors that put a name into InvalidParameters.
var invalid = map[string]bool{api.Validation: true, "ParameterNotFound": true, "ParameterVersionNotFound": true}

func (in *getParametersInput) check() error {
	var check api.Checks
	check.Required("names", in.Names == nil)
	if in.Names != nil {
		check.Size("names", fmt.Sprintf("'[%s]'", strings.Join(in.Names, ", ")), len(in.Names), 1, maxRead)
	}
	for i, name := range in.Names {
		check.Length(fmt.Sprintf("names.%d.member", i+1), &name, 1, 2048)
	}
	return check.Err()
}

// read returns the parameter with a name or an ARN, either with an optional selector.
func (s *Service) read(c *api.Call, name string, decrypt bool) (*valueOutput, error) {
	r, err := refer(c, name)
	if err != nil {
		return nil, err
	}
	found, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	return found.answer(c, r.selector, decrypt)
}

type getParametersByPathInput struct {
	Path                      *string
	Recursive, WithDecryption bool
	ParameterFilters          []filter
	MaxResults                *int
	NextToken                 *string
}

type getParametersByPathOutput struct {
	Parameters []*valueOutput
	NextToken  *string `json:",omitempty"`
}

// getParametersByPath authorizes the path only. As in AWS, it returns everything
// below the path, even parameters that a policy denies.
func (s *Service) getParametersByPath(c *api.Call, in *getParametersByPathInput) (*getParametersByPathOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err := c.AuthorizeWith(c.Action, arnOf(c, *in.Path), api.Keys{"ssm:Recursive": {strconv.FormatBool(in.Recursive)}})
	if err != nil {
		return nil, err
	}
	var below []*parameter
	for _, p := range s.parameters[c.Region] {
		if p.isBelow(*in.Path, in.Recursive) && p.matches(in.ParameterFilters) {
			below = append(below, p)
		}
	}
	pages := pager(api.QueryOf(c.Action, c.Region, in.Path, in.Recursive, in.ParameterFilters))
	page, next, err := pages.Page(below, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &getParametersByPathOutput{Parameters: []*valueOutput{}, NextToken: next}
	for _, p := range page {
		answer, err := p.answer(c, "", in.WithDecryption)
		if err != nil {
			return nil, err
		}
		out.Parameters = append(out.Parameters, answer)
	}
	return out, nil
}

func (in *getParametersByPathInput) check() error {
	var check api.Checks
	check.Required("path", in.Path == nil)
	check.Length("path", in.Path, 1, 2048)
	check.Between("maxResults", in.MaxResults, 1, maxRead)
	checkShape(&check, in.ParameterFilters)
	if err := check.Err(); err != nil {
		return err
	}
	if err := checkPath(*in.Path); err != nil {
		return err
	}
	return checkFilters(in.ParameterFilters, true)
}

// isBelow reports whether the parameter is below the path: directly, or if recursive
// at any depth. A name without a slash is below the root.
func (p *parameter) isBelow(path string, recursive bool) bool {
	rest, ok := strings.CutPrefix("/"+strings.TrimPrefix(p.name, "/"), strings.TrimSuffix(path, "/")+"/")
	return ok && (recursive || !strings.Contains(rest, "/"))
}

// pager lists parameters by name, ten to a page.
func pager(query string) api.Pager[*parameter] {
	return api.Pager[*parameter]{
		Query: query, Size: maxRead, Invalid: errPage,
		Key: func(p *parameter) api.Position { return api.Position{Key: p.name, ID: p.name} },
	}
}
