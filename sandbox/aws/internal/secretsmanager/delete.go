package secretsmanager

import (
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

const defaultRecoveryDays = 30

type deleteSecretInput struct {
	SecretID                   *string `json:"SecretId"`
	RecoveryWindowInDays       *int
	ForceDeleteWithoutRecovery bool
}

type deleteSecretOutput struct {
	ARN, Name    string
	DeletionDate api.Time
}

func (s *Service) deleteSecret(c *api.Call, in *deleteSecretInput) (*deleteSecretOutput, error) {
	days := defaultRecoveryDays
	if in.RecoveryWindowInDays != nil {
		days = *in.RecoveryWindowInDays
		if in.ForceDeleteWithoutRecovery {
			return nil, api.Errorf(codeParameter,
				"You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
		}
		if days < 7 || days > 30 {
			return nil, api.Errorf(codeParameter,
				"The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
		}
	}
	if in.ForceDeleteWithoutRecovery {
		return s.forceDelete(c, in)
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	end := c.Now.Add(time.Duration(days) * 24 * time.Hour)
	found.deletion = &end
	return &deleteSecretOutput{found.arn, found.name, api.Time(end)}, nil
}

// forceDelete also succeeds for a secret that is scheduled for deletion or does not
// exist, as in AWS.
func (s *Service) forceDelete(c *api.Call, in *deleteSecretInput) (*deleteSecretOutput, error) {
	found, err := s.find(c, in.SecretID)
	if api.Code(err) == codeNotFound {
		arn := *in.SecretID
		if !strings.HasPrefix(arn, "arn:") {
			arn = newARN(c, arn)
		}
		return &deleteSecretOutput{arn, *in.SecretID, api.Time(c.Now)}, nil
	}
	if err != nil {
		return nil, err
	}
	delete(s.secrets[c.Region], found.name)
	return &deleteSecretOutput{found.arn, found.name, api.Time(c.Now)}, nil
}

func (s *Service) restoreSecret(c *api.Call, in *secretInput) (*secretOutput, error) {
	found, err := s.find(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	found.deletion = nil
	return &secretOutput{found.arn, found.name}, nil
}
