package policy

import (
	"slices"
	"strings"
)

// Principal wants to assume a role: a service, a federated identity, or a principal
// of an account.
type Principal struct {
	// Service is a service principal, such as pods.eks.amazonaws.com.
	Service string
	// Federated is the ARN of the identity provider.
	Federated string
	// Account and ARNs are of a user or of a role: a session has its own ARN
	// and its role's.
	Account string
	ARNs    []string
}

// Trust is the decision of a trust policy on a principal.
type Trust int

const (
	// Untrusted may not assume the role.
	Untrusted Trust = iota
	// TrustedAccount may if its own policies allow it, because the role trusts
	// the whole account.
	TrustedAccount
	// Trusted may: the role names the principal.
	Trusted
	// Refused may not: an explicit deny.
	Refused
)

// Trust decides whether the principal may assume the role. It ignores the resource
// of the request, which is the role.
func (d *Document) Trust(p Principal, r Request) (Trust, error) {
	if err := d.supported(); err != nil {
		return Untrusted, err
	}
	best := Untrusted
	for _, s := range d.statements {
		trust := s.names(p)
		if trust == Untrusted || !s.applies(r, d.variables(r)) {
			continue
		}
		if !s.allows() {
			return Refused, nil
		}
		best = max(best, trust)
	}
	return best, nil
}

// Trusts reports whether the document trusts the principal for the action under
// any conditions.
func (d *Document) Trusts(p Principal, action string) bool {
	return slices.ContainsFunc(d.statements, func(s statement) bool {
		s.conditions = nil
		return s.allows() && !s.notPrincipal && s.names(p) != Untrusted && s.applies(Request{Action: action}, nil)
	})
}

func (s *statement) names(p Principal) Trust {
	best := Untrusted
	for _, named := range s.principals {
		switch named.kind {
		case "Service":
			if p.Service != "" && p.Service == named.value {
				return Trusted
			}
		case "Federated":
			if p.Federated != "" && p.Federated == named.value {
				return Trusted
			}
		case "AWS":
			best = max(best, named.trust(p))
		}
	}
	return best
}

func (p principal) trust(who Principal) Trust {
	parts := strings.SplitN(p.value, ":", arnParts)
	wholeAccount := p.value == who.Account ||
		len(parts) == arnParts && parts[2] == "iam" && parts[4] == who.Account && parts[5] == "root"
	switch {
	case who.Account == "":
		return Untrusted
	case p.value == "*" || slices.Contains(who.ARNs, p.value):
		return Trusted
	case wholeAccount:
		return TrustedAccount
	default:
		return Untrusted
	}
}
