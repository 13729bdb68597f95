package ssm

import (
	"net/http"
	"sync"

	"eso-aws/sandbox/aws/internal/api"
)

// Service holds the parameters of one account. It is safe for concurrent use.
type Service struct {
	handler *api.JSONService

	mu sync.Mutex
	// parameters are by region, then by name.
	parameters map[string]map[string]*parameter
}

// New returns a service without parameters.
func New() *Service {
	s := &Service{parameters: map[string]map[string]*parameter{}}
	s.handler = &api.JSONService{
		Name:   "ssm",
		Target: "AmazonSSM",
		Operations: map[string]api.Operation{
			"AddTagsToResource":      api.Op(s.addTags),
			"DeleteParameter":        api.Op(s.deleteParameter),
			"DescribeParameters":     api.Op(s.describeParameters),
			"GetParameter":           api.Op(s.getParameter),
			"GetParameters":          api.Op(s.getParameters),
			"GetParametersByPath":    api.Op(s.getParametersByPath),
			"LabelParameterVersion":  api.Op(s.labelVersion),
			"ListTagsForResource":    api.Op(s.listTags),
			"PutParameter":           api.Op(s.putParameter),
			"RemoveTagsFromResource": api.Op(s.removeTags),
		},
		Lock: &s.mu,
	}
	return s
}

// ServeHTTP answers a verified request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Put creates a SecureString or adds a version to the parameter.
func (s *Service) Put(c *api.Call, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, overwrite := secure, true
	_, err := s.putParameter(c, &putParameterInput{Name: &name, Value: &value, Type: &kind, Overwrite: &overwrite})
	return err
}

// find returns the parameter in the request if the caller may perform the action
// on it.
func (s *Service) find(c *api.Call, r reference) (*parameter, error) {
	found := s.lookup(c, r)
	if err := c.AuthorizeWith(c.Action, r.arn, found.keys()); err != nil {
		return nil, err
	}
	if err := c.RefuseForeign(c.Action, r.arn); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, errNotFound
	}
	return found, nil
}

// findNamed is find for the name or ARN in a request about all versions.
func (s *Service) findNamed(c *api.Call, name *string) (*parameter, error) {
	r, err := checkName(c, name)
	if err != nil {
		return nil, err
	}
	return s.find(c, r)
}

// lookup finds a parameter by its name or ARN. The ARN is the same with and
// without the slash that a name may begin with.
func (s *Service) lookup(c *api.Call, r reference) *parameter {
	parameters := s.parameters[c.Region]
	if !r.byARN {
		return parameters[r.name]
	}
	for _, name := range []string{r.name, r.name[1:]} {
		if found := parameters[name]; found != nil && found.arn == r.arn {
			return found
		}
	}
	return nil
}
