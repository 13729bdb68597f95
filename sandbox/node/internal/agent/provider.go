package agent

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/errdefs"
	"github.com/virtual-kubelet/virtual-kubelet/log"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/util/retry"

	"eso-aws/sandbox/node/internal/pod"
)

// provider is the provider for virtual-kubelet's pod controller. Its methods do not fail: package pod
// reports problems in the pod's status and events, and retries.
type provider struct {
	life   context.Context // of the requests to the API; the pod controller's ends before it
	end    context.CancelFunc
	client kubernetes.Interface
	pods   corelisters.PodLister
	config *pod.Config

	mu      sync.Mutex
	told    string // the last problem that was logged
	running map[types.NamespacedName]*pod.Pod
	work    sync.WaitGroup
}

func newProvider(ctx context.Context, client kubernetes.Interface, pods corelisters.PodLister, config *pod.Config,
) *provider {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	p := &provider{
		life: life, end: end, client: client, pods: pods,
		running: map[types.NamespacedName]*pod.Pod{},
	}
	p.config = config
	p.config.Changed = p.changed
	return p
}

func nameOf(spec *corev1.Pod) types.NamespacedName {
	return types.NamespacedName{Namespace: spec.Namespace, Name: spec.Name}
}

func (p *provider) find(name types.NamespacedName) *pod.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running[name]
}

// NotifyPods tells virtual-kubelet not to poll statuses. The provider does not send them to virtual-kubelet
// either, because that would overwrite changes of others to the pod.
func (p *provider) NotifyPods(context.Context, func(*corev1.Pod)) {}

// CreatePod starts a pod. It stops an earlier pod with the same name.
func (p *provider) CreatePod(_ context.Context, spec *corev1.Pod) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.running[nameOf(spec)]; old != nil {
		p.retire(old, gracePeriod(spec))
	}
	//nolint:contextcheck // A pod outlives the call that starts it.
	p.running[nameOf(spec)] = pod.Start(context.WithoutCancel(p.life), p.config, spec)
	return nil
}

// UpdatePod updates a running pod.
func (p *provider) UpdatePod(_ context.Context, spec *corev1.Pod) error {
	if running := p.find(nameOf(spec)); running != nil {
		running.Update(spec)
	}
	return nil
}

// DeletePod stops a pod, and deletes it from the API as soon as it has stopped: virtual-kubelet would wait
// for the whole grace period.
func (p *provider) DeletePod(ctx context.Context, spec *corev1.Pod) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	running := p.running[nameOf(spec)]
	if running == nil || running.UID() != string(spec.UID) {
		p.work.Go(func() { p.forget(ctx, spec) }) // It does not run here.
		return errdefs.NotFoundf("pod %q does not run here", spec.Name)
	}
	p.retire(running, gracePeriod(spec))
	return nil
}

// retire stops a pod and removes its files. The caller must hold mu.
func (p *provider) retire(running *pod.Pod, grace time.Duration) {
	running.Stop(grace)
	p.work.Go(func() {
		<-running.Done()
		p.changed(running) // Report how the pod ended.
		spec := running.Spec()
		p.forget(p.life, spec)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running[nameOf(spec)] == running {
			delete(p.running, nameOf(spec))
		}
		if err := running.Remove(); err != nil {
			log.G(p.life).WithError(err).Error("a pod left files behind")
		}
	})
}

// forget deletes a pod from the API after its processes have ended.
func (p *provider) forget(ctx context.Context, spec *corev1.Pod) {
	options := metav1.NewDeleteOptions(0)
	options.Preconditions = metav1.NewUIDPreconditions(string(spec.UID))
	err := p.client.CoreV1().Pods(spec.Namespace).Delete(ctx, spec.Name, *options)
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) && ctx.Err() == nil {
		log.G(ctx).WithError(err).Error("a pod that has ended was not removed, virtual-kubelet will")
	}
}

// headStart lets processes end just before virtual-kubelet deletes their pod from the API.
const headStart = 100 * time.Millisecond

// gracePeriod returns the grace period of the deletion, or else of the pod.
func gracePeriod(spec *corev1.Pod) time.Duration {
	seconds := int64(corev1.DefaultTerminationGracePeriodSeconds)
	if own := spec.Spec.TerminationGracePeriodSeconds; own != nil {
		seconds = *own
	}
	if asked := spec.DeletionGracePeriodSeconds; asked != nil {
		seconds = *asked
	}
	return time.Duration(max(seconds, 1))*time.Second - headStart
}

// GetPod returns a pod that runs here.
func (p *provider) GetPod(_ context.Context, namespace, name string) (*corev1.Pod, error) {
	running := p.find(types.NamespacedName{Namespace: namespace, Name: name})
	if running == nil {
		return nil, errdefs.NotFoundf("pod %q does not run here", name)
	}
	if known, err := p.pods.Pods(namespace).Get(name); err == nil && string(known.UID) != running.UID() {
		return nil, errdefs.NotFoundf("pod %q of that identity does not run here", name)
	}
	return running.Spec(), nil
}

// GetPodStatus returns the status of a pod that runs here.
func (p *provider) GetPodStatus(ctx context.Context, namespace, name string) (*corev1.PodStatus, error) {
	spec, err := p.GetPod(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	return &spec.Status, nil
}

// GetPods returns the pods that run here.
func (p *provider) GetPods(context.Context) ([]*corev1.Pod, error) {
	var specs []*corev1.Pod
	for _, running := range p.all() {
		specs = append(specs, running.Spec())
	}
	return specs, nil
}

func (p *provider) all() []*pod.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]*pod.Pod, 0, len(p.running))
	for _, running := range p.running {
		list = append(list, running)
	}
	return list
}

// changed reports a pod's status if it differs from the API's. On failure, resync tries again.
func (p *provider) changed(running *pod.Pod) {
	err := retry.OnError(conflictBackoff(), apierrors.IsConflict, func() error { return p.report(running) })
	// Log only answers of the API server: if there is none, the watch logs that.
	answer := apierrors.APIStatus(nil)
	if !errors.As(err, &answer) || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if told := err.Error(); told != p.told {
		p.told = told
		log.G(p.life).WithError(err).Error("the status of a pod was not reported, trying again")
	}
}

// report updates the status of the version that the watch last saw. If there is a newer one, the API server
// refuses the update, so that changes of others are not lost.
func (p *provider) report(running *pod.Pod) error {
	spec := running.Spec()
	known, err := p.pods.Pods(spec.Namespace).Get(spec.Name)
	if err != nil || string(known.UID) != running.UID() {
		return nil //nolint:nilerr // The pod is gone, or will be back with the watch.
	}
	status := running.Merge(known.Status)
	// Checked after the status was read: the node does not report pods that end because it stops.
	if p.life.Err() != nil || equality.Semantic.DeepEqual(status, known.Status) {
		return nil //nolint:nilerr // The node ends, and reports no more.
	}
	known = known.DeepCopy()
	known.Status = status
	_, err = p.client.CoreV1().Pods(known.Namespace).UpdateStatus(p.life, known, metav1.UpdateOptions{})
	return err
}

// conflictBackoff gives the watch time to see the newest version.
func conflictBackoff() wait.Backoff {
	return wait.Backoff{Duration: 20 * time.Millisecond, Factor: 2, Steps: 6}
}

// resync reports statuses again: those that the API server missed, and those that others have changed, as
// the node lifecycle controller does for a node that was unreachable.
func (p *provider) resync(ctx context.Context) {
	ticker := time.NewTicker(resyncEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, running := range p.all() {
				p.changed(running)
			}
		}
	}
}

// stopAll stops all pods and returns when their processes have ended. The pods stay in the API, for the next
// node with this name.
func (p *provider) stopAll(grace time.Duration) {
	p.end() // Stop reporting: a pod that has ended in the API would not run again.
	for _, running := range p.all() {
		running.Stop(grace)
	}
	for _, running := range p.all() {
		<-running.Done()
	}
	p.work.Wait()
}
