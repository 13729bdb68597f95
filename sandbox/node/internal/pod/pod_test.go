package pod_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"eso-aws/sandbox/node/internal/pod"
)

// gives returns an injector that has these for every pod.
func gives(given ...pod.Variables) pod.Injector {
	return func(context.Context, *corev1.Pod, string) ([]pod.Variables, error) { return given, nil }
}

func TestEnvironmentIsThePodsAlone(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	cfg.Inject = []pod.Injector{
		gives(pod.Variables{Values: map[string]string{"KUBECONFIG": "/k"}}),
		gives(
			pod.Variables{Values: map[string]string{"INJECTED": "1", "WITH_INJECTED": "1"}},
			pod.Variables{Values: map[string]string{"PLACE": "1"}, Unless: func(name string) bool { return name == "NONE" }},
			pod.Variables{Values: map[string]string{"NO_PLACE": "1"}, Unless: func(name string) bool { return name == "OWN" }},
		),
	}
	c := container("c", "env")
	c.Env = []corev1.EnvVar{{Name: "OWN", Value: "x"}, {Name: "INJECTED", Value: "own"}}
	p := start(t, cfg, spec(corev1.RestartPolicyNever, c))
	finish(t, p)
	dir := filepath.Join(cfg.Dir, "ns_p_u")
	want := strings.Join([]string{
		"AWS_EC2_METADATA_DISABLED=true", "HOME=" + dir + "/home", "HOSTNAME=p", "INJECTED=own", "KUBECONFIG=/k", "OWN=x",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PLACE=1", "TMPDIR=" + dir + "/tmp", "",
	}, "\n")
	equal(t, want, log(t, p, "c", false))
	for _, name := range []string{"home", "tmp"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("the folder %s has the mode %v, want only its owner in it", name, info.Mode())
		}
	}
}

func TestCommandAndArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command, args []string
		want          string
	}{
		"Entrypoint":      {nil, []string{"helper", "print", "$(A)", "$(B)", "$$(A)"}, "1 $(B) $(A)\n"},
		"ItsOwnByName":    {[]string{"/bin/helper", "helper"}, []string{"print", "x"}, "x\n"},
		"OneOfTheMachine": {[]string{"sh", "-c", "echo $0 $A"}, []string{"zero"}, "zero 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, _ := config(t)
			c := container("c")
			c.Command, c.Args, c.Env = test.command, test.args, []corev1.EnvVar{{Name: "A", Value: "1"}}
			p := start(t, cfg, spec(corev1.RestartPolicyNever, c))
			finish(t, p)
			equal(t, test.want, log(t, p, "c", false))
		})
	}
}

func TestEndOfAPod(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy corev1.RestartPolicy
		codes  []string
		phase  corev1.PodPhase
	}{
		"NeverSucceeds":        {corev1.RestartPolicyNever, []string{"0", "0"}, corev1.PodSucceeded},
		"NeverFails":           {corev1.RestartPolicyNever, []string{"0", "3"}, corev1.PodFailed},
		"OnFailureThatDoesNot": {corev1.RestartPolicyOnFailure, []string{"0"}, corev1.PodSucceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, _ := config(t)
			var containers []corev1.Container
			want := []int32{}
			for i, code := range test.codes {
				containers = append(containers, container("c"+strconv.Itoa(i), "exit", code))
				n, _ := strconv.Atoi(code)
				want = append(want, int32(n))
			}
			p := start(t, cfg, spec(test.policy, containers...))
			finish(t, p)
			status, got := p.Status(), []int32{}
			for _, c := range status.ContainerStatuses {
				got = append(got, c.State.Terminated.ExitCode)
			}
			if diff := cmp.Diff(want, got); diff != "" || status.Phase != test.phase {
				t.Errorf("the phase is %s, want %s; exit codes: %s", status.Phase, test.phase, diff)
			}
		})
	}
}

func TestCrashLoop(t *testing.T) {
	t.Parallel()
	cfg, recorder := config(t)
	cfg.Backoff = pod.Backoff{Initial: time.Hour, Max: time.Hour, Reset: time.Hour}
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, container("c", "exit", "3")))
	status := eventually(t, p, "in a crash loop", func(s corev1.PodStatus) bool {
		return s.ContainerStatuses[0].State.Waiting != nil && s.ContainerStatuses[0].RestartCount == 1
	})
	started := false
	want := corev1.ContainerStatus{
		Name: "c", RestartCount: 1, Started: &started,
		Image: "registry.example:5000/some/helper:v1@sha256:0", ImageID: "process://helper", ContainerID: "process://u/c/1",
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
			Reason: "CrashLoopBackOff", Message: "back-off 1h0m0s restarting failed container=c pod=p_ns(u)",
		}},
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: 3, Reason: "Error", ContainerID: "process://u/c/1",
		}},
	}
	equal(t, want, status.ContainerStatuses[0], cmpopts.IgnoreTypes(metav1.Time{}))
	equal(t, corev1.PodRunning, status.Phase)
	equal(t, []string{"Warning BackOff Back-off restarting failed container c in pod p_ns(u)"}, events(recorder, "BackOff"))
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	var got []time.Duration
	backoff, last := pod.KubeletBackoff(), time.Duration(0)
	for _, ran := range []time.Duration{0, 0, 0, 0, 0, 0, 0, 0, 11 * time.Minute, 0} {
		var pause time.Duration
		pause, last = backoff.Next(last, ran)
		got = append(got, pause/time.Second)
	}
	equal(t, []time.Duration{0, 10, 20, 40, 80, 160, 300, 300, 0, 10}, got)
}

func TestInitContainersRunInOrder(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	file := filepath.Join(t.TempDir(), "order")
	s := spec(corev1.RestartPolicyNever, container("main", "append", file, "c"))
	always := corev1.ContainerRestartPolicyAlways
	sidecar := container("sidecar", "sleep")
	sidecar.RestartPolicy = &always
	s.Spec.InitContainers = []corev1.Container{container("one", "append", file, "a"), sidecar, container("two", "append", file, "b")}
	p := start(t, cfg, s)
	finish(t, p)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "abc", string(content))
	// The sidecar was stopped when the work was done, and its end does not count.
	status := p.Status()
	got := []any{status.Phase, status.InitContainerStatuses[1].State.Terminated.ExitCode}
	equal(t, []any{corev1.PodSucceeded, int32(128 + 15)}, got)
}

func TestFailedInitContainerKeepsTheOthersFromStarting(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	s := spec(corev1.RestartPolicyNever, container("main", "print"))
	s.Spec.InitContainers = []corev1.Container{container("init", "exit", "4")}
	p := start(t, cfg, s)
	finish(t, p)
	status := p.Status()
	got := []any{status.Phase, condition(status, corev1.PodInitialized), status.ContainerStatuses[0].State.Waiting.Reason}
	equal(t, []any{corev1.PodFailed, corev1.ConditionFalse, "PodInitializing"}, got)
	_, _, err := p.Log("main", false)
	if want := `container "main" in pod "p" is waiting to start`; err == nil || err.Error() != want {
		t.Errorf("the log's error is %v, want %s", err, want)
	}
}

func TestUnknownImage(t *testing.T) {
	t.Parallel()
	cfg, recorder := config(t)
	c := container("c", "print")
	c.Image = "nginx:1"
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, c))
	status := eventually(t, p, "waiting for the image", func(s corev1.PodStatus) bool {
		return s.ContainerStatuses[0].State.Waiting.Reason == "ImageNotInSandbox"
	})
	const message = `the sandbox cannot run the image "nginx:1"; available: helper, other`
	got := []any{status.Phase, status.ContainerStatuses[0].State.Waiting.Message}
	equal(t, []any{corev1.PodPending, message}, got)
	time.Sleep(3 * cfg.Retry)
	equal(t, []string{"Warning ImageNotInSandbox " + message}, events(recorder, "ImageNotInSandbox"))
}

func TestMissingSecretIsWaitedFor(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	client := fake.NewClientset()
	cfg.Env.Client = client
	c := container("c", "print", "$(V)")
	c.Env = []corev1.EnvVar{{Name: "V", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "s"}, Key: "k",
	}}}}
	p := start(t, cfg, spec(corev1.RestartPolicyNever, c))
	status := eventually(t, p, "waiting for the secret", func(s corev1.PodStatus) bool {
		return s.ContainerStatuses[0].State.Waiting.Reason == "CreateContainerConfigError"
	})
	equal(t, `resolving the variable "V": secrets "s" not found`, status.ContainerStatuses[0].State.Waiting.Message)
	_, err := client.CoreV1().Secrets("ns").Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "s"}, Data: map[string][]byte{"k": []byte("there")},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	finish(t, p)
	equal(t, "there\n", log(t, p, "c", false))
}

func TestProgramThatCannotStart(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	c := container("c")
	c.Command = []string{"/no/such/program"}
	p := start(t, cfg, spec(corev1.RestartPolicyNever, c))
	finish(t, p)
	want := &corev1.ContainerStateTerminated{
		ExitCode: 128, Reason: "StartError", ContainerID: "process://u/c/0",
		Message: `starting "/no/such/program": fork/exec /no/such/program: no such file or directory`,
	}
	got := p.Status().ContainerStatuses[0].State.Terminated
	equal(t, want, got, cmpopts.IgnoreTypes(metav1.Time{}))
}

func TestFailingInjectorIsAskedAgain(t *testing.T) {
	t.Parallel()
	cfg, recorder := config(t)
	decided, asked := 0, 0
	cfg.Inject = []pod.Injector{
		func(context.Context, *corev1.Pod, string) ([]pod.Variables, error) {
			decided++
			return nil, nil
		},
		func(context.Context, *corev1.Pod, string) ([]pod.Variables, error) {
			if asked++; asked == 1 {
				return nil, errors.New("no token yet")
			}
			return nil, nil
		},
	}
	p := start(t, cfg, spec(corev1.RestartPolicyNever, container("c", "exit", "0")))
	finish(t, p)
	equal(t, []string{"Warning FailedToPreparePod no token yet"}, events(recorder, "FailedToPreparePod"))
	equal(t, [2]int{1, 2}, [2]int{decided, asked}) // what has been decided stays
	equal(t, corev1.PodSucceeded, p.Status().Phase)
}

func TestVolumesThatAreMissed(t *testing.T) {
	t.Parallel()
	cfg, recorder := config(t)
	s := spec(corev1.RestartPolicyNever, container("c", "exit", "0"))
	s.Spec.Volumes = []corev1.Volume{
		{Name: "kube-api-access-x", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{}}},
		{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
	finish(t, start(t, cfg, s))
	want := []string{`Warning VolumeNotMounted the sandbox runs pods as processes and cannot mount the volume "cache": ` +
		`its mount paths do not exist`}
	equal(t, want, events(recorder, "VolumeNotMounted"))
}

func TestStopKillsAfterTheGracePeriod(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, container("c", "stubborn")))
	pid := 0
	eventually(t, p, "printing its number", func(corev1.PodStatus) bool {
		path, _, err := p.Log("c", false)
		if err != nil {
			return false
		}
		content, _ := os.ReadFile(path)
		if fields := strings.Fields(string(content)); len(fields) == 3 {
			pid, _ = strconv.Atoi(fields[2])
		}
		return pid != 0
	})
	const grace = 300 * time.Millisecond
	began := time.Now()
	p.Stop(time.Hour)
	p.Stop(grace) // A later call shortens the time.
	finish(t, p)
	if took := time.Since(began); took < grace {
		t.Errorf("the process was killed after %v, want not before %v", took, grace)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process %d is still there: %v", pid, err)
	}
	equal(t, int32(128+9), p.Status().ContainerStatuses[0].State.Terminated.ExitCode)
}

func TestChangedImageRestartsTheContainer(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	s := spec(corev1.RestartPolicyAlways, container("c", "sleep"))
	p := start(t, cfg, s)
	running := func(s corev1.PodStatus) bool { return s.ContainerStatuses[0].State.Running != nil }
	eventually(t, p, "running", running)
	s.Spec.Containers[0].Image = "other:v2"
	p.Update(s)
	status := eventually(t, p, "running the other image", func(s corev1.PodStatus) bool {
		return running(s) && s.ContainerStatuses[0].ImageID == "process://other"
	})
	got := []any{status.ContainerStatuses[0].Image, status.ContainerStatuses[0].RestartCount}
	equal(t, []any{"other:v2", int32(1)}, got)
}

func TestRestartsOfAnEarlierNodeCount(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	s := spec(corev1.RestartPolicyAlways, container("c", "sleep"))
	s.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "c", RestartCount: 4, ContainerID: "process://u/c/4",
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	}}
	p := start(t, cfg, s)
	status := eventually(t, p, "running", func(s corev1.PodStatus) bool { return s.ContainerStatuses[0].State.Running != nil })
	want := []any{int32(5), &corev1.ContainerStateTerminated{
		ExitCode: 137, Reason: "ContainerStatusUnknown", Message: "the node stopped while the container ran",
		ContainerID: "process://u/c/4",
	}}
	got := []any{status.ContainerStatuses[0].RestartCount, status.ContainerStatuses[0].LastTerminationState.Terminated}
	equal(t, want, got, cmpopts.IgnoreTypes(metav1.Time{}))
}

func TestPreviousLog(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t)
	c := container("c")
	// The first run leaves a mark that the second one finds.
	c.Command = []string{"sh", "-c", "if test -e $HOME/mark; then echo second; exec sleep 1000; fi; touch $HOME/mark; echo first"}
	p := start(t, cfg, spec(corev1.RestartPolicyAlways, c))
	eventually(t, p, "restarted", func(s corev1.PodStatus) bool {
		return s.ContainerStatuses[0].RestartCount == 1 && s.ContainerStatuses[0].State.Running != nil
	})
	equal(t, "first\n", log(t, p, "c", true))
}
