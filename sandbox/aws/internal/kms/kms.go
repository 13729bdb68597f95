// Package kms decides whether a service of the in-memory AWS may use a key for its
// caller, which is all that there is of KMS: nothing is encrypted, every key
// exists, and an alias is not resolved to its key.
package kms

import (
	"maps"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

// Authorize asks the caller's policies what KMS would ask them before it lets the
// service use the key. Key is an ID, an ARN or an alias; empty is the key that AWS
// has for the service, which everyone may use who may use the service. Context is
// the condition keys of the encryption context.
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

// keyARN is the key as policies name it.
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
