package policy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// MalformedError is IAM's message about an invalid document.
type MalformedError string

// Error returns the message.
func (e MalformedError) Error() string { return string(e) }

// errSyntax is IAM's only message for syntax errors.
const errSyntax = MalformedError("Syntax errors in policy.")

const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// Document is a policy from [ParseIdentity] or [ParseTrust]. It does not change.
type Document struct {
	version    string
	statements []statement
}

type statement struct {
	sid, effect             string
	principals              []principal
	notPrincipal            bool
	actions, notActions     []string
	resources, notResources []string
	conditions              []condition
}

// principal is a value of a Principal element and its kind: AWS, Service, Federated
// or CanonicalUser.
type principal struct{ kind, value string }

func (s *statement) allows() bool { return s.effect == "Allow" }

// parse parses the grammar that is common to all kinds of policies.
func parse(text string) (*Document, error) {
	members, err := object([]byte(text))
	if err != nil {
		return nil, err
	}
	d := &Document{version: version2008}
	for name, raw := range members {
		switch name {
		case "Version":
			d.version, err = text1(raw)
			if err == nil && d.version != version2008 && d.version != version2012 {
				err = errSyntax
			}
		case "Id":
			_, err = text1(raw)
		case "Statement":
			d.statements, err = statements(raw)
		default:
			err = errSyntax
		}
		if err != nil {
			return nil, err
		}
	}
	if len(d.statements) == 0 {
		return nil, errSyntax
	}
	return d, nil
}

func statements(raw json.RawMessage) ([]statement, error) {
	list := []json.RawMessage{raw}
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, errSyntax
		}
	}
	var all []statement
	for _, one := range list {
		s, err := readStatement(one)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func readStatement(raw json.RawMessage) (statement, error) {
	members, err := object(raw)
	if err != nil {
		return statement{}, err
	}
	for _, name := range []string{"Action", "Resource", "Principal"} {
		_, plain := members[name]
		if _, negated := members["Not"+name]; plain && negated {
			return statement{}, errSyntax
		}
	}
	var s statement
	for name, raw := range members {
		if err := s.set(name, raw); err != nil {
			return statement{}, err
		}
	}
	// IAM checks the case of the effect later, with another message.
	if e := strings.ToLower(s.effect); e != "allow" && e != "deny" {
		return statement{}, errSyntax
	}
	return s, nil
}

func (s *statement) set(name string, raw json.RawMessage) (err error) {
	switch name {
	case "Sid":
		s.sid, err = text1(raw)
	case "Effect":
		s.effect, err = text1(raw)
	case "Action":
		s.actions, err = texts(raw)
	case "NotAction":
		s.notActions, err = texts(raw)
	case "Resource":
		s.resources, err = texts(raw)
	case "NotResource":
		s.notResources, err = texts(raw)
	case "Principal", "NotPrincipal":
		s.notPrincipal = name == "NotPrincipal"
		s.principals, err = principals(raw)
	case "Condition":
		s.conditions, err = conditions(raw)
	default:
		err = errSyntax
	}
	return err
}

func principals(raw json.RawMessage) ([]principal, error) {
	if everyone, err := text1(raw); err == nil {
		if everyone != "*" {
			return nil, errSyntax
		}
		return []principal{{"AWS", "*"}}, nil
	}
	members, err := object(raw)
	if err != nil || len(members) == 0 {
		return nil, errSyntax
	}
	var all []principal
	for kind, raw := range members {
		if !slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, kind) {
			return nil, errSyntax
		}
		values, err := texts(raw)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			all = append(all, principal{kind, v})
		}
	}
	slices.SortFunc(all, func(a, b principal) int { return strings.Compare(a.kind+a.value, b.kind+b.value) })
	return all, nil
}

func conditions(raw json.RawMessage) ([]condition, error) {
	operators, err := object(raw)
	if err != nil {
		return nil, err
	}
	var all []condition
	for name, raw := range operators {
		op, ok := parseOperator(name)
		if !ok {
			return nil, errSyntax
		}
		keys, err := object(raw)
		if err != nil {
			return nil, err
		}
		for key, raw := range keys {
			values, err := scalars(raw)
			if err != nil {
				return nil, err
			}
			all = append(all, condition{op, key, values})
		}
	}
	return all, nil
}

// object parses a JSON object with case-sensitive and unique names, which
// encoding/json does not require.
func object(raw []byte) (map[string]json.RawMessage, error) {
	if !json.Valid(raw) {
		return nil, errSyntax
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errSyntax
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errSyntax
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, errSyntax
		}
		key, _ := name.(string)
		if _, taken := members[key]; taken {
			return nil, errSyntax
		}
		members[key] = raw
	}
	return members, nil
}

func text1(raw json.RawMessage) (string, error) {
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", errSyntax
	}
	return *s, nil
}

func texts(raw json.RawMessage) ([]string, error) {
	if one, err := text1(raw); err == nil {
		return []string{one}, nil
	}
	var list []*string
	if err := json.Unmarshal(raw, &list); err != nil || list == nil || slices.Contains(list, nil) {
		return nil, errSyntax
	}
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = *s
	}
	return all, nil
}

// scalars parses the values of a condition. IAM also accepts booleans and numbers.
func scalars(raw json.RawMessage) ([]string, error) {
	list := []json.RawMessage{raw}
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, errSyntax
		}
	}
	var all []string
	for _, one := range list {
		switch c := bytes.TrimSpace(one); c[0] {
		case '{', '[', 'n':
			return nil, errSyntax
		case '"':
			s, err := text1(one)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		default:
			all = append(all, string(c))
		}
	}
	return all, nil
}
