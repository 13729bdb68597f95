package stacks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
)

// The names of hooks are in the state: the engine shows them where it cannot run them.
const (
	guardHook = "eso-aws:keep-foreign-secrets"
	mendHook  = "eso-aws:mend-interrupted-release"
	// A destroy has this one only with its program, and names it when a delete fails.
	causeHook = "eso-aws:cause (pulumi destroy --run-program shows it)"
)

// releaseHooks mend before, explain after, and guard the end of the operator's release.
func (s *stack) releaseHooks() (*pulumi.ResourceHookBinding, error) {
	mend, err := s.ctx.RegisterResourceHook(mendHook, s.mendRelease, nil)
	if err != nil {
		return nil, err
	}
	hooks := s.explainHooks()
	hooks.BeforeCreate = []*pulumi.ResourceHook{mend}
	hooks.BeforeUpdate = []*pulumi.ResourceHook{mend}
	if s.plan.File.KeepCRDs {
		return hooks, nil
	}
	// A destroy deletes the release long after, and without, the program: look again right before it.
	// The hook makes the engine insist on the program: pulumi destroy --run-program.
	guard, err := s.ctx.RegisterResourceHook(guardHook, func(*pulumi.ResourceHookArgs) error {
		client, err := s.connect() // anew: credentials may have run out
		if err != nil {
			return err
		}
		return s.checkForeign(s.ctx.Context(), client)
	}, nil)
	if err != nil {
		return nil, err
	}
	hooks.BeforeDelete = []*pulumi.ResourceHook{guard}
	return hooks, nil
}

// mendRelease gets over what a killed up has left of Helm's records, which no operation of the provider
// would. Before a create, any record is such a leftover, of a release that is not in the state: without
// it Helm installs, and adopts what is there already, which is marked as this release's. Before an
// update, one that is pending is, and becomes a failed one, from which Helm upgrades.
func (s *stack) mendRelease(args *pulumi.ResourceHookArgs) error {
	return s.mend(len(args.OldInputs) == 0)
}

func (s *stack) mend(creating bool) error {
	ctx := s.ctx.Context()
	client, err := s.connect()
	if err != nil {
		return err
	}
	records, err := client.HelmReleases(ctx, operatorNamespace, operatorName)
	if err != nil || len(records) == 0 {
		return err
	}
	if creating {
		return s.clearRecords(ctx, client, records)
	}
	for i := range records {
		record, status := records[i].Name, records[i].Labels["status"]
		if !strings.HasPrefix(status, "pending-") {
			continue
		}
		s.warn("Helm's record %s (%s) was left by an update that was killed: it is marked as failed", record, status)
		if err := client.FailHelmRelease(ctx, operatorNamespace, record); err != nil {
			return err
		}
	}
	return nil
}

// clearRecords removes all records, in a namespace of the stack's own.
func (s *stack) clearRecords(ctx context.Context, client *cluster.Client, records []cluster.Object) error {
	namespace, err := client.Namespace(ctx, operatorNamespace)
	if err != nil {
		return err
	}
	for i := range records {
		record, status := records[i].Name, records[i].Labels["status"]
		if namespace == nil || !s.owns(namespace) {
			return fmt.Errorf("namespace %q has a Helm release %q that is not in this stack's state (%s), and the "+
				"namespace is not this stack's either; if nothing else uses it, run: kubectl delete secret %s -n %s%s",
				operatorNamespace, operatorName, status, record, operatorNamespace, s.contextFlag(client))
		}
		s.warn("Helm's record %s (%s) was left by an update that was killed: it is removed, and what it had "+
			"installed is taken over", record, status)
		if err := client.DeleteSecret(ctx, operatorNamespace, record); err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) warn(format string, args ...any) {
	_ = s.ctx.Log.Warn(fmt.Sprintf(format, args...), nil) // only a lost engine refuses it
}

// registerCause registers the hook of explainHooks.
func (s *stack) registerCause() (err error) {
	s.cause, err = s.ctx.RegisterErrorHook(causeHook, func(args *pulumi.ErrorHookArgs) (bool, error) {
		if s.overtaken(args) {
			return true, s.mend(true)
		}
		// What cannot be explained has failed all the same, for the reason that the engine shows.
		if text, err := s.explain(args); err == nil && text != "" {
			_ = s.ctx.Log.Error(text, nil)
		}
		return false, nil
	})
	return err
}

// overtaken tells whether a create has met the record of a killed up whose plugin went on for a moment
// longer. It waits until that one is gone.
func (s *stack) overtaken(args *pulumi.ErrorHookArgs) bool {
	const attempts, wait = 3, 3 * time.Second
	if !strings.HasSuffix(string(args.Type), ":Release") || args.FailedOperation != "create" ||
		len(args.Errors) > attempts || !strings.Contains(args.Errors[0], "release: already exists") {
		return false
	}
	time.Sleep(wait)
	return true
}

// explainHooks tell why an object did not get ready: the engine shows a timeout, and the cause is in the
// cluster's events.
func (s *stack) explainHooks() *pulumi.ResourceHookBinding {
	return &pulumi.ResourceHookBinding{OnError: []*pulumi.ErrorHook{s.cause}}
}

// explain is what the cluster says of the object, with what to do; empty where it says nothing.
func (s *stack) explain(args *pulumi.ErrorHookArgs) (string, error) {
	client, err := s.connect()
	if err != nil {
		return "", err
	}
	kind, namespace, name := s.located(args.Type, args.Name)
	switch {
	case strings.HasPrefix(string(args.Type), "aws:"):
		return s.refusal(args, kind), nil // AWS says itself what is wrong
	case kind == "Release":
		namespace, kind, name = operatorNamespace, "", "" // its objects are many, and all that is there
	}
	return causes(s.ctx.Context(), client, s.plan, namespace, kind, name)
}
