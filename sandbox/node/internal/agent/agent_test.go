package agent_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"eso-aws/sandbox/node/internal/agent"
)

// TestMain lets the test binary be the program that pods run: it prints its number and stays,
// whoever asks it to end.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "stubborn" {
		signal.Ignore(syscall.SIGTERM)
		_, _ = fmt.Fprintln(os.Stdout, os.Getpid())
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// cluster is an API server of memory with a node.
type cluster struct {
	*fake.Clientset
	stop func() error
}

func start(t *testing.T) *cluster {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{Clientset: fake.NewClientset()}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- agent.Run(ctx, c, agent.Options{
			Name: "n", Dir: t.TempDir(), Images: map[string]string{"helper": self}, Log: slog.New(slog.DiscardHandler),
		})
	}()
	c.stop = func() error {
		cancel()
		err := <-done
		done <- err
		return err
	}
	t.Cleanup(func() {
		if err := c.stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not %s after a minute", what)
		}
	}
}

// create binds a pod to the node and waits until it runs.
func (c *cluster) create(t *testing.T, uid types.UID) {
	t.Helper()
	no, second := false, int64(1)
	_, err := c.CoreV1().Pods("ns").Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "p", UID: uid},
		Spec: corev1.PodSpec{
			NodeName: "n", RestartPolicy: corev1.RestartPolicyAlways, AutomountServiceAccountToken: &no,
			TerminationGracePeriodSeconds: &second,
			Containers:                    []corev1.Container{{Name: "c", Image: "helper:v1", Args: []string{"stubborn"}}},
		},
		Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "running", func() bool { return c.pod(t).Status.Phase == corev1.PodRunning })
}

func (c *cluster) pod(t *testing.T) *corev1.Pod {
	t.Helper()
	pod, err := c.CoreV1().Pods("ns").Get(t.Context(), "p", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

func (c *cluster) gone(t *testing.T) bool {
	t.Helper()
	_, err := c.CoreV1().Pods("ns").Get(t.Context(), "p", metav1.GetOptions{})
	return apierrors.IsNotFound(err)
}

// ask asks the node's server as the API server would.
func (c *cluster) ask(t *testing.T, path string) (int, string) {
	t.Helper()
	var node *corev1.Node
	eventually(t, "registered", func() bool {
		var err error
		node, err = c.CoreV1().Nodes().Get(t.Context(), "n", metav1.GetOptions{})
		return err == nil
	})
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true,
	}}
	url := fmt.Sprintf("https://127.0.0.1:%d%s", node.Status.DaemonEndpoints.KubeletEndpoint.Port, path)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// pid reads the number of the pod's process from its log.
func (c *cluster) pid(t *testing.T) int {
	t.Helper()
	pid := 0
	eventually(t, "printing its number", func() bool {
		_, body := c.ask(t, "/containerLogs/ns/p/c")
		pid, _ = strconv.Atoi(strings.TrimSpace(body))
		return pid != 0
	})
	return pid
}

func dead(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestNodeIsReadyForOrdinaryPods(t *testing.T) {
	t.Parallel()
	c := start(t)
	var node *corev1.Node
	eventually(t, "registered", func() bool {
		var err error
		node, err = c.CoreV1().Nodes().Get(t.Context(), "n", metav1.GetOptions{})
		return err == nil
	})
	ready := corev1.ConditionStatus("")
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			ready = condition.Status
		}
	}
	got := []any{
		node.Labels, node.Spec.Taints, ready, node.Status.Addresses[0],
		node.Status.Allocatable.Cpu().String(), node.Status.Allocatable.Memory().String(), node.Status.Allocatable.Pods().String(),
	}
	want := []any{
		map[string]string{
			"kubernetes.io/os": runtime.GOOS, "kubernetes.io/arch": runtime.GOARCH, "kubernetes.io/hostname": "n", "type": "sandbox",
		},
		[]corev1.Taint(nil), corev1.ConditionTrue,
		corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: "127.0.0.1"},
		"8", "16Gi", "110",
	}
	equal(t, want, got)
	eventually(t, "leased", func() bool {
		_, err := c.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(t.Context(), "n", metav1.GetOptions{})
		return err == nil
	})
}

func TestStatusKeepsWhatOthersWrote(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.create(t, "u")
	got := map[corev1.PodConditionType]corev1.ConditionStatus{}
	for _, condition := range c.pod(t).Status.Conditions {
		got[condition.Type] = condition.Status
	}
	want := map[corev1.PodConditionType]corev1.ConditionStatus{
		corev1.PodScheduled: "True", corev1.PodInitialized: "True", corev1.ContainersReady: "True", corev1.PodReady: "True",
	}
	equal(t, want, got)
}

func TestDeletedPodEndsAndLeavesTheAPI(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.create(t, "u")
	pid := c.pid(t)
	pod, now, second := c.pod(t), metav1.Now(), int64(1)
	pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = &now, &second
	if err := c.Tracker().Update(corev1.SchemeGroupVersion.WithResource("pods"), pod, "ns"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "gone from the API", func() bool { return c.gone(t) })
	eventually(t, "without its process", func() bool { return dead(pid) })
}

func TestSuccessorOfTheSameNameRuns(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.create(t, "first")
	first := c.pid(t)
	if err := c.CoreV1().Pods("ns").Delete(t.Context(), "p", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	c.create(t, "second")
	eventually(t, "without the first's process", func() bool { return dead(first) })
	if second := c.pid(t); second == first || dead(second) {
		t.Errorf("the second pod's process is %d, after %d", second, first)
	}
}

func TestStoppedNodeLeavesNoProcessAndItsPodsBound(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.create(t, "u")
	pid := c.pid(t)
	began := time.Now()
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("the process had %v to end, want 2s", took)
	}
	if !dead(pid) {
		t.Errorf("the process %d is still there", pid)
	}
	equal(t, corev1.PodRunning, c.pod(t).Status.Phase)
}

func TestWhatTheServerRefuses(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.create(t, "u")
	for name, test := range map[string]struct {
		path, want string
		status     int
	}{
		"UnknownPod":       {"/containerLogs/ns/none/c", "pod \"ns/none\" does not run here\n", http.StatusNotFound},
		"UnknownContainer": {"/containerLogs/ns/p/none", "pod \"p\" has no container \"none\"\n", http.StatusBadRequest},
		"NoPreviousRun": {
			"/containerLogs/ns/p/c?previous=true", "previous terminated container \"c\" in pod \"p\" not found\n", http.StatusBadRequest,
		},
		"BadTail": {"/containerLogs/ns/p/c?tailLines=x", "tailLines: \"x\": must be a whole number\n", http.StatusBadRequest},
		"BadTime": {"/containerLogs/ns/p/c?sinceTime=x", "sinceTime: \"x\": must be a time in RFC 3339\n", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := c.ask(t, test.path)
			equal(t, []any{test.status, test.want}, []any{status, body})
		})
	}
	for _, verb := range []string{"exec", "attach", "portForward"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			_, body := c.ask(t, "/"+verb+"/ns/p/c")
			var status metav1.Status
			if err := json.Unmarshal([]byte(body), &status); err != nil {
				t.Fatal(err)
			}
			want := metav1.Status{
				TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: 501,
				Message: verb + " is not supported: pods of the sandbox are processes on this machine",
			}
			equal(t, want, status)
		})
	}
}

// equal compares whole values.
func equal(t *testing.T, want, got any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("unexpected (-want +got):\n%s", diff)
	}
}
