package iam

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// UnknownAccount stands in a document for the number of an account that is not
// known yet. It is as long as one, and in no name or ARN.
const UnknownAccount = "<account-id>"

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// Document is a policy. Its JSON is the same whenever its content is.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement is one of a policy's. All that is here is allowed: there are no
// other statements in this program.
type Statement struct {
	Sid       string `json:",omitempty"`
	Effect    Effect
	Principal map[string]string `json:",omitempty"` // by kind, such as Service
	Action    []string
	Resource  []string  `json:",omitempty"` // none in a trust policy
	Condition Condition `json:",omitempty"`
}

// Effect is what a statement does.
type Effect string

// Allow is the only effect in use: what is not allowed is denied.
const Allow Effect = "Allow"

// Condition is a condition's values by operator and key.
type Condition map[string]map[string][]string

// NewDocument is a policy of the current policy language.
func NewDocument(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// JSON is the document as AWS takes it.
func (d Document) JSON() string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // it would make ARNs longer than they are
	_ = encoder.Encode(d)        // lists and maps of strings: it has no errors
	return strings.TrimSuffix(b.String(), "\n")
}

// Size is the document's length as IAM counts it: without white space.
func (d Document) Size() int {
	size := 0
	for _, r := range d.JSON() {
		if !unicode.IsSpace(r) {
			size++
		}
	}
	return size
}

// NeedsAccount tells whether [UnknownAccount] is in the document.
func (d Document) NeedsAccount() bool {
	return slices.ContainsFunc(d.Statement, func(s Statement) bool {
		return slices.ContainsFunc(s.Resource, func(r string) bool { return strings.Contains(r, UnknownAccount) })
	})
}

// WithAccount is the document with the account in place of [UnknownAccount].
func (d Document) WithAccount(account string) (Document, error) {
	if !accountID.MatchString(account) {
		return Document{}, Problem("account", account, "is no AWS account", "its 12 digits")
	}
	known := Document{Version: d.Version, Statement: slices.Clone(d.Statement)}
	for i, statement := range known.Statement {
		resources := slices.Clone(statement.Resource)
		for j, resource := range resources {
			resources[j] = strings.ReplaceAll(resource, UnknownAccount, account)
		}
		known.Statement[i].Resource = resources
	}
	return known, nil
}

// Problem is what is wrong with a field: the rule that its value breaks, and
// what to write instead.
func Problem(field, value, rule, write string) error {
	return fmt.Errorf("%s: %q: %s; write %s", field, value, rule, write)
}
