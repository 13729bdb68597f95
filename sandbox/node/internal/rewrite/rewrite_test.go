package rewrite_test

import (
	"errors"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eso-aws/sandbox/node/internal/rewrite"
)

func httpProbe(port intstr.IntOrString) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: port}}}
}

func tcpProbe(port intstr.IntOrString) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: port}}}
}

// ports gives out 40001, 40002 and so on.
func ports() func() (int32, error) {
	next := int32(40000)
	return func() (int32, error) {
		next++
		return next, nil
	}
}

func TestContainer(t *testing.T) {
	t.Parallel()
	execProbe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}}}
	for name, test := range map[string]struct{ in, want corev1.Container }{
		"ESO": {
			corev1.Container{
				Args:          []string{"--concurrent=1", "--metrics-addr=:8080", "--loglevel=info", "--live-addr=:8082"},
				Ports:         []corev1.ContainerPort{{Name: "metrics", ContainerPort: 8080}, {Name: "live", ContainerPort: 8082}},
				LivenessProbe: httpProbe(intstr.FromInt32(8082)), ReadinessProbe: httpProbe(intstr.FromString("live")),
				StartupProbe: tcpProbe(intstr.FromInt32(8080)),
			},
			corev1.Container{
				Args:          []string{"--concurrent=1", "--metrics-addr=127.0.0.1:40001", "--loglevel=info", "--live-addr=127.0.0.1:40002"},
				Ports:         []corev1.ContainerPort{{Name: "metrics", ContainerPort: 40001}, {Name: "live", ContainerPort: 40002}},
				LivenessProbe: httpProbe(intstr.FromInt32(40002)), ReadinessProbe: httpProbe(intstr.FromString("live")),
				StartupProbe: tcpProbe(intstr.FromInt32(40001)),
			},
		},
		"ValueInTheNextArgument": {
			corev1.Container{Args: []string{"--metrics-addr", "0.0.0.0:8080", "--live-addr", "[::]:8082"}},
			corev1.Container{Args: []string{"--metrics-addr", "127.0.0.1:40001", "--live-addr", "127.0.0.1:40002"}},
		},
		"OnePortForBoth": {
			corev1.Container{Args: []string{"--metrics-addr=:8080", "--live-addr=:8080"}},
			corev1.Container{Args: []string{"--metrics-addr=127.0.0.1:40001", "--live-addr=127.0.0.1:40001"}},
		},
		"InTheCommand": {
			corev1.Container{Command: []string{"/eso", "--live-addr=:8082"}},
			corev1.Container{Command: []string{"/eso", "--live-addr=127.0.0.1:40001"}},
		},
		"SwitchedOff": {
			corev1.Container{Args: []string{"--metrics-addr=0", "--live-addr=:0"}},
			corev1.Container{Args: []string{"--metrics-addr=0", "--live-addr=:0"}},
		},
		"NoValue": {
			corev1.Container{Args: []string{"--metrics-addr"}},
			corev1.Container{Args: []string{"--metrics-addr"}},
		},
		"NothingElse": {
			corev1.Container{
				Args:          []string{"--addr=:8080", "--metrics-addr-x=:8081", "-metrics-addr=:1", ":8080", "--", "--live-addr=:8082"},
				Ports:         []corev1.ContainerPort{{ContainerPort: 8080}},
				LivenessProbe: httpProbe(intstr.FromInt32(8080)),
			},
			corev1.Container{
				Args:          []string{"--addr=:8080", "--metrics-addr-x=:8081", "-metrics-addr=:1", ":8080", "--", "--live-addr=:8082"},
				Ports:         []corev1.ContainerPort{{ContainerPort: 8080}},
				LivenessProbe: httpProbe(intstr.FromInt32(8080)),
			},
		},
		"OtherPortsStay": {
			corev1.Container{
				Args:          []string{"--metrics-addr=:8080"},
				Ports:         []corev1.ContainerPort{{ContainerPort: 9090}},
				LivenessProbe: httpProbe(intstr.FromInt32(9090)), ReadinessProbe: execProbe,
			},
			corev1.Container{
				Args:          []string{"--metrics-addr=127.0.0.1:40001"},
				Ports:         []corev1.ContainerPort{{ContainerPort: 9090}},
				LivenessProbe: httpProbe(intstr.FromInt32(9090)), ReadinessProbe: execProbe,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, got := test.in.DeepCopy(), test.in
			if err := rewrite.Container(&got, ports()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(*before, test.in); diff != "" {
				t.Errorf("what the original shares was changed: %s", diff)
			}
		})
	}
}

func TestContainerSaysThatNoPortIsFree(t *testing.T) {
	t.Parallel()
	none := errors.New("none is free")
	err := rewrite.Container(&corev1.Container{Args: []string{"--live-addr=:1"}}, func() (int32, error) { return 0, none })
	if want := "moving the address of --live-addr: none is free"; !errors.Is(err, none) || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestPortsAreDistinctAndUsable(t *testing.T) {
	t.Parallel()
	var free rewrite.Ports
	taken := map[int32]bool{}
	for range 20 {
		port, err := free.Take()
		if err != nil {
			t.Fatal(err)
		}
		taken[port] = true
	}
	if len(taken) != 20 {
		t.Errorf("%d of 20 ports are distinct", len(taken))
	}
	free.Release()
	for port := range taken {
		listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)})
		if err != nil {
			t.Fatalf("a released port cannot be used: %v", err)
		}
		_ = listener.Close()
	}
}

func TestExplicit(t *testing.T) {
	t.Parallel()
	defaults := []string{"--live-addr=:8082"}
	for name, test := range map[string]struct{ args, want []string }{
		"Absent":   {[]string{"--metrics-addr=:8080"}, []string{"--metrics-addr=:8080", "--live-addr=:8082"}},
		"Joined":   {[]string{"--live-addr=:1"}, []string{"--live-addr=:1"}},
		"Separate": {[]string{"--live-addr", ":1"}, []string{"--live-addr", ":1"}},
		"Longer":   {[]string{"--live-address=:1"}, []string{"--live-address=:1", "--live-addr=:8082"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, rewrite.Explicit(test.args, defaults)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
