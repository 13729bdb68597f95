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
			"AddTagsToResource":      operation(s, s.addTags),
			"DeleteParameter":        operation(s, s.deleteParameter),
			"DescribeParameters":     operation(s, s.describeParameters),
			"GetParameter":           operation(s, s.getParameter),
			"GetParameters":          operation(s, s.getParameters),
			"GetParametersByPath":    operation(s, s.getParametersByPath),
			"LabelParameterVersion":  operation(s, s.labelVersion),
			"ListTagsForResource":    operation(s, s.listTags),
			"PutParameter":           operation(s, s.putParameter),
			"RemoveTagsFromResource": operation(s, s.removeTags),
		},
	}
	return s
}

// ServeHTTP answers a verified request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Put creates a SecureString, or gives the parameter a new version.
func (s *Service) Put(c *api.Call, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, overwrite := secure, true
	_, err := s.putParameter(c, &putParameterInput{Name: &name, Value: &value, Type: &kind, Overwrite: &overwrite})
	return err
}

// operation makes the service see one request at a time.
func operation[In, Out any](s *Service, f func(*api.Call, *In) (*Out, error)) api.Operation {
	return api.Op(func(c *api.Call, in *In) (*Out, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return f(c, in)
	})
}

// find returns the parameter that a request names, if the caller may do to it
// what the request asks for.
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
