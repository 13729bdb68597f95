// Package agent joins the sandbox's node to a cluster: it registers the node, runs the pods that are bound
// to it with package pod, reports their statuses, and serves their logs.
package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/log"
	"github.com/virtual-kubelet/virtual-kubelet/node"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"

	"eso-aws/sandbox/node/internal/access"
	"eso-aws/sandbox/node/internal/identity"
	"eso-aws/sandbox/node/internal/pod"
	"eso-aws/sandbox/node/internal/podenv"
)

const (
	// workers is the number of pods that are processed at once.
	workers = 8
	// lastGrace is the grace period of pods when the node stops.
	lastGrace = 2 * time.Second
	// retryPause is the pause before a request is retried while the API server is unavailable.
	retryPause = time.Second
	// podRetry is the pause before a container that lacks something, such as a Secret, is retried.
	podRetry = 5 * time.Second
	// statusEvery is the interval of node statuses: a node that was marked NotReady recovers within it.
	statusEvery = 10 * time.Second
	// resyncEvery is the interval in which statuses of pods are repaired.
	resyncEvery = 2 * time.Second
)

// Options are the options of [Run].
type Options struct {
	// Name is the name of the node.
	Name string
	// Dir holds the folder pods, with a folder for each pod. It is emptied at the start.
	Dir string
	// ClientCA is a file with the CA for the certificates of the log server's clients. Without it, everyone
	// who can connect to loopback can read logs.
	ClientCA string
	// Pull is how long a pod waits before its first container starts, instead of pulling images.
	Pull time.Duration
	// Images maps the last part of an image's repository to the program to run.
	Images map[string]string
	// Defaults maps it to the program's default addresses, as "--flag=address".
	Defaults map[string][]string
	// Server is the API server for pods.
	Server access.Server
	// AWS is the URL of AWS for pods that do not set one themselves; empty means the real AWS.
	AWS string
	// Identity is the URL for [identity.Webhook]; if it is empty, no ServiceAccount has an identity in AWS.
	Identity string
	Log      *slog.Logger
}

// Run runs the node with a client of an administrator, which pods do not get. It returns nil when ctx has
// ended and all processes of pods have ended.
func Run(ctx context.Context, client kubernetes.Interface, opts Options) error {
	pods, err := podsDir(opts.Dir)
	if err != nil {
		return err
	}
	server, err := listen(opts.ClientCA)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	defer broadcaster.Shutdown()
	self := describe(opts.Name, server.port())
	source := corev1.EventSource{Component: "sandbox-node", Host: opts.Name}
	return run(log.WithLogger(ctx, logger{opts.Log}), client, self, server, &pod.Config{
		Dir:      pods,
		Images:   opts.Images,
		Defaults: opts.Defaults,
		Env:      podenv.Resolver{Client: client, Allocatable: self.Status.Allocatable},
		Recorder: broadcaster.NewRecorder(scheme.Scheme, source),
		Inject:   injectors(client, opts),
		Backoff:  pod.KubeletBackoff(),
		Retry:    podRetry,
	})
}

// injectors returns the injectors in their order: those that depend on the time of a pod's creation are
// first.
func injectors(client kubernetes.Interface, opts Options) (all []pod.Injector) {
	if opts.Identity != "" {
		all = append(all, identity.Webhook{Client: client, Log: opts.Log, URL: opts.Identity}.Inject)
	}
	if opts.AWS != "" {
		all = append(all, identity.Redirect(opts.AWS))
	}
	return append(all, pull(opts.Pull), access.Injector(client, opts.Server, opts.Log))
}

// pull delays pods as long as other nodes do. A chart's Deployment is created right after its CRDs, and a
// controller that starts before they are served waits 10 s or more before it retries.
func pull(wait time.Duration) pod.Injector {
	return func(ctx context.Context, _ *corev1.Pod, _ string) ([]pod.Variables, error) {
		select {
		case <-time.After(wait):
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// podsDir creates an empty folder for pods.
func podsDir(dir string) (string, error) {
	pods, err := filepath.Abs(filepath.Join(dir, "pods"))
	if err != nil {
		return "", fmt.Errorf("finding the folder %q: %w", dir, err)
	}
	if err := os.RemoveAll(pods); err != nil {
		return "", fmt.Errorf("removing what an earlier node left: %w", err)
	}
	if err := os.MkdirAll(pods, 0o700); err != nil {
		return "", fmt.Errorf("creating the folder of pods: %w", err)
	}
	return pods, nil
}

// run starts the controllers and stops everything in the reverse order.
func run(ctx context.Context, client kubernetes.Interface, self *corev1.Node, server *server, setup *pod.Config) error {
	ctx, cancel := context.WithCancel(ctx)
	// The node watches only pods. It reads the objects that they refer to when they start, so that it does
	// not hold copies of all Secrets. virtual-kubelet requires informers for them, so it gets idle ones.
	mine := informers.NewSharedInformerFactoryWithOptions(client, 0,
		informers.WithTweakListOptions(func(o *metav1.ListOptions) {
			o.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", self.Name).String()
		}))
	idle := informers.NewSharedInformerFactory(client, 0).Core().V1()
	provider := newProvider(ctx, client, mine.Core().V1().Pods().Lister(), setup)
	controller, err := node.NewPodController(node.PodControllerConfig{
		PodClient:         client.CoreV1(),
		PodInformer:       mine.Core().V1().Pods(),
		ConfigMapInformer: idle.ConfigMaps(), SecretInformer: idle.Secrets(), ServiceInformer: idle.Services(),
		Provider: provider,
		// Its events duplicate those of package pod.
		EventRecorder: &record.FakeRecorder{},
		// It does not support resources and status fields, and fails the whole pod if a key is missing.
		SkipDownwardAPIResolution: true,
	})
	if err != nil {
		cancel()
		return fmt.Errorf("creating the pod controller: %w", err)
	}
	var work sync.WaitGroup
	defer provider.stopAll(lastGrace)
	defer work.Wait()
	defer cancel()
	mine.Start(ctx.Done())
	work.Go(func() { server.serve(ctx, provider) })
	work.Go(func() { register(ctx, client, self) })
	work.Go(func() { provider.resync(ctx) })
	if err := controller.Run(ctx, workers); err != nil && ctx.Err() == nil {
		return fmt.Errorf("running the pod controller: %w", err)
	}
	return nil
}

// register keeps the node and its lease in the cluster until ctx ends.
func register(ctx context.Context, client kubernetes.Interface, self *corev1.Node) {
	nodes := client.CoreV1().Nodes()
	leases := client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	for ctx.Err() == nil {
		controller, err := node.NewNodeController(node.NaiveNodeProvider{}, self.DeepCopy(), nodes,
			node.WithNodeEnableLeaseV1(leases, node.DefaultLeaseDuration),
			node.WithNodeStatusUpdateInterval(statusEvery),
			node.WithNodeStatusUpdateErrorHandler(func(ctx context.Context, err error) error {
				if !apierrors.IsNotFound(err) {
					return err
				}
				_, err = nodes.Create(ctx, self.DeepCopy(), metav1.CreateOptions{})
				return err
			}))
		if err == nil {
			err = controller.Run(ctx)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			log.G(ctx).WithError(err).Error("the node is not registered, trying again")
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryPause):
		}
	}
}
