package secretsmanager

import (
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

// What KMS is asked for when a value is read, and when one is written.
const actionDecrypt = "kms:Decrypt"

var actionsWrite = []string{"kms:GenerateDataKey", actionDecrypt}

// keys are the condition keys of an access to a secret, which there may not be.
func (s *secret) keys(id string) api.Keys {
	keys := api.Keys{"secretsmanager:SecretId": {id}}
	if s != nil {
		for _, t := range s.tags {
			keys["secretsmanager:ResourceTag/"+deref(t.Key)] = []string{deref(t.Value)}
			keys["aws:ResourceTag/"+deref(t.Key)] = []string{deref(t.Value)}
		}
	}
	return keys
}

// mayUseKey asks the caller's policies what KMS would ask them before it lets
// the service use a key for the caller. AWS's own key may be used by everyone
// who may use the secret.
func (s *secret) mayUseKey(c *api.Call, actions ...string) error {
	if c.Decide == nil || s.kmsKeyID == "" || strings.HasSuffix(s.kmsKeyID, "alias/aws/secretsmanager") {
		return nil
	}
	keys := api.Keys{
		"kms:ViaService":                  {"secretsmanager." + c.Region + "." + c.DNSSuffix()},
		"kms:CallerAccount":               {c.Account},
		"kms:EncryptionContext:SecretARN": {s.arn},
		"kms:EncryptionContextKeys":       {"SecretARN", "SecretVersionId"},
		"aws:ViaAWSService":               {"true"},
		"aws:CalledVia":                   {"secretsmanager." + c.DNSSuffix()},
		"aws:CalledViaFirst":              {"secretsmanager." + c.DNSSuffix()},
		"aws:CalledViaLast":               {"secretsmanager." + c.DNSSuffix()},
	}
	for _, action := range actions {
		err := c.Decide(api.Access{Principal: c.Principal, Action: action, Resource: s.keyARN(c)}, keys)
		if api.Code(err) == api.AccessDenied {
			return api.Errorf(api.AccessDenied, "Access to KMS is not allowed")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keyARN is the key as policies name it. There is no KMS to ask which key an
// alias is of, so an alias is only what names it.
func (s *secret) keyARN(c *api.Call) string {
	switch {
	case strings.HasPrefix(s.kmsKeyID, "arn:"):
		return s.kmsKeyID
	case strings.HasPrefix(s.kmsKeyID, "alias/"):
		return c.ARN("kms", s.kmsKeyID)
	default:
		return c.ARN("kms", "key/"+s.kmsKeyID)
	}
}
