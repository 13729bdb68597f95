package pod_test

import (
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func probe(handler corev1.ProbeHandler, failures int32) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: handler, PeriodSeconds: 1, TimeoutSeconds: 5, FailureThreshold: failures}
}

func run(command ...string) corev1.ProbeHandler {
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: command}}
}

func ready(s corev1.PodStatus) bool { return condition(s, corev1.PodReady) == corev1.ConditionTrue }

// A probe finds a server behind a moved address, by the port's old number and by its name.
func TestProbesFollowMovedAddresses(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]corev1.ProbeHandler{
		"HTTPByNumber": {HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8082)}},
		"HTTPByName":   {HTTPGet: &corev1.HTTPGetAction{Path: "healthz", Port: intstr.FromString("live")}},
		"TCP":          {TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(8082)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, _ := config(t)
			c := container("c", "serve", "--live-addr=:8082")
			c.Ports = []corev1.ContainerPort{{Name: "live", ContainerPort: 8082}}
			c.ReadinessProbe = probe(handler, 1)
			p := start(t, cfg, spec(corev1.RestartPolicyAlways, c))
			status := eventually(t, p, "ready", ready)
			equal(t, int32(0), status.ContainerStatuses[0].RestartCount)
		})
	}
}

func TestReadinessComesAndGoes(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	mark := filepath.Join(t.TempDir(), "ready")
	c := container("c", "sleep")
	c.ReadinessProbe = probe(run("helper", "helper", "exists", mark), 1)
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, c))
	status := eventually(t, p, "running", func(s corev1.PodStatus) bool { return s.Phase == corev1.PodRunning })
	if ready(status) {
		t.Error("the pod is ready before its probe succeeds")
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, p, "ready", ready)
	if err := os.Remove(mark); err != nil {
		t.Fatal(err)
	}
	eventually(t, p, "not ready", func(s corev1.PodStatus) bool { return !ready(s) })
}

func TestLivenessRestarts(t *testing.T) {
	t.Parallel()
	cfg, recorder := config(t)
	c := container("c", "sleep")
	c.LivenessProbe = probe(run("helper", "helper", "exit", "7"), 2)
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, c))
	status := eventually(t, p, "restarted", func(s corev1.PodStatus) bool {
		return s.ContainerStatuses[0].RestartCount == 1 && s.ContainerStatuses[0].State.Running != nil
	})
	p.Stop(0)
	finish(t, p)
	equal(t, int32(128+15), status.ContainerStatuses[0].LastTerminationState.Terminated.ExitCode)
	want := []string{"Normal Killing Container c failed liveness probe, will be restarted", "Normal Killing Stopping container c"}
	equal(t, want, events(recorder, "Killing"))
}

func TestStartupHoldsBackTheOtherProbes(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	mark := filepath.Join(t.TempDir(), "started")
	c := container("c", "sleep")
	c.StartupProbe = probe(run("helper", "helper", "exists", mark), 100)
	c.LivenessProbe = probe(run("helper", "helper", "exists", mark), 1)
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, c))
	status := eventually(t, p, "running", func(s corev1.PodStatus) bool { return s.Phase == corev1.PodRunning })
	if *status.ContainerStatuses[0].Started || ready(status) {
		t.Error("the container has started before its startup probe succeeds")
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	status = eventually(t, p, "ready", ready)
	equal(t, int32(0), status.ContainerStatuses[0].RestartCount)
}
