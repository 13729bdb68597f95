package iamtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Request is what somebody wants to do.
type Request struct {
	// Principal is who, such as Service pods.eks.amazonaws.com; for a trust
	// policy only, and Resource for any other only.
	Principal string
	Action    string
	Resource  string
	// Context are the condition keys and their values.
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

// Allowed tells whether one of the policies allows the request, and none
// denies it.
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
			return false, fmt.Errorf("policy %q: has no statement, or another version", text)
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
		return false, fmt.Errorf("statement %q: effect %q is none", s.Sid, s.Effect)
	}
	if len(s.Action) == 0 || (len(s.Principal) == 0) == (len(s.Resource) == 0) {
		return false, fmt.Errorf("statement %q: needs actions, and either resources or a principal", s.Sid)
	}
	holds, err := s.holds(request.Context)
	return holds && s.who(request.Principal) && anyMatches(s.Action, request.Action, "(?i)") &&
		(s.Resource == nil || anyMatches(s.Resource, request.Resource, "")), err
}

func (s statement) who(principal string) bool {
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
			return false, fmt.Errorf("statement %q: operator %q is not known here", s.Sid, operator)
		}
		for key, values := range keys {
			// A variable would be replaced before it is compared.
			if strings.Contains(strings.Join(values, ""), "${") {
				return false, fmt.Errorf("statement %q: variables are not known here", s.Sid)
			}
			value, ok := context[key]
			holds = holds && ok && slices.Contains(values, value)
		}
	}
	return holds, nil
}

// anyMatches tells whether one of the patterns, with * and ?, is the text's.
func anyMatches(patterns []string, text, flags string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		quoted := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		return regexp.MustCompile(flags + `^` + quoted + `$`).MatchString(text)
	})
}
