package pod_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/record"

	"eso-aws/sandbox/node/internal/pod"
	"eso-aws/sandbox/node/internal/podenv"
	"eso-aws/sandbox/node/internal/podlog"
)

// TestMain lets the test binary be the program of the image "helper". What it sets is in the
// environment of the node, as a laptop's credentials would be.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "helper" {
		os.Exit(helper(os.Args[2:]))
	}
	_ = os.Setenv("AWS_ACCESS_KEY_ID", "of-the-laptop")
	_ = os.Setenv("AWS_PROFILE", "of-the-laptop")
	os.Exit(m.Run())
}

func helper(args []string) int {
	switch args[0] {
	case "env":
		env := os.Environ()
		slices.Sort(env)
		fmt.Fprintln(os.Stdout, strings.Join(env, "\n"))
	case "print":
		fmt.Fprintln(os.Stdout, strings.Join(args[1:], " "))
	case "exit":
		code, _ := strconv.Atoi(args[1])
		return code
	case "append":
		file, err := os.OpenFile(args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return 1
		}
		_, _ = file.WriteString(args[2])
	case "exists":
		if _, err := os.Stat(args[1]); err != nil {
			return 1
		}
	case "serve":
		address := strings.TrimPrefix(args[1], "--live-addr=")
		http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
		fmt.Fprintln(os.Stdout, http.ListenAndServe(address, nil))
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Fprintln(os.Stdout, os.Getpid())
		time.Sleep(time.Hour)
	case "sleep":
		time.Sleep(time.Hour)
	}
	return 0
}

// config returns a configuration for pods with short pauses.
func config(t *testing.T) (*pod.Config, *record.FakeRecorder) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	recorder := record.NewFakeRecorder(1000)
	return &pod.Config{
		Dir:      t.TempDir(),
		Images:   map[string]string{"helper": self, "other": self},
		Env:      podenv.Resolver{Client: fake.NewClientset()},
		Recorder: recorder,
		Changed:  func(*pod.Pod) {},
		Backoff:  pod.Backoff{Initial: 100 * time.Millisecond, Max: time.Second, Reset: time.Minute},
		Retry:    20 * time.Millisecond,
	}, recorder
}

// container runs the helper.
func container(name string, args ...string) corev1.Container {
	return corev1.Container{
		Name: name, Image: "registry.example:5000/some/helper:v1@sha256:0", Args: append([]string{"helper"}, args...),
	}
}

func spec(policy corev1.RestartPolicy, containers ...corev1.Container) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "p", UID: "u"},
		Spec:       corev1.PodSpec{RestartPolicy: policy, Containers: containers},
	}
}

func start(t *testing.T, cfg *pod.Config, spec *corev1.Pod) *pod.Pod {
	t.Helper()
	p := pod.Start(t.Context(), cfg, spec)
	t.Cleanup(func() {
		p.Stop(0)
		<-p.Done()
	})
	return p
}

// eventually waits until a status is as the test wants it.
func eventually(t *testing.T, p *pod.Pod, what string, holds func(corev1.PodStatus) bool) corev1.PodStatus {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		status := p.Status()
		if holds(status) {
			return status
		}
		if time.Now().After(deadline) {
			t.Fatalf("not %s after a minute; the status is %+v", what, status)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func finish(t *testing.T, p *pod.Pod) {
	t.Helper()
	select {
	case <-p.Done():
	case <-time.After(time.Minute):
		t.Fatalf("the pod is not done after a minute; the status is %+v", p.Status())
	}
}

func log(t *testing.T, p *pod.Pod, name string, previous bool) string {
	t.Helper()
	path, done, err := p.Log(name, previous)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := podlog.Copy(ctx, &out, path, podlog.Options{Follow: true}, done); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// events returns what was recorded so far of a reason.
func events(recorder *record.FakeRecorder, reason string) []string {
	var found []string
	for {
		select {
		case event := <-recorder.Events:
			if strings.Fields(event)[1] == reason {
				found = append(found, event)
			}
		default:
			return found
		}
	}
}

func condition(status corev1.PodStatus, kind corev1.PodConditionType) corev1.ConditionStatus {
	for _, c := range status.Conditions {
		if c.Type == kind {
			return c.Status
		}
	}
	return ""
}

// equal compares whole values.
func equal(t *testing.T, want, got any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("unexpected (-want +got):\n%s", diff)
	}
}
