// Package agent joins the sandbox's node to a cluster: it registers the node, hands the pods that
// are bound to it to package pod, reports what becomes of them, and serves their logs.
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
	// workers is how many pods are looked after at once.
	workers = 8
	// lastGrace is what pods get when the node itself stops.
	lastGrace = 2 * time.Second
	// retryPause is between tries of what an API server that is away makes fail.
	retryPause = time.Second
	// podRetry is between tries to start a container that lacks something, as a Secret.
	podRetry = 5 * time.Second
	// statusEvery is how soon a node that was given up on is Ready again.
	statusEvery = 10 * time.Second
	// resyncEvery is how soon a pod's status is right again.
	resyncEvery = 2 * time.Second
)

// Options say what the node is.
type Options struct {
	// Name is the name of the node.
	Name string
	// Dir holds the pods' folders. What earlier nodes left in its folder pods is removed.
	Dir string
	// ClientCA is a file with the authority that callers of the log server must have a certificate
	// of. Without it whoever may connect to loopback may read logs.
	ClientCA string
	// Pull is how long a pod waits before its first container starts, as for images to be pulled.
	Pull time.Duration
	// Images maps the last part of an image's repository to the program that it runs.
	Images map[string]string
	// Defaults maps the same to addresses that its program listens on by itself, as "--flag=address".
	Defaults map[string][]string
	// Server is where pods find the API server.
	Server access.Server
	// AWS is the URL where pods find AWS that do not say themselves where it is; empty is AWS's own.
	AWS string
	// Identity is the URL that tells which ServiceAccounts have an identity in AWS, as
	// [identity.Webhook] asks it; empty gives none any.
	Identity string
	Log      *slog.Logger
}

// Run is the node's life. The client is the node's own, an administrator's, and no pod's. Run
// returns nil when ctx ends, and every process of a pod has ended then.
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

// injectors gives what pods get in order: what is decided by the moment of their creation comes first.
func injectors(client kubernetes.Interface, opts Options) (all []pod.Injector) {
	if opts.Identity != "" {
		all = append(all, identity.Webhook{Client: client, Log: opts.Log, URL: opts.Identity}.Inject)
	}
	if opts.AWS != "" {
		all = append(all, identity.Redirect(opts.AWS))
	}
	return append(all, pull(opts.Pull), access.Injector(client, opts.Server, opts.Log))
}

// pull keeps a pod from being there sooner than on any other node. A release's Deployment comes right
// after its CRDs: a controller that starts before these are served waits 10 s and more to look again.
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

// podsDir makes an empty folder for pods.
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
	// Only the pods are watched. What pods refer to is read when they start, so that the node does
	// not hold a copy of every Secret; virtual-kubelet wants those informers, and gets idle ones.
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
		// Its own events say no more than those of package pod.
		EventRecorder: &record.FakeRecorder{},
		// It knows no resources and no status fields, and fails the whole pod over a missing key.
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
