package stacks

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/wait"

	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
)

const (
	pollInterval = 250 * time.Millisecond
	// maxRequests spares the API server: a stack can have a thousand ExternalSecrets.
	maxRequests = 10
)

// noteSync records the state before a create or an update. It makes the operator retry unless the update changes
// something: an update without changes only waits for what failed in the last up.
func (s *stack) noteSync(args *pulumi.ResourceHookArgs) error {
	object := s.referenceOf(args.Type, args.Name)
	before, err := s.sync(s.ctx.Context(), object)
	if err != nil {
		return err
	}
	s.before.Store(object, before)
	if len(args.OldInputs) > 0 && !args.OldInputs.DeepEquals(args.NewInputs) {
		return nil
	}
	return s.retrySecret(s.ctx.Context(), object, before)
}

// sync returns the state of an ExternalSecret, or nil if it does not exist.
func (s *stack) sync(ctx context.Context, object reference) (*cluster.Sync, error) {
	s.requests <- struct{}{}
	defer func() { <-s.requests }()
	return s.client.ExternalSecret(ctx, s.plan.APIVersion, object.namespace, object.name)
}

// keys returns the keys of a Secret as an output, which resolves when the Secret is in sync. The up fails
// without it. In a preview it does not wait.
func (s *stack) keys(secret *plan.Secret, external pulumi.CustomResource) pulumi.StringArrayInput {
	keys, known := secret.Keys()
	present := func() ([]string, error) {
		return s.client.SecretKeys(s.ctx.Context(), secret.Namespace, secret.Target)
	}
	switch {
	case s.ctx.DryRun() && known:
		return pulumi.ToStringArray(keys)
	case s.ctx.DryRun(): // AWS decides: assume those of the Secret, if there is one that the user can read
		if keys, err := present(); err == nil {
			return pulumi.ToStringArray(keys)
		}
		return pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) []string { return nil }).(pulumi.StringArrayOutput)
	}
	return external.ID().ApplyT(func(pulumi.ID) ([]string, error) {
		if err := s.verify(secret); err != nil || known {
			return keys, err
		}
		return present()
	}).(pulumi.StringArrayOutput)
}

// verify waits until a Secret is in sync.
func (s *stack) verify(secret *plan.Secret) error {
	object, up, timeout, retried := secretReference(secret), s.ctx.Context(), time.Duration(s.plan.Timeout), false
	err := wait.PollUntilContextTimeout(up, pollInterval, timeout, true, func(ctx context.Context) (bool, error) {
		now, err := s.sync(ctx, object)
		if err == nil && now != nil && s.inSync(secret, now) {
			return true, nil
		}
		if err == nil && !retried {
			err, retried = s.retrySecret(ctx, object, now), true
		}
		if ctx.Err() != nil {
			err = nil // the poll reports that it was interrupted
		}
		return false, err
	})
	if wait.Interrupted(err) && up.Err() == nil {
		return s.failure(object)
	}
	return err
}

// inSync reports whether a Secret is in sync. The operator never looks again at one that it syncs only once,
// even if its declaration changes.
func (s *stack) inSync(secret *plan.Secret, now *cluster.Sync) bool {
	if secret.Once() {
		return now.Ready && now.Synced != "" && now.Target == secret.Target
	}
	noted, _ := s.before.Load(secretReference(secret))
	before, _ := noted.(*cluster.Sync)
	changed := before != nil && (before.Generation != now.Generation || before.Metadata != now.Metadata)
	return now.Current() && now.Target == secret.Target && (!changed || before.Synced != now.Synced)
}

// failure returns why an ExternalSecret is not synced.
func (s *stack) failure(object reference) error {
	text, err := s.causes(s.ctx.Context(), object)
	if err != nil || text == "" {
		text = noCause(object) + s.flags("")
	}
	return errors.New("not synced after " + time.Duration(s.plan.Timeout).String() + ": " + text)
}
