package pod

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Pod is a running pod.
type Pod struct {
	cfg *Config
	dir string

	// first is the pod at its start; latest has the fields that may change.
	first *corev1.Pod

	mu         sync.Mutex
	latest     *corev1.Pod
	began      metav1.Time
	injected   []Variables
	conditions []corev1.PodCondition
	ready      bool // every init container is through
	finished   bool // no container runs again

	inits, mains []*container
	asked        int // how many of the injectors have answered

	stop    context.CancelFunc // ends init and main containers
	stopped context.Context
	life    context.Context // ends with the last container
	killNow chan struct{}
	killed  sync.Once

	dirty chan struct{}
	done  chan struct{}
}

// Start runs the containers of spec. It continues the status of an earlier run, such as the restart counts.
func Start(ctx context.Context, cfg *Config, spec *corev1.Pod) *Pod {
	p := &Pod{
		cfg:     cfg,
		dir:     filepath.Join(cfg.Dir, fmt.Sprintf("%s_%s_%s", spec.Namespace, spec.Name, spec.UID)),
		first:   spec.DeepCopy(),
		latest:  spec.DeepCopy(),
		began:   now(),
		killNow: make(chan struct{}),
		dirty:   make(chan struct{}, 1),
		done:    make(chan struct{}),
	}
	if spec.Status.StartTime != nil {
		p.began = *spec.Status.StartTime
	}
	p.conditions = spec.Status.Conditions
	for i := range spec.Spec.InitContainers {
		p.inits = append(p.inits, newContainer(p, spec.Spec.InitContainers[i], spec.Status.InitContainerStatuses))
	}
	for i := range spec.Spec.Containers {
		p.mains = append(p.mains, newContainer(p, spec.Spec.Containers[i], spec.Status.ContainerStatuses))
	}
	p.stopped, p.stop = context.WithCancel(ctx)
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	p.life = life
	go p.report()
	go func() { //nolint:contextcheck // The pod keeps its own context.
		defer close(p.done)
		defer end()
		p.run()
	}()
	p.changed()
	return p
}

// Done returns a channel that is closed when no container will run anymore.
func (p *Pod) Done() <-chan struct{} { return p.done }

// Spec returns a copy of the latest pod, with its current status.
func (p *Pod) Spec() *corev1.Pod {
	p.mu.Lock()
	spec := p.latest.DeepCopy()
	p.mu.Unlock()
	spec.Status = p.Status()
	return spec
}

// UID returns the UID of the pod, which differs from that of a later pod with the same name.
func (p *Pod) UID() string { return string(p.first.UID) }

// Update updates the fields that may change in a running pod: the metadata, and the images of containers,
// which it restarts.
func (p *Pod) Update(spec *corev1.Pod) {
	p.mu.Lock()
	p.latest = spec.DeepCopy()
	p.mu.Unlock()
	for _, c := range p.containers() {
		c.replace()
	}
	p.changed()
}

// Stop asks all containers to end and kills them after grace. A later call can only shorten the grace period.
func (p *Pod) Stop(grace time.Duration) {
	p.stop()
	p.changed()
	timer := time.AfterFunc(grace, func() { p.killed.Do(func() { close(p.killNow) }) })
	go func() {
		<-p.done
		timer.Stop()
	}()
}

// Remove deletes the folder of a pod that is done.
func (p *Pod) Remove() error {
	if err := os.RemoveAll(p.dir); err != nil {
		return fmt.Errorf("removing the folder of pod %q: %w", p.first.Name, err)
	}
	return nil
}

// run runs the pod until its end.
func (p *Pod) run() {
	sidecars, stopSidecars := context.WithCancel(p.life)
	var aside sync.WaitGroup
	defer p.finish()
	defer aside.Wait()
	defer stopSidecars()
	if !p.prepare() {
		return
	}
	for _, c := range p.inits {
		if c.sidecar() {
			aside.Go(func() { c.loop(sidecars, corev1.RestartPolicyAlways) })
			if !c.waitStarted(p.stopped) {
				return
			}
			continue
		}
		if !c.loop(p.stopped, initPolicy(p.first.Spec.RestartPolicy)) {
			return
		}
	}
	p.mu.Lock()
	p.ready = true
	p.mu.Unlock()
	var work sync.WaitGroup
	for _, c := range p.mains {
		work.Go(func() { c.loop(p.stopped, p.first.Spec.RestartPolicy) })
	}
	work.Wait()
}

// initPolicy returns the restart policy of init containers, which must succeed once.
func initPolicy(pod corev1.RestartPolicy) corev1.RestartPolicy {
	if pod == corev1.RestartPolicyNever {
		return pod
	}
	return corev1.RestartPolicyOnFailure
}

func (p *Pod) finish() {
	p.mu.Lock()
	p.finished = true
	p.mu.Unlock()
	for _, c := range p.containers() {
		c.settle()
	}
}

// prepare creates the pod's folders and asks the injectors. It returns false if the pod was stopped.
func (p *Pod) prepare() bool {
	p.warnOfVolumes()
	for {
		err := p.inject()
		if err == nil {
			return p.stopped.Err() == nil
		}
		p.event(corev1.EventTypeWarning, "FailedToPreparePod", err.Error())
		if !sleep(p.stopped, p.cfg.Retry) {
			return false
		}
	}
}

// inject calls the injectors that have not succeeded yet. It keeps the results of the others.
func (p *Pod) inject() error {
	for _, dir := range []string{p.home(), p.temp(), filepath.Join(p.dir, "logs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("creating the pod's folder: %w", err)
		}
	}
	for ; p.asked < len(p.cfg.Inject); p.asked++ {
		ctx, cancel := context.WithCancel(p.life)
		given, err := p.cfg.Inject[p.asked](ctx, p.first, p.dir)
		if err != nil {
			cancel() // Stop what it refreshes.
			return err
		}
		context.AfterFunc(p.life, cancel)
		p.mu.Lock()
		p.injected = append(p.injected, given...)
		p.mu.Unlock()
	}
	return nil
}

func (p *Pod) home() string { return filepath.Join(p.dir, "home") }
func (p *Pod) temp() string { return filepath.Join(p.dir, "tmp") }

func (p *Pod) containers() []*container {
	return append(append([]*container{}, p.inits...), p.mains...)
}

// changed requests a report of the status.
func (p *Pod) changed() {
	select {
	case p.dirty <- struct{}{}:
	default:
	}
}

func (p *Pod) report() {
	for {
		select {
		case <-p.dirty:
			p.cfg.Changed(p)
		case <-p.done:
			p.cfg.Changed(p)
			return
		}
	}
}

// sleep returns false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
