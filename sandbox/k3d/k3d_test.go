// Package k3d_test runs k3d.sh with a docker and a k3d that record what they are asked.
package k3d_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	info       = "docker info --format {{.OperatingSystem}}"
	getCluster = "k3d cluster get eso-aws"
	running    = "docker container inspect --format {{.State.Running}} eso-aws-localstack"
	inspect    = "docker container inspect eso-aws-localstack"
	network    = "docker network inspect --format {{(index .IPAM.Config 0).Gateway}} k3d-eso-aws"
	remove     = "docker rm --force --volumes eso-aws-localstack"
	create     = "k3d cluster create eso-aws --kubeconfig-switch-context=false"
)

// runEmulator returns the call that starts the emulator, published at these addresses.
func (m *machine) runEmulator(image string, addresses ...string) string {
	call := []string{"docker run --detach --name eso-aws-localstack --network k3d-eso-aws --env SERVICES=secretsmanager,sts"}
	for _, address := range addresses {
		call = append(call, "--publish "+address+":"+m.port+":4566")
	}
	return strings.Join(append(call, image), " ")
}

const pinned = "localstack/localstack:4.14.0"

func TestUp(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.listen(t)
	code, out, errs, calls := m.call(t, "up")
	if code != 0 || errs != "" {
		t.Fatalf("it ended with %d: %s", code, errs)
	}
	want := []string{
		info, getCluster, create, running, inspect, network, m.runEmulator(pinned, "127.0.0.1", "172.18.0.1"),
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("the calls (-want +got):\n%s", diff)
	}
	if got := m.secret(t); got != "dummy" {
		t.Errorf("the secret is %q", got)
	}
	wantOut := "Stored zio-lucene/datadog-api-key.\n\n" +
		"The cluster k3d-eso-aws and the emulator at http://127.0.0.1:" + m.port + ` are ready. Next:
  pulumi login --local                 if you are not logged in to a backend
  pulumi stack select --create local
  pulumi config set --stack local endpoint http://host.k3d.internal:` + m.port + `
  pulumi up --stack local
  kubectl --context k3d-eso-aws get externalsecrets,secrets -n zio-lucene
  pulumi destroy --stack local         before make k3d-down
`
	if diff := cmp.Diff(wantOut, out); diff != "" {
		t.Errorf("the output (-want +got):\n%s", diff)
	}

	// What is there already is left alone: the secret too, which may have been rotated since.
	_, again, _, calls := m.call(t, "up")
	merge := "k3d kubeconfig merge eso-aws --kubeconfig-merge-default --kubeconfig-switch-context=false"
	want = []string{info, getCluster, "k3d cluster start eso-aws", merge, running}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("the calls of a second run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(strings.TrimPrefix(wantOut, "Stored zio-lucene/datadog-api-key.\n"), again); diff != "" {
		t.Errorf("the output of a second run (-want +got):\n%s", diff)
	}
}

// At the usual port the program's own default is right, and nothing is to be set.
func TestUpAtTheUsualPort(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	sandbox := filepath.Join(m.bin, "sandbox")
	write(t, 0o700, "#!/bin/sh\necho \"sandbox $*\" >>\"$STATE/calls\"\n", sandbox)
	m.env = []string{"SANDBOX=" + sandbox, "EMULATOR_PORT="}
	code, out, errs, calls := m.call(t, "up")
	want := []string{
		info, getCluster, create, running, inspect, network, m.runEmulator(pinned, "127.0.0.1", "172.18.0.1"),
		"sandbox secret --endpoint http://127.0.0.1:4566 zio-lucene/datadog-api-key dummy",
	}
	if diff := cmp.Diff(want, calls); diff != "" || code != 0 {
		t.Errorf("it ended with %d (%s); the calls (-want +got):\n%s", code, errs, diff)
	}
	if strings.Contains(out, "config set") {
		t.Errorf("it says to set what is the default:\n%s", out)
	}
}

func TestUpWithDockerDesktop(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.listen(t)
	write(t, 0o600, "Docker Desktop\n", m.state, "engine")
	code, _, errs, calls := m.call(t, "up")
	want := []string{info, getCluster, create, running, inspect, m.runEmulator(pinned, "127.0.0.1")}
	if diff := cmp.Diff(want, calls); diff != "" || code != 0 {
		t.Errorf("it ended with %d (%s); the calls (-want +got):\n%s", code, errs, diff)
	}
}

// A stopped emulator has lost its secrets and is made anew, here from another image.
func TestUpWithAStoppedEmulator(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.listen(t)
	m.env = []string{"EMULATOR_IMAGE=example.com/emulator:1"}
	write(t, 0o600, "false\n", m.state, "emulator")
	code, _, errs, calls := m.call(t, "up")
	want := []string{
		info, getCluster, create, running, inspect, remove, network,
		m.runEmulator("example.com/emulator:1", "127.0.0.1", "172.18.0.1"),
	}
	if diff := cmp.Diff(want, calls); diff != "" || code != 0 {
		t.Errorf("it ended with %d (%s); the calls (-want +got):\n%s", code, errs, diff)
	}
	if got := m.secret(t); got != "dummy" {
		t.Errorf("the secret is %q", got)
	}
}

func TestUpWithAnEmulatorThatEnds(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.port = closedPort(t)
	write(t, 0o600, "", m.state, "ends-by-itself")
	code, _, errs, _ := m.call(t, "up")
	want := "Last lines of the log of eso-aws-localstack:\nLicense activation failed\nk3d.sh: the emulator exited unexpectedly\n"
	if code != 1 || errs != want {
		t.Errorf("it ended with %d: %s", code, errs)
	}
	if got := m.ls(t); got != "cluster ends-by-itself" {
		t.Errorf("there is %s", got)
	}
}

// Interrupted while it waits for the emulator, it leaves none that the next run takes for a ready one.
func TestUpInterrupted(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.port = closedPort(t)
	cmd, _, errs := m.command(t, "up")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	asked := func() (times int) { // the second time is when the emulator has not answered
		for _, call := range m.calls() {
			if call == running {
				times++
			}
		}
		return times
	}
	for deadline := time.Now().Add(30 * time.Second); asked() < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not wait for the emulator: %s", errs)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 1 || !strings.HasSuffix(errs.String(), "\nk3d.sh: interrupted\n") {
		t.Errorf("it ended with %d: %s", cmd.ProcessState.ExitCode(), errs)
	}
	if got := m.ls(t); got != "cluster" {
		t.Errorf("there is %s", got)
	}
}

// closedPort returns one that nobody listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

func TestDown(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	write(t, 0o600, "true\n", m.state, "emulator")
	write(t, 0o600, "", m.state, "cluster")
	code, _, errs, calls := m.call(t, "down")
	want := []string{info, inspect, remove, getCluster, "k3d cluster delete eso-aws"}
	if diff := cmp.Diff(want, calls); diff != "" || code != 0 || m.ls(t) != "" {
		t.Errorf("it ended with %d (%s) and left %q; the calls (-want +got):\n%s", code, errs, m.ls(t), diff)
	}
	code, _, errs, calls = m.call(t, "down")
	if diff := cmp.Diff([]string{info, inspect, getCluster}, calls); diff != "" || code != 0 {
		t.Errorf("with nothing there it ended with %d (%s); the calls (-want +got):\n%s", code, errs, diff)
	}
}

func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*testing.T, *machine) error
		want  string
		calls []string
	}{
		"Docker": {
			func(_ *testing.T, m *machine) error { return os.Remove(filepath.Join(m.bin, "docker")) },
			"k3d.sh: docker is not installed; see https://docs.docker.com/get-docker (make up does not need it)\n", nil,
		},
		"K3d": {
			func(_ *testing.T, m *machine) error { return os.Remove(filepath.Join(m.bin, "k3d")) },
			"k3d.sh: k3d is not installed; see https://k3d.io/stable/#installation (make up does not need it)\n", nil,
		},
		"Engine": {
			func(t *testing.T, m *machine) error {
				t.Helper()
				write(t, 0o600, "", m.state, "engine-is-down")
				return nil
			},
			"Cannot connect to the Docker daemon\nk3d.sh: the container engine does not respond; " +
				"start Docker Desktop, or docker (sudo systemctl start docker)\n",
			[]string{info},
		},
	}
	for name, test := range tests {
		for _, verb := range []string{"up", "down"} {
			t.Run(name+"/"+verb, func(t *testing.T) {
				t.Parallel()
				m := newMachine(t)
				if err := test.spoil(t, m); err != nil {
					t.Fatal(err)
				}
				code, out, errs, calls := m.call(t, verb)
				if code != 1 || out != "" || errs != test.want {
					t.Errorf("it ended with %d and printed %q and %q, want %q", code, out, errs, test.want)
				}
				if diff := cmp.Diff(test.calls, calls); diff != "" {
					t.Errorf("the calls (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, args := range [][]string{nil, {"start"}} {
		if code, _, errs, calls := m.call(t, args...); code != 1 || errs != "k3d.sh: want up or down\n" || calls != nil {
			t.Errorf("%q ended with %d: %s", args, code, errs)
		}
	}
	m.env = []string{"SANDBOX="}
	code, _, errs, calls := m.call(t, "up")
	if code == 0 || !strings.HasSuffix(errs, "SANDBOX: the path of the sandbox command; call this as: make k3d-up\n") || calls != nil {
		t.Errorf("without a sandbox command it ended with %d: %s", code, errs)
	}
}
