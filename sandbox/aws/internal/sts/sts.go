// Package sts is the Security Token Service of the in-memory AWS. It knows
// GetCallerIdentity, which tells a caller who it is and needs no permission.
package sts

import (
	"net/http"
	"net/url"

	"eso-aws/sandbox/aws/internal/api"
)

// New returns the service.
func New() http.Handler {
	return &api.QueryService{
		Name:      "sts",
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Operations: map[string]api.QueryOperation{
			"GetCallerIdentity": getCallerIdentity,
		},
	}
}

func getCallerIdentity(c *api.Call, _ url.Values) (any, error) {
	return identity{c.Principal.ARN, c.Principal.UserID, c.Account}, nil
}

type identity struct {
	ARN     string `xml:"Arn"`
	UserID  string `xml:"UserId"`
	Account string
}
