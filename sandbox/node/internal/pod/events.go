package pod

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

func (p *Pod) event(kind, reason, message string) {
	p.cfg.Recorder.Event(p.reference(""), kind, reason, message)
}

func (p *Pod) reference(field string) *corev1.ObjectReference {
	return &corev1.ObjectReference{
		Kind: "Pod", APIVersion: "v1", Namespace: p.first.Namespace, Name: p.first.Name, UID: p.first.UID,
		FieldPath: field,
	}
}

func (c *container) event(kind, reason, format string, args ...any) {
	list := "containers"
	if c.init {
		list = "initContainers"
	}
	field := fmt.Sprintf("spec.%s{%s}", list, c.name)
	c.pod.cfg.Recorder.Event(c.pod.reference(field), kind, reason, fmt.Sprintf(format, args...))
}

// warnOfVolumes says which volumes the containers miss. The automounted token is none of them: its
// place is taken by a kubeconfig.
func (p *Pod) warnOfVolumes() {
	for _, volume := range p.first.Spec.Volumes {
		if volume.Projected != nil && strings.HasPrefix(volume.Name, "kube-api-access-") {
			continue
		}
		p.event(corev1.EventTypeWarning, "VolumeNotMounted", fmt.Sprintf(
			"the sandbox runs pods as processes and cannot mount the volume %q: its mount paths do not exist",
			volume.Name))
	}
}
