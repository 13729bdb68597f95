package api

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Principal is who a request was signed by.
type Principal struct {
	// ARN as `aws sts get-caller-identity` prints it,
	// such as arn:aws:iam::000000000000:user/test.
	ARN string
	// UserID is AWS's unique identifier, such as AIDACKCEVSQ6C2EXAMPLE.
	UserID string
}

// Access is one action of one principal on one resource.
type Access struct {
	Principal Principal
	// Action is an IAM action, such as secretsmanager:GetSecretValue.
	Action string
	// Resource is an ARN, the name in the request when no resource has it, or
	// * for actions that have no resource.
	Resource string
}

// Keys are condition keys, and policy variables, that only some accesses have.
type Keys map[string][]string

// Call is a request whose signature has been verified. A service fills in
// Action, Resource and Err for the request log.
type Call struct {
	// Context ends when the client goes away.
	Context context.Context

	Partition, Account, Region string
	Principal                  Principal
	// AccessKeyID is what the request was signed with; empty is unsigned.
	AccessKeyID string
	// SourceIP is where the request came from.
	SourceIP string
	// Now is the server's clock when the request arrived.
	Now       time.Time
	RequestID string

	Action, Resource string
	Err              error

	// Allow decides about an access; nil allows everything.
	Allow func(Access) bool
	// Decide evaluates the principal's own policies; nil is a principal that may
	// do everything.
	Decide func(Access, Keys) error
	// Record logs one access and its outcome; nil logs nothing.
	Record func(action, resource string, err error)
}

// Authorize asks whether the principal may do the action on the resource, and
// answers AWS's AccessDeniedException when it may not.
func (c *Call) Authorize(action, resource string) error {
	return c.AuthorizeWith(action, resource, nil)
}

// AuthorizeWith is Authorize for an access with condition keys of its own.
func (c *Call) AuthorizeWith(action, resource string, keys Keys) error {
	if action == c.Action {
		c.Resource = resource
	}
	access := Access{c.Principal, action, resource}
	if c.Allow != nil && !c.Allow(access) {
		return Denied(access, fmt.Sprintf("because no identity-based policy allows the %s action", action))
	}
	if c.Decide == nil {
		return nil
	}
	return c.Decide(access, keys)
}

// RefuseForeign denies an access to a resource of another account, which the
// resource's own policy would have to allow too: no resource here has one.
func (c *Call) RefuseForeign(action, resource string) error {
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[4] == "" || parts[4] == c.Account {
		return nil
	}
	return Denied(Access{c.Principal, action, resource},
		fmt.Sprintf("because no resource-based policy allows the %s action", action))
}

// Denied is AWS's sentence about an access that was denied, and for what reason.
func Denied(a Access, reason string) error {
	return Errorf(AccessDenied, "User: %s is not authorized to perform: %s on resource: %s %s",
		a.Principal.ARN, a.Action, a.Resource, reason)
}

// Note records an access within the call, such as each secret of a batch.
func (c *Call) Note(action, resource string, err error) {
	if c.Record != nil {
		c.Record(action, resource, err)
	}
}

// ARN is the name of a resource in the call's partition, region and account.
func (c *Call) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", c.Partition, service, c.Region, c.Account, resource)
}

// DNSSuffix is how the names of services end in the call's partition.
func (c *Call) DNSSuffix() string {
	if c.Partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// IAM is the ARN of something in IAM, which has no region.
func (c *Call) IAM(resource string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s", c.Partition, c.Account, resource)
}

type callKey struct{}

// NewContext hands a call to the service that answers it.
func NewContext(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// FromContext returns the call that the server verified. A context without one
// is answered by an empty call, which owns nothing.
func FromContext(ctx context.Context) *Call {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		return c
	}
	return &Call{}
}
