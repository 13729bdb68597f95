package pod

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eso-aws/sandbox/node/internal/podlog"
	"eso-aws/sandbox/node/internal/process"
)

// Reasons of a container's state, as kubelets and runtimes give them.
const (
	reasonInitializing = "PodInitializing"
	reasonCreating     = "ContainerCreating"
	reasonCrashLoop    = "CrashLoopBackOff"
	reasonCompleted    = "Completed"
	reasonError        = "Error"
	reasonStartError   = "StartError"
	reasonUnknown      = "ContainerStatusUnknown"
)

const startErrorCode = 128

// container is one container of a pod, over all its runs.
type container struct {
	pod     *Pod
	name    string
	init    bool
	always  bool // restartPolicy of its own: a sidecar
	renewed chan struct{}
	up      chan struct{} // closed when the container has started for the first time
	upOnce  func()

	// Guarded by pod.mu.
	status corev1.ContainerStatus
	runs   int
	logs   map[int]*podlog.Writer
}

func newContainer(p *Pod, spec corev1.Container, before []corev1.ContainerStatus) *container {
	up := make(chan struct{})
	named := func(other corev1.Container) bool { return other.Name == spec.Name }
	c := &container{
		pod: p, name: spec.Name, renewed: make(chan struct{}, 1), up: up, upOnce: onceClose(up),
		init:   slices.ContainsFunc(p.first.Spec.InitContainers, named),
		always: spec.RestartPolicy != nil && *spec.RestartPolicy == corev1.ContainerRestartPolicyAlways,
		logs:   map[int]*podlog.Writer{},
	}
	started := false
	c.status = corev1.ContainerStatus{Name: spec.Name, Image: spec.Image, Started: &started}
	c.status.State.Waiting = &corev1.ContainerStateWaiting{Reason: reasonInitializing}
	if len(p.first.Spec.InitContainers) == 0 {
		c.status.State.Waiting.Reason = reasonCreating
	}
	for _, old := range before {
		if old.Name == spec.Name {
			c.resume(old)
		}
	}
	return c
}

// resume carries on from a run under an earlier node: that process is gone, and nobody saw how.
func (c *container) resume(old corev1.ContainerStatus) {
	c.status.RestartCount = old.RestartCount
	c.status.LastTerminationState = old.LastTerminationState
	switch {
	case old.State.Terminated != nil:
		c.status.LastTerminationState.Terminated = old.State.Terminated
	case old.State.Running != nil:
		c.status.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
			Reason: reasonUnknown, Message: "the node stopped while the container ran", ExitCode: 137,
			StartedAt: old.State.Running.StartedAt, FinishedAt: now(), ContainerID: old.ContainerID,
		}
	default:
		return
	}
	c.status.RestartCount++
}

func (c *container) sidecar() bool { return c.init && c.always }

// spec returns the container as the pod has it now.
func (c *container) spec() *corev1.Container {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	for _, list := range [][]corev1.Container{c.pod.latest.Spec.InitContainers, c.pod.latest.Spec.Containers} {
		for i := range list {
			if list[i].Name == c.name {
				return list[i].DeepCopy()
			}
		}
	}
	return &corev1.Container{Name: c.name}
}

// set changes the status.
func (c *container) set(change func(*corev1.ContainerStatus)) {
	c.pod.mu.Lock()
	change(&c.status)
	c.pod.mu.Unlock()
	c.pod.changed()
}

func (c *container) waiting(reason, message string) {
	c.set(func(s *corev1.ContainerStatus) {
		s.Ready = false
		s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	})
}

// replace lets a changed image take effect.
func (c *container) replace() {
	image := c.spec().Image
	c.pod.mu.Lock()
	same := c.status.Image == image
	c.pod.mu.Unlock()
	if same {
		return
	}
	select {
	case c.renewed <- struct{}{}:
	default:
	}
}

func (c *container) waitStarted(ctx context.Context) bool {
	select {
	case <-c.up:
		return true
	case <-ctx.Done():
		return false
	}
}

// loop runs the container as often as policy wants. It returns whether the last run succeeded.
func (c *container) loop(ctx context.Context, policy corev1.RestartPolicy) bool {
	var last time.Duration
	for {
		began := time.Now()
		exit, renewed, ok := c.run(ctx)
		if !ok {
			return false
		}
		succeeded := exit.ExitCode == 0
		again := renewed || policy == corev1.RestartPolicyAlways ||
			policy == corev1.RestartPolicyOnFailure && !succeeded
		if !again || ctx.Err() != nil {
			return succeeded
		}
		var pause time.Duration
		pause, last = c.pod.cfg.Backoff.Next(last, time.Since(began))
		if renewed {
			pause, last = 0, 0
		}
		if !c.backOff(ctx, exit, pause) {
			return false
		}
	}
}

// backOff waits before the next run. It returns false if the pod was stopped meanwhile.
func (c *container) backOff(ctx context.Context, exit *corev1.ContainerStateTerminated, pause time.Duration) bool {
	if pause > 0 {
		message := fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)",
			pause, c.name, c.pod.first.Name, c.pod.first.Namespace, c.pod.first.UID)
		c.event(corev1.EventTypeWarning, "BackOff", "Back-off restarting failed container %s in pod %s_%s(%s)",
			c.name, c.pod.first.Name, c.pod.first.Namespace, c.pod.first.UID)
		c.set(func(s *corev1.ContainerStatus) {
			s.State = corev1.ContainerState{
				Waiting: &corev1.ContainerStateWaiting{Reason: reasonCrashLoop, Message: message},
			}
			s.LastTerminationState.Terminated = exit
		})
	}
	if !sleep(ctx, pause) {
		return false
	}
	c.set(func(s *corev1.ContainerStatus) {
		s.LastTerminationState.Terminated = exit
		s.RestartCount++
	})
	return true
}

// run runs the container once. ok is false if the pod was stopped before the process started;
// renewed says that the run ended because its image changed.
func (c *container) run(ctx context.Context) (exit *corev1.ContainerStateTerminated, renewed, ok bool) {
	plan, ok := c.prepare(ctx)
	if !ok {
		return nil, false, false
	}
	log, id, err := c.newLog()
	began := now()
	var proc *process.Process
	if err == nil {
		defer func() { _ = log.Close() }()
		c.event(corev1.EventTypeNormal, "Created", "Created container: %s", c.name)
		proc, err = process.Start(process.Spec{
			Path: plan.path, Argv: plan.argv, Env: plan.env, Dir: c.pod.home(), Output: log,
		})
	}
	if err != nil {
		c.event(corev1.EventTypeWarning, "Failed", "Error: %v", err)
		return c.terminated(&corev1.ContainerStateTerminated{
			ExitCode: startErrorCode, Reason: reasonStartError, Message: err.Error(),
			StartedAt: began, FinishedAt: now(), ContainerID: id,
		}), false, true
	}
	c.running(plan, id, began)
	renewed = c.watch(ctx, plan, proc)
	exit = &corev1.ContainerStateTerminated{
		ExitCode: proc.ExitCode(), Reason: reasonCompleted, StartedAt: began, FinishedAt: now(), ContainerID: id,
	}
	if exit.ExitCode != 0 {
		exit.Reason = reasonError
	}
	return c.terminated(exit), renewed, true
}

func (c *container) running(plan *plan, id string, began metav1.Time) {
	c.event(corev1.EventTypeNormal, "Started", "Started container %s", c.name)
	started := plan.container.StartupProbe == nil
	c.set(func(s *corev1.ContainerStatus) {
		s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}}
		s.ContainerID, s.Image, s.ImageID = id, plan.container.Image, plan.imageID
		s.Started = &started
		s.Ready = started && plan.container.ReadinessProbe == nil
	})
	if started {
		c.upOnce()
	}
}

func (c *container) terminated(exit *corev1.ContainerStateTerminated) *corev1.ContainerStateTerminated {
	started := false
	c.set(func(s *corev1.ContainerStatus) {
		s.Ready, s.Started, s.ContainerID = false, &started, exit.ContainerID
		s.State = corev1.ContainerState{Terminated: exit}
	})
	return exit
}

// settle gives a container that stopped while it waited for a restart the state of its last run.
func (c *container) settle() {
	c.set(func(s *corev1.ContainerStatus) {
		if s.State.Waiting != nil && s.State.Waiting.Reason == reasonCrashLoop {
			s.State = s.LastTerminationState
		}
	})
}

// watch probes the process until it ends, and ends it when the pod stops, a probe says so or its
// image changed, which it reports.
func (c *container) watch(ctx context.Context, plan *plan, proc *process.Process) (renewed bool) {
	probes, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	failed := c.probe(probes, plan)
	select {
	case <-proc.Done():
		return false
	case <-ctx.Done():
		stop() // A process that is asked to end may well fail its probes.
		c.event(corev1.EventTypeNormal, "Killing", "Stopping container %s", c.name)
		proc.Terminate()
		select {
		case <-proc.Done():
		case <-c.pod.killNow:
			proc.Kill()
		}
	case failure := <-failed:
		stop()
		c.event(corev1.EventTypeNormal, "Killing", "Container %s failed %s, will be restarted", c.name, failure.probe)
		c.end(proc, failure.grace)
	case <-c.renewed:
		stop()
		renewed = true
		c.event(corev1.EventTypeNormal, "Killing", "Container %s definition changed, will be restarted", c.name)
		c.end(proc, c.grace(nil))
	}
	<-proc.Done()
	return renewed
}

// end stops the process, at the latest when the pod must be gone.
func (c *container) end(proc *process.Process, grace time.Duration) {
	proc.Terminate()
	select {
	case <-proc.Done():
		return
	case <-time.After(grace):
	case <-c.pod.killNow:
	}
	proc.Kill()
}

// grace returns the time that a container has to end: the probe's, or the pod's.
func (c *container) grace(probe *corev1.Probe) time.Duration {
	seconds := int64(30)
	if own := c.pod.first.Spec.TerminationGracePeriodSeconds; own != nil {
		seconds = *own
	}
	if probe != nil && probe.TerminationGracePeriodSeconds != nil {
		seconds = *probe.TerminationGracePeriodSeconds
	}
	return time.Duration(seconds) * time.Second
}

func (c *container) logPath(run int) string {
	return filepath.Join(c.pod.dir, "logs", fmt.Sprintf("%s.%d.log", c.name, run))
}
