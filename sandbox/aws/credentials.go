package aws

import (
	"cmp"
	"fmt"
	"time"

	"eso-aws/sandbox/aws/internal/sigv4"
)

// Credential is an access key and its owner.
type Credential struct {
	AccessKeyID, SecretAccessKey string
	// SessionToken makes the credential temporary; empty means long-lived.
	SessionToken string
	// Expires is the end of a temporary credential; zero means never.
	Expires time.Time
	// Account is the account of the credential; empty means Options.Account.
	Account string
	// Principal is the owner; zero means the IAM user with the name of the access
	// key.
	Principal Principal
}

// keyring holds the long-lived credentials by access key. It does not change.
type keyring map[string]Credential

func newKeyring(o Options) keyring {
	keys := keyring{}
	for _, c := range o.Credentials {
		c.Account = cmp.Or(c.Account, o.Account)
		if c.Principal.ARN == "" {
			c.Principal.ARN = fmt.Sprintf("arn:%s:iam::%s:user/%s", o.Partition, c.Account, c.AccessKeyID)
		}
		c.Principal.UserID = cmp.Or(c.Principal.UserID, c.AccessKeyID)
		keys[c.AccessKeyID] = c
	}
	return keys
}

// has reports whether a key belongs to the principal with the ARN.
func (k keyring) has(arn string) bool {
	for _, c := range k {
		if c.Principal.ARN == arn {
			return true
		}
	}
	return false
}

// find returns the key with the ID.
func (k keyring) find(accessKeyID string) (sigv4.Key, bool) {
	c, ok := k[accessKeyID]
	return sigv4.Key{Secret: c.SecretAccessKey, SessionToken: c.SessionToken, Expires: c.Expires}, ok
}
