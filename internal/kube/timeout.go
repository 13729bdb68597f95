package kube

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Timeout bounds each of a resource's operations; 0 leaves it to the provider.
type Timeout time.Duration

// Options are the resource options that set the timeout.
func (t Timeout) Options() []pulumi.ResourceOption {
	if t == 0 {
		return nil
	}
	d := time.Duration(t).String()
	return []pulumi.ResourceOption{pulumi.Timeouts(&pulumi.CustomTimeouts{Create: d, Update: d, Delete: d})}
}

// Seconds is the timeout in whole seconds, rounded up.
func (t Timeout) Seconds() int {
	return int((time.Duration(t) + time.Second - 1) / time.Second)
}
