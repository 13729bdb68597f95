package stacks

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/wait"

	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
)

const (
	noteHook     = "eso-aws:note-sync"
	pollInterval = 250 * time.Millisecond
	// maxRequests spares the API server: a stack can have a thousand ExternalSecrets.
	maxRequests = 10
)

// verifier makes an up succeed only when every Secret is in sync with its declaration. This includes Secrets
// that the up did not change, and those with a Ready=True for an earlier spec or earlier credentials.
type verifier struct {
	*stack
	requests chan struct{} // limits the concurrent requests
	mu       sync.Mutex
	before   map[reference]*cluster.Sync // the state before this up changed it
}

func newVerifier(s *stack) *verifier {
	return &verifier{stack: s, requests: make(chan struct{}, maxRequests), before: map[reference]*cluster.Sync{}}
}

// hooks returns the hooks of an ExternalSecret.
func (v *verifier) hooks() (*pulumi.ResourceHookBinding, error) {
	note, err := v.ctx.RegisterResourceHook(noteHook, v.note, nil)
	if err != nil {
		return nil, err
	}
	hooks := v.explainHooks()
	hooks.BeforeCreate = []*pulumi.ResourceHook{note}
	hooks.BeforeUpdate = []*pulumi.ResourceHook{note}
	return hooks, nil
}

// note records the state before a create or an update. It makes the operator retry unless the update changes
// something: an update without changes only waits for what failed in the last up.
func (v *verifier) note(args *pulumi.ResourceHookArgs) error {
	object := v.referenceOf(args.Type, args.Name)
	before, err := v.sync(v.ctx.Context(), object)
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.before[object] = before
	v.mu.Unlock()
	if len(args.OldInputs) > 0 && !args.OldInputs.DeepEquals(args.NewInputs) {
		return nil
	}
	return v.retrySecret(v.ctx.Context(), object, before)
}

// sync returns the state of an ExternalSecret, or nil if it does not exist.
func (v *verifier) sync(ctx context.Context, object reference) (*cluster.Sync, error) {
	v.requests <- struct{}{}
	defer func() { <-v.requests }()
	return v.client.ExternalSecret(ctx, v.plan.APIVersion, object.namespace, object.name)
}

// keys returns the keys of a Secret as an output, which resolves when the Secret is in sync. The up fails
// without it. In a preview it does not wait.
func (v *verifier) keys(secret *plan.Secret, external pulumi.CustomResource) pulumi.StringArrayInput {
	keys, known := secret.Keys()
	present := func() ([]string, error) {
		return v.client.SecretKeys(v.ctx.Context(), secret.Namespace, secret.Target)
	}
	switch {
	case v.ctx.DryRun() && known:
		return pulumi.ToStringArray(keys)
	case v.ctx.DryRun(): // AWS decides: assume those of the Secret, if there is one that the user can read
		if keys, err := present(); err == nil {
			return pulumi.ToStringArray(keys)
		}
		return pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) []string { return nil }).(pulumi.StringArrayOutput)
	}
	return external.ID().ApplyT(func(pulumi.ID) ([]string, error) {
		if err := v.verify(secret); err != nil || known {
			return keys, err
		}
		return present()
	}).(pulumi.StringArrayOutput)
}

// verify waits until a Secret is in sync.
func (v *verifier) verify(secret *plan.Secret) error {
	object, up, timeout, retried := secretReference(secret), v.ctx.Context(), time.Duration(v.plan.Timeout), false
	err := wait.PollUntilContextTimeout(up, pollInterval, timeout, true, func(ctx context.Context) (bool, error) {
		now, err := v.sync(ctx, object)
		if err == nil && now != nil && v.inSync(secret, now) {
			return true, nil
		}
		if err == nil && !retried {
			err, retried = v.retrySecret(ctx, object, now), true
		}
		if ctx.Err() != nil { // the poll reports it
			return false, nil
		}
		return false, err
	})
	if wait.Interrupted(err) && up.Err() == nil {
		return v.failure(object)
	}
	return err
}

// inSync reports whether a Secret is in sync. The operator never looks again at one that it syncs only once,
// even if its declaration changes.
func (v *verifier) inSync(secret *plan.Secret, now *cluster.Sync) bool {
	if secret.Once() {
		return now.Ready && now.Synced != "" && now.Target == secret.Target
	}
	v.mu.Lock()
	before := v.before[secretReference(secret)]
	v.mu.Unlock()
	changed := before != nil && (before.Generation != now.Generation || before.Metadata != now.Metadata)
	return now.Current() && now.Target == secret.Target && (!changed || before.Synced != now.Synced)
}

// failure returns why an ExternalSecret is not synced.
func (v *verifier) failure(object reference) error {
	text, err := v.causes(v.ctx.Context(), object)
	if err != nil || text == "" {
		text = noCause(object) + v.flags("")
	}
	return errors.New("not synced after " + time.Duration(v.plan.Timeout).String() + ": " + text)
}
