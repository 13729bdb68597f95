package api

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Principal is the signer of a request.
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
	// Resource is an ARN, or the name in the request if no such resource exists,
	// or * for actions without a resource.
	Resource string
}

// Keys are condition keys and policy variables of some accesses only.
type Keys map[string][]string

// Call is a request whose signature has been verified. A service fills in
// Action, Resource and Err for the request log.
type Call struct {
	// Context ends when the client goes away.
	Context context.Context

	Partition, Account, Region string
	Principal                  Principal
	// AccessKeyID is the key that signed the request; empty means unsigned.
	AccessKeyID string
	// SourceIP is the client's IP address.
	SourceIP string
	// Now is the server's clock when the request arrived.
	Now       time.Time
	RequestID string

	Action, Resource string
	Err              error

	// Allow decides about an access; nil allows everything.
	Allow func(Access) bool
	// Decide evaluates the principal's own policies; nil means that the principal
	// may do everything.
	Decide func(Access, Keys) error
	// Record logs one access and its outcome; nil logs nothing.
	Record func(action, resource string, err error)
}

// Authorize returns AWS's AccessDeniedException unless the principal may perform
// the action on the resource.
func (c *Call) Authorize(action, resource string) error {
	return c.AuthorizeWith(action, resource, nil)
}

// AuthorizeWith is [Call.Authorize] for an access with condition keys of its own.
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

// RefuseForeign denies access to a resource of another account: the resource's own
// policy would have to allow it, and no resource here has a policy.
func (c *Call) RefuseForeign(action, resource string) error {
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[4] == "" || parts[4] == c.Account {
		return nil
	}
	return Denied(Access{c.Principal, action, resource},
		fmt.Sprintf("because no resource-based policy allows the %s action", action))
}

// Denied returns AWS's error for an access that was denied for the reason.
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

// ARN returns the name of a resource in the call's partition, region and account.
func (c *Call) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", c.Partition, service, c.Region, c.Account, resource)
}

// DNSSuffix returns the domain of the services in the call's partition.
func (c *Call) DNSSuffix() string {
	if c.Partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// IAM returns the ARN of an IAM resource, which has no region.
func (c *Call) IAM(resource string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s", c.Partition, c.Account, resource)
}

type callKey struct{}

// NewContext returns a context with the call, for the service that answers it.
func NewContext(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// FromContext returns the call that the server verified, or an empty call if there
// is none.
func FromContext(ctx context.Context) *Call {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		return c
	}
	return &Call{}
}
