package stacks

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
	"eso-aws/secretsync"
)

const (
	noteHook    = "eso-aws:note-sync"
	verifyEvery = 250 * time.Millisecond
	// verifyAtOnce spares the API server: secrets can be a thousand.
	verifyAtOnce = 10
)

// verifier makes an up succeed only when every Secret is there and as declared: also those that the up
// did not change, and those whose Ready=True is of an earlier spec or earlier credentials.
type verifier struct {
	stack   *stack
	connect func() (*cluster.Client, error) // the one client of all
	retries *retries
	asking  chan struct{} // as many as may ask at once
	mu      sync.Mutex
	before  map[string]*cluster.Sync // of what this up changes, by name in the state
}

func newVerifier(s *stack) *verifier {
	return &verifier{
		stack: s, connect: sync.OnceValues(s.connect), retries: s.retries,
		asking: make(chan struct{}, verifyAtOnce), before: map[string]*cluster.Sync{},
	}
}

// note keeps how far the operator was before a create or an update. An update without changes is to
// wait for what has failed in the up before.
func (v *verifier) note(args *pulumi.ResourceHookArgs) error {
	client, err := v.connect()
	if err != nil {
		return err
	}
	ctx := v.stack.ctx.Context()
	_, namespace, name := v.stack.located(args.Type, args.Name)
	before, err := v.sync(ctx, client, namespace, name)
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.before[args.Name] = before
	v.mu.Unlock()
	if len(args.OldInputs) > 0 && !args.OldInputs.DeepEquals(args.NewInputs) {
		return nil
	}
	return v.retries.secret(ctx, client, namespace, name, before)
}

// hooks are those of an ExternalSecret.
func (v *verifier) hooks() (*pulumi.ResourceHookBinding, error) {
	note, err := v.stack.ctx.RegisterResourceHook(noteHook, v.note, nil)
	if err != nil {
		return nil, err
	}
	hooks := v.stack.explainHooks()
	hooks.BeforeCreate = []*pulumi.ResourceHook{note}
	hooks.BeforeUpdate = []*pulumi.ResourceHook{note}
	return hooks, nil
}

func (v *verifier) sync(ctx context.Context, client *cluster.Client, namespace, name string) (*cluster.Sync, error) {
	v.asking <- struct{}{}
	defer func() { <-v.asking }()
	return client.ExternalSecret(ctx, v.stack.plan.APIVersion, namespace, name)
}

// keys are the keys of a secret, to export: the export is an up's last word, and without it the up has
// failed. A preview has nothing to wait for.
func (v *verifier) keys(secret *plan.Secret, external pulumi.CustomResource) pulumi.StringArrayInput {
	keys, known := secret.Keys()
	if v.stack.ctx.DryRun() {
		if !known {
			return v.present(secret)
		}
		return pulumi.ToStringArray(keys)
	}
	return external.ID().ApplyT(func(pulumi.ID) ([]string, error) {
		if err := v.verify(secret); err != nil || known {
			return keys, err
		}
		client, err := v.connect()
		if err != nil {
			return nil, err
		}
		return client.SecretKeys(v.stack.ctx.Context(), secret.Namespace, secret.Target)
	}).(pulumi.StringArrayOutput)
}

// present are the keys of a Secret that may be there, to preview those that AWS decides; unknown to who
// may not read it.
func (v *verifier) present(secret *plan.Secret) pulumi.StringArrayInput {
	unknown := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) []string { return nil }).(pulumi.StringArrayOutput)
	client, err := v.connect()
	if err != nil {
		return unknown
	}
	keys, err := client.SecretKeys(v.stack.ctx.Context(), secret.Namespace, secret.Target)
	if err != nil {
		return unknown
	}
	return pulumi.ToStringArray(keys)
}

// verify waits until the ExternalSecret is synced as it is now.
func (v *verifier) verify(secret *plan.Secret) error {
	s := v.stack
	client, err := v.connect()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx.Context(), time.Duration(s.plan.Timeout))
	defer cancel()
	for retried := false; ; retried = true {
		now, err := v.sync(ctx, client, secret.Namespace, secret.Name)
		switch {
		case err == nil && now != nil && v.done(secret, now):
			return nil
		case err == nil && !retried:
			err = v.retries.secret(ctx, client, secret.Namespace, secret.Name, now)
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-time.After(verifyEvery):
		case <-ctx.Done():
			if s.ctx.Context().Err() != nil {
				return s.ctx.Context().Err()
			}
			return v.failure(client, secret)
		}
	}
}

// done tells whether the Secret is as declared. The operator never looks again at one that
// it syncs once, whatever has changed since.
func (v *verifier) done(secret *plan.Secret, now *cluster.Sync) bool {
	if secret.Once() {
		return now.Ready && now.Synced != "" && now.Target == secret.Target
	}
	v.mu.Lock()
	before := v.before[v.stack.resourceName(secret.Namespace, secret.Name)]
	v.mu.Unlock()
	changed := before != nil && (before.Generation != now.Generation || before.Metadata != now.Metadata)
	return now.Current() && now.Target == secret.Target && (!changed || before.Synced != now.Synced)
}

// failure tells why a secret is not synced.
func (v *verifier) failure(client *cluster.Client, secret *plan.Secret) error {
	s := v.stack
	text, err := causes(s.ctx.Context(), client, s.plan, secret.Namespace, secretsync.SecretKind, secret.Name)
	if err != nil || text == "" {
		text = silent(secretsync.SecretKind, secret.Namespace, secret.Name) + s.contextFlag(client)
	}
	return errors.New("not synced after " + time.Duration(s.plan.Timeout).String() + ": " + text)
}
