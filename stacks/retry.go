package stacks

import (
	"context"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
	"eso-aws/internal/config"
	"eso-aws/secretsync"
)

const (
	retryHook = "eso-aws:retry"
	// storeWithin is how long a store gets to become ready when it is tried again.
	storeWithin = 5 * time.Second
)

// retryStore has the operator try a store that is not ready again, before an update waits for it.
func (s *stack) retryStore(args *pulumi.ResourceHookArgs) error {
	client, err := s.connect()
	if err != nil {
		return err
	}
	kind, namespace, name := s.located(args.Type, args.Name)
	_, err = client.Retry(s.ctx.Context(), s.config.APIVersion, kind, namespace, name)
	return err
}

// retries has the operator try again at once what it has failed with. It would wait longer after every
// failure, up to minutes, and an up that mends the cause would fail once more.
type retries struct {
	config *config.Config
	stores sync.Map // what tries one again, once in an up, by its place
}

// secret tries an ExternalSecret again, after its store where that is not ready either.
func (r *retries) secret(ctx context.Context, client *cluster.Client, namespace, name string) error {
	for _, store := range sourceOf(r.config, namespace, secretsync.SecretKind, name) {
		try := sync.OnceValue(func() error { return r.store(ctx, client, store) })
		again, _ := r.stores.LoadOrStore(placeOf(store), try)
		if err := again.(func() error)(); err != nil {
			return err
		}
	}
	_, err := client.Retry(ctx, r.config.APIVersion, secretsync.SecretKind, namespace, name)
	return err
}

// store tries a store again, and gives it a moment.
func (r *retries) store(ctx context.Context, client *cluster.Client, store *config.Store) error {
	version, kind := r.config.APIVersion, secretsync.StoreKind(store.Namespace)
	retried, err := client.Retry(ctx, version, kind, store.Namespace, store.Name)
	if err != nil || !retried {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
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
