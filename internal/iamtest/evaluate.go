package iamtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Request is a request to AWS.
type Request struct {
	// Principal is for a trust policy only, such as Service pods.eks.amazonaws.com.
	Principal string
	Action    string
	// Resource is for every other policy only.
	Resource string
	// Context has the values of the condition keys.
	Context map[string]string
}

type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid, Effect      string
	Principal        map[string]string
	Action, Resource []string
	Condition        map[string]map[string][]string
}

// Allowed reports whether one of the policies allows the request and none denies it.
func Allowed(request Request, policies ...string) (bool, error) {
	allowed, denied := false, false
	for _, text := range policies {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.DisallowUnknownFields()
		var policy policy
		if err := decoder.Decode(&policy); err != nil {
			return false, fmt.Errorf("reading policy %q: %w", text, err)
		}
		if policy.Version != "2012-10-17" || len(policy.Statement) == 0 {
			return false, fmt.Errorf("policy %q: must have a statement, and version 2012-10-17", text)
		}
		for _, s := range policy.Statement {
			matches, err := s.matches(request)
			if err != nil {
				return false, fmt.Errorf("policy %q: %w", text, err)
			}
			allowed = allowed || matches && s.Effect == "Allow"
			denied = denied || matches && s.Effect == "Deny"
		}
	}
	return allowed && !denied, nil
}

func (s statement) matches(request Request) (bool, error) {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return false, fmt.Errorf("statement %q: effect %q: must be Allow or Deny", s.Sid, s.Effect)
	}
	if len(s.Action) == 0 || (len(s.Principal) == 0) == (len(s.Resource) == 0) {
		return false, fmt.Errorf("statement %q: must have actions, and either resources or a principal", s.Sid)
	}
	holds, err := s.holds(request.Context)
	return holds && s.trusts(request.Principal) && anyMatches(s.Action, request.Action, "(?i)") &&
		(s.Resource == nil || anyMatches(s.Resource, request.Resource, "")), err
}

func (s statement) trusts(principal string) bool {
	if s.Principal == nil {
		return principal == ""
	}
	kind, name, _ := strings.Cut(principal, " ")
	return name != "" && s.Principal[kind] == name
}

func (s statement) holds(context map[string]string) (bool, error) {
	holds := true
	for operator, keys := range s.Condition {
		if operator != "StringEquals" {
			return false, fmt.Errorf("statement %q: operator %q: not supported", s.Sid, operator)
		}
		for key, values := range keys {
			// IAM replaces a variable before it compares.
			if strings.Contains(strings.Join(values, ""), "${") {
				return false, fmt.Errorf("statement %q: variables: not supported", s.Sid)
			}
			value, ok := context[key]
			holds = holds && ok && slices.Contains(values, value)
		}
	}
	return holds, nil
}

// anyMatches reports whether one of the patterns, with * and ?, matches the text.
func anyMatches(patterns []string, text, flags string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		quoted := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		return regexp.MustCompile(flags + `^` + quoted + `$`).MatchString(text)
	})
}
