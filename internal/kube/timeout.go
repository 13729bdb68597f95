package kube

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Timeout limits each operation of a resource; 0 is the provider's default.
type Timeout time.Duration

// Options returns the resource options that set the timeout.
func (t Timeout) Options() []pulumi.ResourceOption {
	if t == 0 {
		return nil
	}
	d := time.Duration(t).String()
	return []pulumi.ResourceOption{pulumi.Timeouts(&pulumi.CustomTimeouts{Create: d, Update: d, Delete: d})}
}

// seconds returns the timeout in whole seconds, rounded up.
func (t Timeout) seconds() int {
	return int((time.Duration(t) + time.Second - 1) / time.Second)
}
