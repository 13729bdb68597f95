package secretsmanager

import (
	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/kms"
)

// The KMS actions for reading and for writing a value.
const actionDecrypt = "kms:Decrypt"

var actionsWrite = []string{"kms:GenerateDataKey", actionDecrypt}

// keys returns the condition keys of an access to a secret, which may not exist.
func (s *secret) keys(id string) api.Keys {
	keys := api.Keys{"secretsmanager:SecretId": {id}}
	if s != nil {
		for _, t := range s.tags {
			keys["secretsmanager:ResourceTag/"+api.Deref(t.Key)] = []string{api.Deref(t.Value)}
			keys["aws:ResourceTag/"+api.Deref(t.Key)] = []string{api.Deref(t.Value)}
		}
	}
	return keys
}

// mayUseKey evaluates the caller's permissions for the secret's KMS key.
func (s *secret) mayUseKey(c *api.Call, actions ...string) error {
	err := kms.Authorize(c, "secretsmanager", s.kmsKeyID, api.Keys{
		"kms:EncryptionContext:SecretARN": {s.arn},
		"kms:EncryptionContextKeys":       {"SecretARN", "SecretVersionId"},
	}, actions...)
	if api.Code(err) == api.AccessDenied {
		return api.Errorf(api.AccessDenied, "Access to KMS is not allowed")
	}
	return err
}
