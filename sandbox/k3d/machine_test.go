package k3d_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"eso-aws/sandbox/aws"
)

// sandboxCommand is the path of the built sandbox command, which stores the secret.
var sandboxCommand string

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "k3d-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	sandboxCommand = filepath.Join(dir, "sandbox")
	if out, err := exec.Command("go", "build", "-o", sandboxCommand, "../cmd/sandbox").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the sandbox command: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// The fakes keep a call a line, and what there is in files: cluster, and emulator with whether it runs.
const (
	fakeDocker = `#!/bin/sh
cd "$STATE" && echo "docker $*" >>calls
case "$1 $2" in
"info --format")
	test ! -e engine-is-down || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }
	cat engine ;;
"container inspect")
	test -e emulator || { echo 'No such container' >&2; exit 1; }
	cat emulator ;;
"network inspect") echo 172.18.0.1 ;;
"run --detach")
	if test -e ends-by-itself; then echo false >emulator; else echo true >emulator; fi
	echo 0123456789ab ;;
"logs --tail") echo 'License activation failed' ;;
"rm --force") rm emulator && echo "$4" ;;
*) exit 9 ;;
esac
`
	fakeK3d = `#!/bin/sh
cd "$STATE" && echo "k3d $*" >>calls
case "$1 $2" in
"cluster get") test -e cluster ;;
"cluster create") : >cluster ;;
"cluster start" | "kubeconfig merge") ;;
"cluster delete") rm cluster ;;
*) exit 9 ;;
esac
`
)

// machine is one with fakes, on which k3d.sh runs.
type machine struct {
	state, bin, checkout, port string
	env                        []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{state: t.TempDir(), bin: t.TempDir(), checkout: t.TempDir(), port: "4566"}
	for _, name := range []string{"sh", "cat", "rm", "date", "sleep"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(m.bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, 0o700, fakeDocker, m.bin, "docker")
	write(t, 0o700, fakeK3d, m.bin, "k3d")
	write(t, 0o600, "Debian GNU/Linux 12 (bookworm)\n", m.state, "engine")
	write(t, 0o600, "name: eso-aws\n", m.checkout, "Pulumi.yaml")
	return m
}

// listen has the AWS stand-in answer as the emulator.
func (m *machine) listen(t *testing.T) {
	t.Helper()
	server := httptest.NewServer(aws.New(aws.Options{}))
	t.Cleanup(server.Close)
	_, m.port, _ = net.SplitHostPort(server.Listener.Addr().String())
}

// secret returns the value that the emulator has.
func (m *machine) secret(t *testing.T) string {
	t.Helper()
	client := secretsmanager.New(secretsmanager.Options{
		Region: "us-east-1", BaseEndpoint: sdk.String("http://127.0.0.1:" + m.port),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	out, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{
		SecretId: sdk.String("zio-lucene/datadog-api-key"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.SecretString
}

func write(t *testing.T, mode os.FileMode, text string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func (m *machine) command(t *testing.T, args ...string) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	script, err := filepath.Abs("k3d.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), filepath.Join(m.bin, "sh"), append([]string{script}, args...)...)
	cmd.Dir = m.checkout
	cmd.Env = append([]string{
		"PATH=" + m.bin, "STATE=" + m.state, "SANDBOX=" + sandboxCommand, "EMULATOR_PORT=" + m.port,
	}, m.env...)
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, errs
	return cmd, out, errs
}

// call runs the script and returns how it ended, what it printed, and the calls it made since the last.
func (m *machine) call(t *testing.T, args ...string) (code int, out, errs string, calls []string) {
	t.Helper()
	_ = os.Remove(filepath.Join(m.state, "calls"))
	cmd, stdout, stderr := m.command(t, args...)
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), m.calls()
}

func (m *machine) calls() (lines []string) {
	text, _ := os.ReadFile(filepath.Join(m.state, "calls"))
	for line := range strings.Lines(string(text)) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines
}

func (m *machine) ls(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(m.state)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.Name() != "calls" && entry.Name() != "engine" {
			names = append(names, entry.Name())
		}
	}
	return strings.Join(names, " ")
}
