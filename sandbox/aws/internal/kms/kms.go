// Package kms decides whether a service of the in-memory AWS may use a key for its
// caller. There is no more of KMS: nothing is encrypted, every key exists, and an
// alias is not resolved to its key.
package kms

import (
	"maps"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

// Authorize evaluates the caller's policies as KMS does before a service uses a key
// for the caller. Key is an ID, an ARN or an alias; empty is the service's AWS
// managed key, which all callers of the service may use. Context holds the condition
// keys of the encryption context.
func Authorize(c *api.Call, service, key string, context api.Keys, actions ...string) error {
	if c.Decide == nil || key == "" || strings.HasSuffix(key, "alias/aws/"+service) {
		return nil
	}
	via := service + "." + c.DNSSuffix()
	keys := api.Keys{
		"kms:ViaService":     {service + "." + c.Region + "." + c.DNSSuffix()},
		"kms:CallerAccount":  {c.Account},
		"aws:ViaAWSService":  {"true"},
		"aws:CalledVia":      {via},
		"aws:CalledViaFirst": {via},
		"aws:CalledViaLast":  {via},
	}
	maps.Copy(keys, context)
	for _, action := range actions {
		err := c.Decide(api.Access{Principal: c.Principal, Action: action, Resource: keyARN(c, key)}, keys)
		if err != nil {
			return err
		}
	}
	return nil
}

// keyARN returns the key's ARN, for policies.
func keyARN(c *api.Call, key string) string {
	switch {
	case strings.HasPrefix(key, "arn:"):
		return key
	case strings.HasPrefix(key, "alias/"):
		return c.ARN("kms", key)
	default:
		return c.ARN("kms", "key/"+key)
	}
}
