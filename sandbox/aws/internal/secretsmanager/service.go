package secretsmanager

import (
	"errors"
	"net/http"
	"sync"

	"eso-aws/sandbox/aws/internal/api"
)

// Service holds the secrets of one account. It is safe for concurrent use.
type Service struct {
	handler *api.JSONService

	mu sync.Mutex
	// secrets are by region, then by name.
	secrets map[string]map[string]*secret
}

// New returns a service without secrets.
func New() *Service {
	s := &Service{secrets: map[string]map[string]*secret{}}
	s.handler = &api.JSONService{
		Name: "secretsmanager",
		Operations: map[string]api.Operation{
			"BatchGetSecretValue":      api.Op(s.batchGetSecretValue),
			"CreateSecret":             api.Op(s.createSecret),
			"DeleteSecret":             api.Op(s.deleteSecret),
			"DescribeSecret":           api.Op(s.describeSecret),
			"GetSecretValue":           api.Op(s.getSecretValue),
			"ListSecretVersionIds":     api.Op(s.listSecretVersionIDs),
			"ListSecrets":              api.Op(s.listSecrets),
			"PutSecretValue":           api.Op(s.putSecretValue),
			"RestoreSecret":            api.Op(s.restoreSecret),
			"TagResource":              api.Op(s.tagResource),
			"UntagResource":            api.Op(s.untagResource),
			"UpdateSecret":             api.Op(s.updateSecret),
			"UpdateSecretVersionStage": api.Op(s.updateSecretVersionStage),
		},
		Lock:   &s.mu,
		Before: s.expire,
	}
	return s
}

// ServeHTTP answers a verified request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Put creates the secret or adds a current version to it.
func (s *Service) Put(c *api.Call, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(c)
	token := newUUID()
	_, err := s.createSecret(c, &createSecretInput{Name: &name, ClientRequestToken: &token, SecretString: &value})
	if e, ok := errors.AsType[*api.Error](err); ok && e.Code == codeExists {
		_, err = s.putSecretValue(c, &putSecretValueInput{
			SecretID: &name, ClientRequestToken: &token,
			SecretString: &value,
		})
	}
	return err
}

// expire deletes the secrets of the region with an expired recovery window.
func (s *Service) expire(c *api.Call) {
	for name, secret := range s.secrets[c.Region] {
		if secret.deletion != nil && !c.Now.Before(*secret.deletion) {
			delete(s.secrets[c.Region], name)
		}
	}
}

// find returns the secret in the request if the caller may perform the action on
// it.
func (s *Service) find(c *api.Call, id *string) (*secret, error) {
	return s.findFor(c, c.Action, id)
}

func (s *Service) findFor(c *api.Call, action string, id *string) (*secret, error) {
	if err := checkSecretID(id); err != nil {
		return nil, err
	}
	found, resource := s.lookup(c, *id), *id
	if found != nil {
		resource = found.arn
	}
	if err := c.AuthorizeWith(action, resource, found.keys(*id)); err != nil {
		return nil, err
	}
	if err := c.RefuseForeign(action, resource); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, api.Errorf(codeNotFound, "Secrets Manager can't find the specified secret.")
	}
	return found, nil
}

// findActive is find for operations that are not allowed on a secret that is
// scheduled for deletion.
func (s *Service) findActive(c *api.Call, id *string) (*secret, error) {
	return s.findActiveFor(c, c.Action, id)
}

func (s *Service) findActiveFor(c *api.Call, action string, id *string) (*secret, error) {
	found, err := s.findFor(c, action, id)
	if err != nil {
		return nil, err
	}
	if found.deletion != nil {
		return nil, errMarked()
	}
	return found, nil
}

func errMarked() error {
	return api.Errorf(codeRequest,
		"You can't perform this operation on the secret because it was marked for deletion.")
}
