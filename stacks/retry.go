package stacks

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/wait"

	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
)

const (
	// How long a retried store has to become ready, and how long if the operator restarts for it.
	storeTimeout, podsTimeout = 5 * time.Second, 20 * time.Second
	// A Pod Identity association takes several seconds to become effective:
	// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
	settleTime = 10 * time.Second
)

// awaitAssociation delays the operator's pods until EKS gives them credentials.
func (s *stack) awaitAssociation(*pulumi.ResourceHookArgs) error {
	_ = s.ctx.Log.Info(fmt.Sprintf("Waiting %v until the association is effective in EKS.", settleTime), nil)
	time.Sleep(settleTime)
	return nil
}

// beforeStoreUpdate makes the operator retry a store before the update waits for it.
func (s *stack) beforeStoreUpdate(args *pulumi.ResourceHookArgs) error {
	object := s.referenceOf(args.Type, args.Name)
	for _, store := range s.plan.Stores {
		if storeReference(store) == object {
			return s.retryStore(s.ctx.Context(), store)
		}
	}
	return nil
}

// retrySecret makes the operator retry an ExternalSecret that is not ready, and first its store. By itself the
// operator waits longer after every failure, up to minutes, so the up that follows a fix would fail again. now
// is nil if the ExternalSecret does not exist.
func (s *stack) retrySecret(ctx context.Context, object reference, now *cluster.Sync) error {
	if store := s.storeOf(object); store != nil {
		if err := s.retryStore(ctx, store); err != nil {
			return err
		}
	}
	if now == nil || now.Ready {
		return nil
	}
	return s.retryObject(ctx, object)
}

func (s *stack) retryObject(ctx context.Context, object reference) error {
	_, err := s.client.Retry(ctx, s.plan.APIVersion, object.kind, object.namespace, object.name)
	return err
}

// retryStore makes the operator retry a store that is not ready, once per up.
func (s *stack) retryStore(ctx context.Context, store *plan.Store) error {
	retry, _ := s.retries.LoadOrStore(store, sync.OnceValue(func() error { return s.retryStoreNow(ctx, store) }))
	return retry.(func() error)()
}

// retryStoreNow also waits a moment for the store to become ready. With Pod Identity it replaces the operator's
// pods: those that are older than their association never get its credentials.
func (s *stack) retryStoreNow(ctx context.Context, store *plan.Store) error {
	object, timeout := storeReference(store), storeTimeout
	exists, ready, err := s.ready(ctx, object)
	if err != nil || !exists || ready {
		return err
	}
	if err := s.retryObject(ctx, object); err != nil {
		return err
	}
	if s.plan.Auth() == plan.PodIdentity {
		timeout = podsTimeout
		if err := s.client.DeletePods(ctx, operatorNamespace, operatorName); err != nil {
			return err
		}
	}
	// If the store stays unready, its ExternalSecrets report why.
	_ = wait.PollUntilContextTimeout(ctx, pollInterval, timeout, true, func(ctx context.Context) (bool, error) {
		_, ready, err := s.ready(ctx, object)
		return ready, err
	})
	return nil
}
