package stacks

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
)

// The state contains the names of the hooks. The engine prints them if it cannot run the hooks.
const (
	guardHook  = "eso-aws:keep-foreign-secrets"
	mendHook   = "eso-aws:mend-interrupted-release"
	settleHook = "eso-aws:settle"
	retryHook  = "eso-aws:retry"
	noteHook   = "eso-aws:note-sync"
	// A destroy runs this one only with its program, and prints the name when a delete fails.
	causeHook = "eso-aws:cause (pulumi destroy --run-program shows it)"
)

// hooks are the registered hooks.
type hooks struct {
	guard  *pulumi.ResourceHook // checks that the CRDs can be deleted
	mend   *pulumi.ResourceHook // repairs Helm's records
	settle *pulumi.ResourceHook // waits until EKS knows the Pod Identity association
	retry  *pulumi.ResourceHook // retries a store
	note   *pulumi.ResourceHook // notes the state of an ExternalSecret
	cause  *pulumi.ErrorHook    // prints why an operation failed
}

func (s *stack) registerHooks() (err error) {
	for _, hook := range []struct {
		name       string
		registered **pulumi.ResourceHook
		run        pulumi.ResourceHookFunction
	}{
		{guardHook, &s.guard, s.guardCRDs},
		{mendHook, &s.mend, func(args *pulumi.ResourceHookArgs) error {
			return s.mendRecords(len(args.OldInputs) == 0)
		}},
		{settleHook, &s.settle, s.awaitAssociation},
		{retryHook, &s.retry, s.beforeStoreUpdate},
		{noteHook, &s.note, s.noteSync},
	} {
		if *hook.registered, err = s.ctx.RegisterResourceHook(hook.name, hook.run, nil); err != nil {
			return err
		}
	}
	s.cause, err = s.ctx.RegisterErrorHook(causeHook, s.afterError)
	return err
}

// bind returns hooks for a resource: before runs before a create and an update. If an operation fails, the cause is
// printed: the engine only reports a timeout, and the cause is in the cluster's events.
func (s *stack) bind(before ...*pulumi.ResourceHook) *pulumi.ResourceHookBinding {
	return &pulumi.ResourceHookBinding{
		BeforeCreate: before, BeforeUpdate: before, OnError: []*pulumi.ErrorHook{s.cause},
	}
}

// guardCRDs checks again right before the deletion: a destroy deletes the release long after preflight. Its hook
// makes the engine insist on the program: pulumi destroy --run-program.
func (s *stack) guardCRDs(*pulumi.ResourceHookArgs) error {
	p := preflight{stack: s}
	if err := p.checkForeign(); err != nil {
		return err
	}
	return p.problems.Err()
}

// mendRecords repairs what a killed up left in Helm's records, which no operation of the provider does. Before
// a create, any record is a leftover, because the state has no release. Without the record Helm installs the
// release, and adopts the objects that are marked as this release's. Before an update, a pending record is a
// leftover. Marked as failed, Helm upgrades from it.
func (s *stack) mendRecords(creating bool) error {
	ctx := s.ctx.Context()
	records, err := s.client.HelmReleases(ctx, operatorNamespace, operatorName)
	if err != nil || len(records) == 0 {
		return err
	}
	if creating {
		return s.deleteRecords(records)
	}
	for i := range records {
		record, status := records[i].Name, records[i].Labels["status"]
		if !strings.HasPrefix(status, "pending-") {
			continue
		}
		s.warn("marking Helm's record %s (%s) of a killed pulumi up as failed", record, status)
		if err := s.client.FailHelmRelease(ctx, operatorNamespace, record); err != nil {
			return err
		}
	}
	return nil
}

// deleteRecords deletes Helm's records, but only in a namespace of this stack.
func (s *stack) deleteRecords(records []cluster.Object) error {
	ctx := s.ctx.Context()
	namespace, err := s.client.Namespace(ctx, operatorNamespace)
	if err != nil {
		return err
	}
	for i := range records {
		record, status := records[i].Name, records[i].Labels["status"]
		if namespace == nil || !s.owns(namespace) {
			return fmt.Errorf("namespace %q has a Helm release %q that is not in this stack's state (%s), and the "+
				"namespace does not belong to this stack; if nothing uses the release, run kubectl delete secret %s%s",
				operatorNamespace, operatorName, status, record, s.flags(operatorNamespace))
		}
		s.warn("deleting Helm's record %s (%s) of a killed pulumi up; this one takes over what it installed",
			record, status)
		if err := s.client.DeleteSecret(ctx, operatorNamespace, record); err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) warn(format string, args ...any) {
	_ = s.ctx.Log.Warn(fmt.Sprintf(format, args...), nil) // fails only if the engine is gone
}

// afterError prints the cause of an error, or retries after a killed up.
func (s *stack) afterError(args *pulumi.ErrorHookArgs) (retry bool, err error) {
	if metKilledUp(args) {
		return true, s.mendRecords(true)
	}
	// Without an explanation, the engine's own error remains.
	if text, err := s.explain(args); err == nil && text != "" {
		_ = s.ctx.Log.Error(text, nil)
	}
	return false, nil
}

// metKilledUp reports whether a create failed on the record of a killed up whose plugin was still running. It
// then waits for the plugin to end.
func metKilledUp(args *pulumi.ErrorHookArgs) bool {
	const attempts, wait = 3, 3 * time.Second
	if !strings.HasSuffix(string(args.Type), ":Release") || args.FailedOperation != "create" ||
		len(args.Errors) > attempts || !strings.Contains(args.Errors[0], "release: already exists") {
		return false
	}
	time.Sleep(wait)
	return true
}

// explain returns the cause of a failure and its fix, or "" if they are unknown.
func (s *stack) explain(args *pulumi.ErrorHookArgs) (string, error) {
	object := s.referenceOf(args.Type, args.Name)
	switch {
	case strings.HasPrefix(string(args.Type), "aws:"):
		return s.refusal(args, object.kind), nil // the cause is AWS's own message
	case object.kind == "Release":
		object = reference{namespace: operatorNamespace} // all its objects, such as its pods
	}
	return s.causes(s.ctx.Context(), object)
}
