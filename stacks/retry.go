package stacks

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
	"eso-aws/secretsync"
)

const (
	retryHook  = "eso-aws:retry"
	settleHook = "eso-aws:settle"
	// storeWithin is how long a store gets to become ready when it is tried again, and
	// podsWithin when the operator is started again for it.
	storeWithin, podsWithin = 5 * time.Second, 20 * time.Second
	// settling is how long an association of Pod Identity takes to be effective: several seconds, as
	// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html says.
	settling = 10 * time.Second
)

// registerSettle registers the hook that keeps the operator's pods from being made before EKS would give
// them credentials.
func (s *stack) registerSettle() (err error) {
	s.settle, err = s.ctx.RegisterResourceHook(settleHook, func(*pulumi.ResourceHookArgs) error {
		_ = s.ctx.Log.Info(fmt.Sprintf("Waiting %v until the association is effective in EKS.", settling), nil)
		time.Sleep(settling)
		return nil
	}, nil)
	return err
}

// retryStore has the operator try a store that is not ready again, before an update waits for it.
func (s *stack) retryStore(args *pulumi.ResourceHookArgs) error {
	client, err := s.connect()
	if err != nil {
		return err
	}
	_, namespace, name := s.located(args.Type, args.Name)
	for _, store := range s.plan.Stores {
		if store.Namespace == namespace && store.Name == name {
			return s.retries.store(s.ctx.Context(), client, store)
		}
	}
	return nil
}

// retries has the operator try again at once what it has failed with. It would wait longer after every
// failure, up to minutes, and an up that mends the cause would fail once more.
type retries struct {
	plan   *plan.Plan
	stores sync.Map // of *plan.Store: what tries it again, once in an up
}

// secret tries an ExternalSecret again that is not ready, nil being none; and before it its store, where
// that is not either.
func (r *retries) secret(
	ctx context.Context, client *cluster.Client, namespace, name string, now *cluster.Sync,
) error {
	for _, store := range sourceOf(r.plan, namespace, secretsync.SecretKind, name) {
		if err := r.store(ctx, client, store); err != nil {
			return err
		}
	}
	if now == nil || now.Ready {
		return nil
	}
	_, err := client.Retry(ctx, r.plan.APIVersion, secretsync.SecretKind, namespace, name)
	return err
}

// store tries a store again, once in an up.
func (r *retries) store(ctx context.Context, client *cluster.Client, store *plan.Store) error {
	try := sync.OnceValue(func() error { return r.try(ctx, client, store) })
	again, _ := r.stores.LoadOrStore(store, try)
	return again.(func() error)()
}

// try tries a store again, and gives it a moment. Pods that were made before EKS knew of their association
// never get its credentials: they are replaced.
func (r *retries) try(ctx context.Context, client *cluster.Client, store *plan.Store) error {
	version, kind, within := r.plan.APIVersion, secretsync.StoreKind(store.Namespace), storeWithin
	exists, ready, err := client.Ready(ctx, version, kind, store.Namespace, store.Name)
	if err != nil || !exists || ready {
		return err
	}
	if _, err := client.Retry(ctx, version, kind, store.Namespace, store.Name); err != nil {
		return err
	}
	if r.plan.Auth() == plan.PodIdentity {
		within = podsWithin
		if err := client.DeletePods(ctx, operatorNamespace, operatorName); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		// Its secrets tell why it is not ready, and why nobody can tell.
		if _, ready, err := client.Ready(ctx, version, kind, store.Namespace, store.Name); ready || err != nil {
			return nil
		}
		select {
		case <-time.After(verifyEvery):
		case <-ctx.Done():
			return nil
		}
	}
}
