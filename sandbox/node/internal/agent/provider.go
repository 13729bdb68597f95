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

// provider is what virtual-kubelet's pod controller drives. Its methods never fail a pod: what is
// wrong shows in the pod's own status and events, and is tried again there.
type provider struct {
	life   context.Context // of the requests to the API; the pod controller's ends before it
	end    context.CancelFunc
	client kubernetes.Interface
	pods   corelisters.PodLister
	config *pod.Config

	mu      sync.Mutex
	told    string // the last problem of reporting
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

// NotifyPods says that nobody needs to ask for statuses. They are not handed to virtual-kubelet
// either: it writes the whole pod along with them, over what others changed meanwhile.
func (p *provider) NotifyPods(context.Context, func(*corev1.Pod)) {}

// CreatePod starts a pod. One of the same name that ran before it is stopped.
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

// UpdatePod hands on what changed in a pod.
func (p *provider) UpdatePod(_ context.Context, spec *corev1.Pod) error {
	if running := p.find(nameOf(spec)); running != nil {
		running.Update(spec)
	}
	return nil
}

// DeletePod stops a pod, and removes it from the API when it has stopped: virtual-kubelet would
// wait for the whole grace period.
func (p *provider) DeletePod(ctx context.Context, spec *corev1.Pod) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	running := p.running[nameOf(spec)]
	if running == nil || running.UID() != string(spec.UID) {
		p.work.Go(func() { p.forget(ctx, spec) }) // Nothing of it runs here, so nothing is waited for.
		return errdefs.NotFoundf("pod %q does not run here", spec.Name)
	}
	p.retire(running, gracePeriod(spec))
	return nil
}

// retire stops a pod and removes what is left of it. It needs mu.
func (p *provider) retire(running *pod.Pod, grace time.Duration) {
	running.Stop(grace)
	p.work.Go(func() {
		<-running.Done()
		p.changed(running) // Whoever waits for the pod's end sees how it ended.
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

// forget removes a pod from the API whose processes have ended.
func (p *provider) forget(ctx context.Context, spec *corev1.Pod) {
	options := metav1.NewDeleteOptions(0)
	options.Preconditions = metav1.NewUIDPreconditions(string(spec.UID))
	err := p.client.CoreV1().Pods(spec.Namespace).Delete(ctx, spec.Name, *options)
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) && ctx.Err() == nil {
		log.G(ctx).WithError(err).Error("a pod that has ended was not removed, virtual-kubelet will")
	}
}

// headStart lets processes end just before virtual-kubelet removes their pod from the API regardless.
const headStart = 100 * time.Millisecond

// gracePeriod is what the deletion says, else the pod.
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

// GetPod returns a pod that runs here. A successor of the same name is not that pod.
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

// changed reports a pod's status if the API does not have it. What fails is tried again by resync.
func (p *provider) changed(running *pod.Pod) {
	err := retry.OnError(conflictBackoff(), apierrors.IsConflict, func() error { return p.report(running) })
	// Only what the API server answered is worth a word; the watch complains if it does not answer.
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

// report writes the status over the version that the watch last saw. If that is not the newest one,
// the API server refuses, so nothing that others wrote is lost.
func (p *provider) report(running *pod.Pod) error {
	spec := running.Spec()
	known, err := p.pods.Pods(spec.Namespace).Get(spec.Name)
	if err != nil || string(known.UID) != running.UID() {
		return nil //nolint:nilerr // The pod is gone, or will be back with the watch.
	}
	status := running.Merge(known.Status)
	// Asked after the status was read: the end of a pod that the node's own end brought stays untold.
	if p.life.Err() != nil || equality.Semantic.DeepEqual(status, known.Status) {
		return nil //nolint:nilerr // The node ends, and reports no more.
	}
	known = known.DeepCopy()
	known.Status = status
	_, err = p.client.CoreV1().Pods(known.Namespace).UpdateStatus(p.life, known, metav1.UpdateOptions{})
	return err
}

// conflictBackoff leaves the watch the time to see the newest version.
func conflictBackoff() wait.Backoff {
	return wait.Backoff{Duration: 20 * time.Millisecond, Factor: 2, Steps: 6}
}

// resync repairs statuses that others changed, as the node lifecycle controller does to the pods of
// a node that it could not see for a while, and reports what the API server was not there to hear.
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

// stopAll ends every pod's processes and returns when they have ended. The pods stay in the API,
// for the next node of this name to run.
func (p *provider) stopAll(grace time.Duration) {
	p.end() // No status is reported from here on: a pod that the API knows as ended is not run again.
	for _, running := range p.all() {
		running.Stop(grace)
	}
	for _, running := range p.all() {
		<-running.Done()
	}
	p.work.Wait()
}
