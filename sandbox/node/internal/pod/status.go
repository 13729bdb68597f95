package pod

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eso-aws/sandbox/node/internal/podenv"
)

// owned are the conditions that the node sets. It does not change the others, such as the scheduler's.
var owned = []corev1.PodConditionType{corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady}

// Status returns the pod's current status.
func (p *Pod) Status() corev1.PodStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := corev1.PodStatus{
		Phase:     p.phase(),
		QOSClass:  p.latest.Status.QOSClass,
		StartTime: p.began.DeepCopy(),
		HostIP:    podenv.Address, HostIPs: []corev1.HostIP{{IP: podenv.Address}},
		PodIP: podenv.Address, PodIPs: []corev1.PodIP{{IP: podenv.Address}},
	}
	for _, c := range p.inits {
		state := c.status.DeepCopy()
		if terminated := state.State.Terminated; terminated != nil && !c.sidecar() {
			state.Ready = terminated.ExitCode == 0
		}
		status.InitContainerStatuses = append(status.InitContainerStatuses, *state)
	}
	for _, c := range p.mains {
		status.ContainerStatuses = append(status.ContainerStatuses, *c.status.DeepCopy())
	}
	p.conditions = p.judge()
	status.Conditions = slices.Clone(p.conditions)
	return status
}

// Merge merges the pod's status into another one, and keeps conditions that others have set there.
func (p *Pod) Merge(other corev1.PodStatus) corev1.PodStatus {
	status := p.Status()
	merged := *other.DeepCopy()
	merged.Phase, merged.StartTime = status.Phase, status.StartTime
	merged.Reason, merged.Message = "", ""
	merged.HostIP, merged.HostIPs = status.HostIP, status.HostIPs
	merged.PodIP, merged.PodIPs = status.PodIP, status.PodIPs
	merged.InitContainerStatuses, merged.ContainerStatuses = status.InitContainerStatuses, status.ContainerStatuses
	for _, condition := range status.Conditions {
		i := slices.IndexFunc(merged.Conditions, func(c corev1.PodCondition) bool { return c.Type == condition.Type })
		switch {
		case !slices.Contains(owned, condition.Type):
		case i < 0:
			merged.Conditions = append(merged.Conditions, condition)
		default:
			merged.Conditions[i] = condition
		}
	}
	return merged
}

// phase computes the phase. The caller must hold mu.
func (p *Pod) phase() corev1.PodPhase {
	if p.finished {
		for _, c := range p.containers() {
			terminated := c.status.State.Terminated
			if !c.sidecar() && (terminated == nil || terminated.ExitCode != 0) {
				return corev1.PodFailed
			}
		}
		return corev1.PodSucceeded
	}
	if !p.ready {
		return corev1.PodPending
	}
	for _, c := range p.mains {
		if c.status.State.Waiting != nil && c.status.LastTerminationState.Terminated == nil {
			return corev1.PodPending
		}
	}
	return corev1.PodRunning
}

// judge computes the conditions. The caller must hold mu.
func (p *Pod) judge() []corev1.PodCondition {
	conditions := slices.Clone(p.conditions)
	set := func(kind corev1.PodConditionType, holds bool, reason, message string) {
		condition := corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now()}
		if !holds {
			condition.Status, condition.Reason, condition.Message = corev1.ConditionFalse, reason, message
		}
		i := slices.IndexFunc(conditions, func(c corev1.PodCondition) bool { return c.Type == kind })
		if i < 0 {
			conditions = append(conditions, condition)
			return
		}
		if conditions[i].Status == condition.Status {
			condition.LastTransitionTime = conditions[i].LastTransitionTime
		}
		conditions[i] = condition
	}
	set(corev1.PodInitialized, p.ready, "ContainersNotInitialized", "the init containers are not complete")
	unready := []string{}
	for _, c := range p.containers() {
		if (!c.init || c.sidecar()) && !c.status.Ready {
			unready = append(unready, c.name)
		}
	}
	reason, message := "ContainersNotReady", fmt.Sprintf("containers with unready status: %v", unready)
	if p.finished && p.phase() == corev1.PodSucceeded {
		reason, message = "PodCompleted", ""
	}
	ready := len(unready) == 0 && p.stopped.Err() == nil
	set(corev1.ContainersReady, ready, reason, message)
	if gate := p.closedGate(); ready && gate != "" {
		ready, reason, message = false, "ReadinessGatesNotReady", fmt.Sprintf("the readiness gate %q is not true", gate)
	}
	set(corev1.PodReady, ready, reason, message)
	return conditions
}

// closedGate returns a readiness gate that is not true yet. The caller must hold mu.
func (p *Pod) closedGate() string {
	for _, gate := range p.latest.Spec.ReadinessGates {
		open := slices.ContainsFunc(p.latest.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == gate.ConditionType && c.Status == corev1.ConditionTrue
		})
		if !open {
			return string(gate.ConditionType)
		}
	}
	return ""
}

// now returns the time in the API's precision, so that a status is equal after a round trip.
func now() metav1.Time { return metav1.Now().Rfc3339Copy() }
