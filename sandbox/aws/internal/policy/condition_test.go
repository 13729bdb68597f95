package policy_test

import (
	"fmt"
	"testing"

	"eso-aws/sandbox/aws/internal/policy"
)

// TestConditions has each operator hold and not hold, and what it makes of a key
// that the request does not have.
func TestConditions(t *testing.T) {
	t.Parallel()
	keys := context(map[string][]string{
		"k:text": {"Prod"}, "k:arn": {"arn:aws:iam::000000000000:role/eso/reader"}, "k:yes": {"true"},
		"k:ip": {"203.0.113.7"}, "k:number": {"15"}, "k:date": {"2026-03-01T12:00:00Z"}, "k:epoch": {"1772366400"},
		"k:tags": {"a", "b"}, "k:same": {"Prod"}, "k:star": {"*"}, "k:ip6": {"2001:db8::7"},
	})
	for name, test := range map[string]struct {
		Operator, Key, Values string
		Want                  bool
	}{
		"StringEquals":                    {"StringEquals", "k:text", `"Prod"`, true},
		"StringEqualsKeyCase":             {"StringEquals", "K:Text", `"Prod"`, true},
		"StringEqualsAny":                 {"StringEquals", "k:text", `["Dev","Prod"]`, true},
		"StringEqualsCase":                {"StringEquals", "k:text", `"prod"`, false},
		"StringEqualsHasNoWildcards":      {"StringEquals", "k:text", `"P*"`, false},
		"StringEqualsNoValues":            {"StringEquals", "k:text", `[]`, false},
		"StringEqualsAbsent":              {"StringEquals", "k:absent", `"Prod"`, false},
		"StringEqualsIfExists":            {"StringEqualsIfExists", "k:absent", `"Prod"`, true},
		"StringEqualsIfExistsOther":       {"StringEqualsIfExists", "k:text", `"Dev"`, false},
		"StringEqualsVariable":            {"StringEquals", "k:text", `"${k:same}"`, true},
		"StringEqualsVariableAbsent":      {"StringEquals", "k:text", `"${k:absent}"`, false},
		"StringEqualsIgnoreCase":          {"StringEqualsIgnoreCase", "k:text", `"pROD"`, true},
		"StringEqualsIgnoreCaseOther":     {"StringEqualsIgnoreCase", "k:text", `"dev"`, false},
		"StringNotEquals":                 {"StringNotEquals", "k:text", `"Dev"`, true},
		"StringNotEqualsAll":              {"StringNotEquals", "k:text", `["Dev","Prod"]`, false},
		"StringNotEqualsAbsent":           {"StringNotEquals", "k:absent", `"Prod"`, true},
		"StringNotEqualsIgnoreCase":       {"StringNotEqualsIgnoreCase", "k:text", `"PROD"`, false},
		"StringNotEqualsIgnoreCaseOther":  {"StringNotEqualsIgnoreCase", "k:text", `"DEV"`, true},
		"StringLike":                      {"StringLike", "k:text", `"P?o*"`, true},
		"StringLikeOther":                 {"StringLike", "k:text", `"P?"`, false},
		"StringLikeCase":                  {"StringLike", "k:text", `"p*"`, false},
		"StringLikeEscaped":               {"StringLike", "k:text", `"${*}"`, false},
		"StringLikeEscapedStar":           {"StringLike", "k:star", `"${*}"`, true},
		"StringNotLike":                   {"StringNotLike", "k:text", `"P*"`, false},
		"StringNotLikeOther":              {"StringNotLike", "k:text", `"D*"`, true},
		"ArnEqualsHasWildcards":           {"ArnEquals", "k:arn", `"arn:aws:iam::*:role/*"`, true},
		"ArnLike":                         {"ArnLike", "k:arn", `"arn:aws:iam::000000000000:role/eso/*"`, true},
		"ArnLikeStaysInItsPart":           {"ArnLike", "k:arn", `"arn:*:role/eso/reader"`, false},
		"ArnLikeText":                     {"ArnLike", "k:text", `"arn:aws:iam::*:role/*"`, false},
		"ArnNotEquals":                    {"ArnNotEquals", "k:arn", `"arn:aws:iam::*:role/*"`, false},
		"ArnNotLike":                      {"ArnNotLike", "k:arn", `"arn:aws:iam::*:user/*"`, true},
		"Bool":                            {"Bool", "k:yes", `"True"`, true},
		"BoolUnquoted":                    {"Bool", "k:yes", `true`, true},
		"BoolOther":                       {"Bool", "k:yes", `false`, false},
		"BoolAbsent":                      {"Bool", "k:absent", `"false"`, false},
		"BoolIfExists":                    {"BoolIfExists", "k:absent", `"false"`, true},
		"NullTrue":                        {"Null", "k:absent", `"true"`, true},
		"NullTruePresent":                 {"Null", "k:text", `"true"`, false},
		"NullFalse":                       {"Null", "k:text", `false`, true},
		"NullFalseAbsent":                 {"Null", "k:absent", `"false"`, false},
		"IpAddress":                       {"IpAddress", "k:ip", `"203.0.113.0/24"`, true},
		"IpAddressSingle":                 {"IpAddress", "k:ip", `"203.0.113.7"`, true},
		"IpAddressOther":                  {"IpAddress", "k:ip", `"198.51.100.0/24"`, false},
		"IpAddress6":                      {"IpAddress", "k:ip6", `"2001:db8::/32"`, true},
		"IpAddressText":                   {"IpAddress", "k:text", `"0.0.0.0/0"`, false},
		"NotIpAddress":                    {"NotIpAddress", "k:ip", `["198.51.100.0/24","203.0.113.8"]`, true},
		"NotIpAddressIn":                  {"NotIpAddress", "k:ip", `"203.0.113.0/24"`, false},
		"NumericEquals":                   {"NumericEquals", "k:number", `15.0`, true},
		"NumericNotEquals":                {"NumericNotEquals", "k:number", `"15"`, false},
		"NumericLessThan":                 {"NumericLessThan", "k:number", `"15"`, false},
		"NumericLessThanEquals":           {"NumericLessThanEquals", "k:number", `"15"`, true},
		"NumericGreaterThan":              {"NumericGreaterThan", "k:number", `"9"`, true},
		"NumericGreaterThanEquals":        {"NumericGreaterThanEquals", "k:number", `"16"`, false},
		"NumericText":                     {"NumericLessThan", "k:text", `"15"`, false},
		"DateEquals":                      {"DateEquals", "k:date", `"2026-03-01T13:00:00+01:00"`, true},
		"DateEqualsEpoch":                 {"DateEquals", "k:date", `"1772366400"`, true},
		"DateNotEquals":                   {"DateNotEquals", "k:date", `"2026-03-01"`, true},
		"DateLessThan":                    {"DateLessThan", "k:date", `"2026-03-02"`, true},
		"DateLessThanEquals":              {"DateLessThanEquals", "k:date", `"2026-03-01T12:00:00Z"`, true},
		"DateGreaterThan":                 {"DateGreaterThan", "k:epoch", `"2026-03-01T12:00:00Z"`, false},
		"DateGreaterThanEquals":           {"DateGreaterThanEquals", "k:epoch", `"2026"`, true},
		"DateText":                        {"DateLessThan", "k:text", `"2026"`, false},
		"ForAnyValue":                     {"ForAnyValue:StringEquals", "k:tags", `["b","c"]`, true},
		"ForAnyValueNone":                 {"ForAnyValue:StringEquals", "k:tags", `["c"]`, false},
		"ForAnyValueAbsent":               {"ForAnyValue:StringEquals", "k:absent", `["c"]`, false},
		"ForAnyValueNegated":              {"ForAnyValue:StringNotEquals", "k:tags", `["a"]`, true},
		"ForAnyValueNegatedAbsent":        {"ForAnyValue:StringNotEquals", "k:absent", `["a"]`, false},
		"ForAnyValueIfExists":             {"ForAnyValue:StringEqualsIfExists", "k:absent", `["a"]`, true},
		"ForAllValues":                    {"ForAllValues:StringEquals", "k:tags", `["a","b","c"]`, true},
		"ForAllValuesOneMore":             {"ForAllValues:StringEquals", "k:tags", `["a"]`, false},
		"ForAllValuesAbsent":              {"ForAllValues:StringEquals", "k:absent", `["a"]`, true},
		"ForAllValuesNegated":             {"ForAllValues:StringNotLike", "k:tags", `["x*"]`, true},
		"ForAllValuesNegatedOne":          {"ForAllValues:StringNotLike", "k:tags", `["b*"]`, false},
		"SeveralValuesWithoutSetOperator": {"StringEquals", "k:tags", `"b"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := policy.Policies{Identity: []*policy.Document{identity(t, fmt.Sprintf(
				`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{%q:{%q:%s}}}`,
				test.Operator, test.Key, test.Values))}}
			got := decide(t, p, policy.Request{Action: read, Resource: secret, Context: keys})
			equal(t, got.Allowed, test.Want)
		})
	}
}

// TestConditionsTogether wants all operators and all keys to hold, and of a deny
// as well.
func TestConditionsTogether(t *testing.T) {
	t.Parallel()
	keys := context(map[string][]string{"k:a": {"1"}, "k:b": {"2"}})
	for name, test := range map[string]struct {
		Conditions string
		Want       bool
	}{
		"BothKeys":      {`{"StringEquals":{"k:a":"1","k:b":"2"}}`, true},
		"OneKey":        {`{"StringEquals":{"k:a":"1","k:b":"3"}}`, false},
		"BothOperators": {`{"StringEquals":{"k:a":"1"},"NumericLessThan":{"k:b":"3"}}`, true},
		"OneOperator":   {`{"StringEquals":{"k:a":"1"},"NumericLessThan":{"k:b":"1"}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for effect, want := range map[string]bool{"Allow": test.Want, "Deny": !test.Want} {
				documents := []*policy.Document{identity(t, fmt.Sprintf(
					`{"Effect":%q,"Action":"*","Resource":"*","Condition":%s}`, effect, test.Conditions))}
				if effect == "Deny" {
					documents = append(documents, identity(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`))
				}
				got := decide(t, policy.Policies{Identity: documents},
					policy.Request{Action: read, Resource: secret, Context: keys})
				equal(t, got.Allowed, want)
			}
		})
	}
}

// TestOldVersion has no variables: they are text.
func TestOldVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]policy.Trust{"2008-10-17": policy.Untrusted, "2012-10-17": policy.Trusted} {
		d, err := policy.ParseTrust(fmt.Sprintf(`{"Version":%q,"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
			"Principal":{"Service":"pods.eks.amazonaws.com"},"Condition":{"StringEquals":{"k:a":"${k:b}"}}}}`, version),
			"aws", "000000000000", nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Trust(policy.Principal{Service: "pods.eks.amazonaws.com"}, policy.Request{
			Action: "sts:AssumeRole", Context: context(map[string][]string{"k:a": {"1"}, "k:b": {"1"}}),
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, want)
	}
}
