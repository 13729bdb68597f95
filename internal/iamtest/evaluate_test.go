package iamtest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iamtest"
)

func policy(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

const (
	read   = `{"Effect":"Allow","Action":["s:Get*"],"Resource":["r/?"]}`
	refuse = `{"Effect":"Deny","Action":["s:GetThat"],"Resource":["*"]}`
	trust  = `{"Effect":"Allow","Principal":{"Service":"pods"},"Action":["sts:AssumeRole"],"Condition":{"StringEquals":{"k":["a","b"]}}}`
)

func TestAllowed(t *testing.T) {
	t.Parallel()
	assume := func(principal, k string) iamtest.Request {
		return iamtest.Request{Principal: principal, Action: "sts:AssumeRole", Context: map[string]string{"k": k}}
	}
	for name, test := range map[string]struct {
		policies []string
		request  iamtest.Request
		want     bool
	}{
		"Allowed":         {[]string{policy(read)}, iamtest.Request{Action: "S:getThis", Resource: "r/1"}, true},
		"OtherAction":     {[]string{policy(read)}, iamtest.Request{Action: "s:Put", Resource: "r/1"}, false},
		"OtherResource":   {[]string{policy(read)}, iamtest.Request{Action: "s:Get", Resource: "r/12"}, false},
		"ResourceByCase":  {[]string{policy(read)}, iamtest.Request{Action: "s:Get", Resource: "R/1"}, false},
		"Denied":          {[]string{policy(refuse), policy(read)}, iamtest.Request{Action: "s:GetThat", Resource: "r/1"}, false},
		"NoPolicy":        {nil, iamtest.Request{Action: "s:Get", Resource: "r/1"}, false},
		"Trusted":         {[]string{policy(trust)}, assume("Service pods", "b"), true},
		"OtherPrincipal":  {[]string{policy(trust)}, assume("Service ec2", "b"), false},
		"OtherKind":       {[]string{policy(trust)}, assume("AWS pods", "b"), false},
		"OtherValue":      {[]string{policy(trust)}, assume("Service pods", "c"), false},
		"NoSuchKey":       {[]string{policy(trust)}, iamtest.Request{Principal: "Service pods", Action: "sts:AssumeRole"}, false},
		"NobodysIdentity": {[]string{policy(trust)}, assume("", "a"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := iamtest.Allowed(test.request, test.policies...)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

// TestUnsupported: what is not supported is an error and not a denial.
func TestUnsupported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ policy, want string }{
		"Element":   {policy(`{"Effect":"Allow","NotAction":["s:Get"],"Resource":["*"]}`), `unknown field "NotAction"`},
		"Operator":  {policy(`{"Effect":"Allow","Action":["s:Get"],"Resource":["*"],"Condition":{"Bool":{"k":["true"]}}}`), `operator "Bool": not supported`},
		"Variable":  {policy(`{"Effect":"Allow","Action":["s:Get"],"Resource":["*"],"Condition":{"StringEquals":{"k":["${aws:username}"]}}}`), "variables: not supported"},
		"Effect":    {policy(`{"Action":["s:Get"],"Resource":["*"]}`), `effect "": must be Allow or Deny`},
		"NoTarget":  {policy(`{"Effect":"Allow","Action":["s:Get"]}`), "must have actions, and either resources or a principal"},
		"Version":   {`{"Statement":[` + read + `]}`, "and version 2012-10-17"},
		"Statement": {`{"Version":"2012-10-17","Statement":[]}`, "must have a statement"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := iamtest.Allowed(iamtest.Request{Action: "s:Get", Resource: "r"}, test.policy)
			require.ErrorContains(t, err, test.want)
		})
	}
}
