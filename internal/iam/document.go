package iam

import (
	"encoding/json"
	"strings"
	"unicode"
)

// Document is a policy. Equal documents have the same JSON.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement is one statement of a policy. This program writes only statements that allow.
type Statement struct {
	Sid       string `json:",omitempty"`
	Effect    Effect
	Principal map[string]string `json:",omitempty"` // the names by kind, such as Service
	Action    []string
	Resource  []string  `json:",omitempty"` // none in a trust policy
	Condition Condition `json:",omitempty"`
}

// Effect is what a statement does.
type Effect string

// Allow is the only effect in use. IAM denies everything that no policy allows.
const Allow Effect = "Allow"

// Condition has the values of a condition, by operator and key.
type Condition map[string]map[string][]string

// NewDocument returns a policy in the current version of the policy language.
func NewDocument(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// JSON returns the document as AWS takes it.
func (d Document) JSON() string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // it would make ARNs longer
	_ = encoder.Encode(d)        // lists and maps of strings cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// Size returns the length of the document as IAM counts it: without white space.
func (d Document) Size() int {
	size := 0
	for _, r := range d.JSON() {
		if !unicode.IsSpace(r) {
			size++
		}
	}
	return size
}
