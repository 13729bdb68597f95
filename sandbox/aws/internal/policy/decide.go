package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Request is the access to decide on.
type Request struct {
	// Action is an IAM action, such as secretsmanager:GetSecretValue.
	Action string
	// Resource is an ARN, or else * or a name, which match only the pattern *.
	Resource string
	// Context holds the values of condition keys and policy variables.
	Context Context
}

// Policies are the policies that apply to a principal in its own account.
type Policies struct {
	// Identity are the principal's identity-based policies: one must allow.
	Identity []*Document
	// Boundary must allow as well, unless it is nil.
	Boundary *Document
	// Session are the session policies: one must allow as well, unless Session is
	// nil.
	Session []*Document
}

// Verdict is a decision. A denial has the end of AWS's message.
type Verdict struct {
	Allowed bool
	Reason  string
}

// UnsupportedError is an element of a policy that this package cannot evaluate.
type UnsupportedError string

// Error names the element.
func (e UnsupportedError) Error() string {
	return fmt.Sprintf("the in-memory AWS cannot evaluate %s in a policy; see sandbox/aws/README.md", string(e))
}

// Decide reports whether the principal may do what it requests.
func (p Policies) Decide(r Request) (Verdict, error) {
	kinds := p.kinds()
	for _, k := range kinds {
		for _, d := range k.documents {
			if err := d.supported(); err != nil {
				return Verdict{}, err
			}
		}
	}
	for _, k := range kinds {
		if k.any(r, false) {
			return Verdict{Reason: fmt.Sprintf("with an explicit deny in %s %s", k.article, k.name)}, nil
		}
	}
	for _, k := range kinds {
		if !k.any(r, true) {
			return Verdict{Reason: fmt.Sprintf("because no %s allows the %s action", k.name, r.Action)}, nil
		}
	}
	return Verdict{Allowed: true}, nil
}

// Guards returns the policies that limit the principal even if a resource-based
// policy allows it.
func (p Policies) Guards() Policies {
	everything := &Document{statements: []statement{{
		effect: "Allow", actions: []string{"*"}, resources: []string{"*"},
	}}}
	p.Identity = append([]*Document{everything}, p.Identity...)
	return p
}

// kind is a kind of policy.
type kind struct {
	article, name string
	documents     []*Document
}

func (p Policies) kinds() []kind {
	kinds := []kind{{"an", "identity-based policy", p.Identity}}
	if p.Boundary != nil {
		kinds = append(kinds, kind{"a", "permissions boundary", []*Document{p.Boundary}})
	}
	if p.Session != nil {
		kinds = append(kinds, kind{"a", "session policy", p.Session})
	}
	return kinds
}

func (k kind) any(r Request, allow bool) bool {
	return slices.ContainsFunc(k.documents, func(d *Document) bool {
		return slices.ContainsFunc(d.statements, func(s statement) bool {
			return s.allows() == allow && s.matchesResource(r, d.variables(r)) && s.applies(r, d.variables(r))
		})
	})
}

func (d *Document) supported() error {
	for _, s := range d.statements {
		if s.notPrincipal {
			return UnsupportedError("NotPrincipal")
		}
		for _, c := range s.conditions {
			if c.operator.base == opBinary {
				return UnsupportedError("the condition operator " + c.operator.name)
			}
		}
	}
	return nil
}

// variables returns the policy variables, or nil if the document's version does
// not support them.
func (d *Document) variables(r Request) Context {
	if d.version == version2008 {
		return nil
	}
	if r.Context == nil {
		return Context{}
	}
	return r.Context
}

// applies reports whether the statement covers the action and its conditions hold.
func (s *statement) applies(r Request, variables Context) bool {
	matches := func(pattern string) bool {
		g, _ := compile(strings.ToLower(pattern), nil, true)
		return g.match(strings.ToLower(r.Action))
	}
	if s.actions != nil && !slices.ContainsFunc(s.actions, matches) || slices.ContainsFunc(s.notActions, matches) {
		return false
	}
	return !slices.ContainsFunc(s.conditions, func(c condition) bool { return !c.holds(r.Context, variables) })
}

func (s *statement) matchesResource(r Request, variables Context) bool {
	matches := func(pattern string) bool {
		g, ok := compile(pattern, variables, true)
		return ok && g.matchARN(r.Resource)
	}
	if s.notResources != nil {
		return !slices.ContainsFunc(s.notResources, matches)
	}
	return slices.ContainsFunc(s.resources, matches)
}
