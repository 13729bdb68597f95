package secretsmanager

import (
	"fmt"
	"slices"

	"eso-aws/sandbox/aws/internal/api"
)

type createSecretInput struct {
	Name, Description  *string
	KmsKeyID           *string `json:"KmsKeyId"`
	ClientRequestToken *string
	SecretString       *string
	SecretBinary       []byte
	Tags               []tag
}

// versionOutput is the answer of operations that can create a version.
type versionOutput struct {
	ARN, Name     string
	VersionID     string   `json:"VersionId,omitempty"`
	VersionStages []string `json:",omitempty"`
}

func (s *Service) createSecret(c *api.Call, in *createSecretInput) (*versionOutput, error) {
	val, err := in.check()
	if err != nil {
		return nil, err
	}
	made := &secret{
		arn: newARN(c, *in.Name), name: *in.Name, description: api.Deref(in.Description),
		kmsKeyID: api.Deref(in.KmsKeyID), created: c.Now, changed: c.Now,
	}
	if err := c.Authorize(c.Action, made.arn); err != nil {
		return nil, err
	}
	if existing := s.secrets[c.Region][*in.Name]; existing != nil {
		return existing.recreate(in, val)
	}
	if err := made.tag(in.Tags); err != nil {
		return nil, err
	}
	out := &versionOutput{ARN: made.arn, Name: made.name}
	if val != nil {
		if err := made.mayUseKey(c, actionsWrite...); err != nil {
			return nil, err
		}
		v, err := made.add(*in.ClientRequestToken, *val, nil, c.Now)
		if err != nil {
			return nil, err
		}
		out.VersionID = v.id
	}
	if s.secrets[c.Region] == nil {
		s.secrets[c.Region] = map[string]*secret{}
	}
	s.secrets[c.Region][made.name] = made
	return out, nil
}

func (in *createSecretInput) check() (*value, error) {
	var c checks
	c.Required("name", in.Name == nil)
	c.Length("name", in.Name, 1, 512)
	c.Length("description", in.Description, 0, 2048)
	c.Length("kmsKeyId", in.KmsKeyID, 0, 2048)
	c.value(in.SecretString, in.SecretBinary)
	c.tags(in.Tags)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := checkName(*in.Name); err != nil {
		return nil, err
	}
	val, err := newValue(in.SecretString, in.SecretBinary)
	if err == nil && val != nil {
		err = checkToken(in.ClientRequestToken)
	}
	return val, err
}

// recreate answers CreateSecret for a name that exists: it repeats the answer to the
// same request, and refuses any other.
func (s *secret) recreate(in *createSecretInput, val *value) (*versionOutput, error) {
	if s.deletion != nil {
		return nil, api.Errorf(codeRequest,
			"You can't create this secret because a secret with this name is already scheduled for deletion.")
	}
	if val != nil {
		if v := s.version(*in.ClientRequestToken); v != nil && v.value.equal(*val) {
			return &versionOutput{ARN: s.arn, Name: s.name, VersionID: v.id}, nil
		}
	}
	return nil, api.Errorf(codeExists, "The operation failed because the secret %s already exists.", s.name)
}

type putSecretValueInput struct {
	SecretID           *string `json:"SecretId"`
	ClientRequestToken *string
	SecretString       *string
	SecretBinary       []byte
	VersionStages      []string
}

func (s *Service) putSecretValue(c *api.Call, in *putSecretValueInput) (*versionOutput, error) {
	val, err := in.check()
	if err != nil {
		return nil, err
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	v := found.version(*in.ClientRequestToken)
	switch {
	case v == nil:
		if err := found.mayUseKey(c, actionsWrite...); err != nil {
			return nil, err
		}
		stages := in.VersionStages
		if len(stages) == 0 {
			stages = []string{stageCurrent}
		}
		if v, err = found.add(*in.ClientRequestToken, *val, stages, c.Now); err != nil {
			return nil, err
		}
	case !v.value.equal(*val):
		return nil, errTokenInUse(found, v.id)
	}
	return &versionOutput{found.arn, found.name, v.id, slices.Clone(v.stages)}, nil
}

func (in *putSecretValueInput) check() (*value, error) {
	var c checks
	c.value(in.SecretString, in.SecretBinary)
	if in.VersionStages != nil {
		c.Size("versionStages", fmt.Sprint(in.VersionStages), len(in.VersionStages), 1, maxStages)
	}
	for i, label := range in.VersionStages {
		c.Length(fmt.Sprintf("versionStages.%d.member", i+1), &label, 1, 256)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	val, err := newValue(in.SecretString, in.SecretBinary)
	if err != nil {
		return nil, err
	}
	if val == nil {
		return nil, api.Errorf(codeRequest, "You must provide either SecretString or SecretBinary.")
	}
	return val, checkToken(in.ClientRequestToken)
}

type updateSecretInput struct {
	SecretID           *string `json:"SecretId"`
	Description        *string
	KmsKeyID           *string `json:"KmsKeyId"`
	ClientRequestToken *string
	SecretString       *string
	SecretBinary       []byte
}

func (s *Service) updateSecret(c *api.Call, in *updateSecretInput) (*versionOutput, error) {
	val, err := in.check()
	if err != nil {
		return nil, err
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	out := &versionOutput{ARN: found.arn, Name: found.name}
	if val != nil {
		// Unlike PutSecretValue, UpdateSecret refuses the same value, too.
		if found.version(*in.ClientRequestToken) != nil {
			return nil, errTokenInUse(found, *in.ClientRequestToken)
		}
		if err := found.mayUseKey(c, actionsWrite...); err != nil {
			return nil, err
		}
		v, err := found.add(*in.ClientRequestToken, *val, []string{stageCurrent}, c.Now)
		if err != nil {
			return nil, err
		}
		out.VersionID = v.id
	}
	if in.Description != nil {
		found.description = *in.Description
	}
	if in.KmsKeyID != nil {
		found.kmsKeyID = *in.KmsKeyID
	}
	found.changed = c.Now
	return out, nil
}

func (in *updateSecretInput) check() (*value, error) {
	var c checks
	c.Length("description", in.Description, 0, 2048)
	c.Length("kmsKeyId", in.KmsKeyID, 0, 2048)
	c.value(in.SecretString, in.SecretBinary)
	if err := c.Err(); err != nil {
		return nil, err
	}
	val, err := newValue(in.SecretString, in.SecretBinary)
	if err == nil && val != nil {
		err = checkToken(in.ClientRequestToken)
	}
	return val, err
}

func errTokenInUse(s *secret, token string) error {
	return api.Errorf(codeExists,
		"You can't use ClientRequestToken %s because that value is already in use for a version of secret %s.",
		token, s.arn)
}
