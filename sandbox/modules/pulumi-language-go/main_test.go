package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// TestMain has the test binary be the language host itself: each test runs it as the engine does, as a
// process that prints its port.
func TestMain(m *testing.M) {
	if os.Getenv("LANGUAGE_HOST_TEST") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// hostProcess is a running language host.
type hostProcess struct {
	pulumirpc.LanguageRuntimeClient

	temporary string        // its folder for temporary files
	ended     chan struct{} // closed when it has ended
	mu        sync.Mutex
	printed   bytes.Buffer // by it and its programs, without the port
}

func (h *hostProcess) output() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.printed.String()
}

// startHost starts a language host for the engine at an address.
func startHost(t *testing.T, engine string) *hostProcess {
	t.Helper()
	h := &hostProcess{temporary: homeDir(t), ended: make(chan struct{})}
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], engine)
	cmd.Env = []string{
		"LANGUAGE_HOST_TEST=1", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + h.temporary, "HOME=" + h.temporary,
		"GOCACHE=" + strings.TrimSpace(string(cache)), "GOPATH=" + h.temporary, "CGO_ENABLED=0", "GOWORK=off",
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	port, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the host prints no port: %v", err)
	}
	go func() {
		defer close(h.ended)
		for line := range readLines(lines) {
			h.mu.Lock()
			h.printed.WriteString(line)
			h.mu.Unlock()
		}
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-h.ended
	})
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	h.LanguageRuntimeClient = pulumirpc.NewLanguageRuntimeClient(conn)
	return h
}

func readLines(r *bufio.Reader) func(func(string) bool) {
	return func(yield func(string) bool) {
		for {
			line, err := r.ReadString('\n')
			if line != "" && !yield(line) || err != nil {
				return
			}
		}
	}
}

// awaitOutput waits until the host or its program has printed a text.
func (h *hostProcess) awaitOutput(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(h.output(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it has not printed %q but %q", text, h.output())
		}
	}
}

func (h *hostProcess) awaitEnd(t *testing.T) {
	t.Helper()
	select {
	case <-h.ended:
	case <-time.After(time.Minute):
		t.Fatal("the host has not ended")
	}
}

// startEngine serves gRPC as an engine does, without a health service.
func startEngine(t *testing.T) (server *grpc.Server, address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server = grpc.NewServer()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return server, listener.Addr().String()
}

// script returns a program that is a shell script, run by way of the option "binary".
func script(t *testing.T, text string) *pulumirpc.RunRequest {
	t.Helper()
	dir := t.TempDir()
	write(t, "#!/bin/sh\n"+text, dir, "program")
	return runRequest(t, dir, map[string]any{"binary": "program"})
}

func runRequest(t *testing.T, dir string, options map[string]any) *pulumirpc.RunRequest {
	t.Helper()
	fields, err := structpb.NewStruct(options)
	if err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.RunRequest{
		Pwd:  dir,
		Info: &pulumirpc.ProgramInfo{RootDirectory: "/root/of/project", ProgramDirectory: dir, EntryPoint: ".", Options: fields},
	}
}

func write(t *testing.T, text string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// run runs a program and compares the response.
func (h *hostProcess) run(t *testing.T, req *pulumirpc.RunRequest, want *pulumirpc.RunResponse) {
	t.Helper()
	got, err := h.Run(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(want, got) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheProgramsEnvironment(t *testing.T) {
	t.Parallel()
	_, engine := startEngine(t)
	h := startHost(t, engine)
	req := script(t, `env | grep "^PULUMI_"; pwd; echo done`)
	req.Organization, req.Project, req.Stack, req.DryRun, req.Parallel = "acme", "eso-aws", "local", true, 16
	req.Config = map[string]string{"eso-aws:namespace": "it's \"quoted\""}
	req.ConfigSecretKeys = []string{"eso-aws:kubeconfig"}
	req.MonitorAddress = "127.0.0.1:7"
	h.run(t, req, &pulumirpc.RunResponse{})
	h.awaitOutput(t, "done\n")
	pwd, err := filepath.EvalSymlinks(req.GetPwd())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		pwd,
		`PULUMI_CONFIG={"eso-aws:namespace":"it's \"quoted\""}`,
		`PULUMI_CONFIG_SECRET_KEYS=["eso-aws:kubeconfig"]`,
		"PULUMI_DRY_RUN=true",
		"PULUMI_ENGINE=" + engine,
		"PULUMI_MONITOR=127.0.0.1:7",
		"PULUMI_ORGANIZATION=acme",
		"PULUMI_PARALLEL=16",
		"PULUMI_PROJECT=eso-aws",
		"PULUMI_ROOT_DIRECTORY=/root/of/project",
		"PULUMI_STACK=local",
		"done",
	}
	got := strings.Split(strings.TrimSpace(h.output()), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(want, got) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHandshakeTellsTheEngine(t *testing.T) {
	t.Parallel()
	h := startHost(t, "")
	if _, err := h.Handshake(t.Context(), &pulumirpc.LanguageHandshakeRequest{EngineAddress: "127.0.0.1:9"}); err != nil {
		t.Fatal(err)
	}
	h.run(t, script(t, `echo "engine=$PULUMI_ENGINE."`), &pulumirpc.RunResponse{})
	h.awaitOutput(t, "engine=127.0.0.1:9.\n")
}

func TestHowAProgramEnds(t *testing.T) {
	t.Parallel()
	h := startHost(t, "")
	missing := runRequest(t, t.TempDir(), map[string]any{"binary": "/none/program"})
	tests := map[string]struct {
		req  *pulumirpc.RunRequest
		want *pulumirpc.RunResponse
	}{
		"Well":      {script(t, "exit 0"), &pulumirpc.RunResponse{}},
		"Failing":   {script(t, "exit 1"), &pulumirpc.RunResponse{Error: "the program ended with exit status 1"}},
		"ErrorTold": {script(t, "exit 32"), &pulumirpc.RunResponse{Bail: true}},
		"Killed":    {script(t, "kill -9 $$"), &pulumirpc.RunResponse{Error: "the program ended with signal: killed"}},
		"NoSuchFile": {missing, &pulumirpc.RunResponse{
			Error: "running the program: fork/exec /none/program: no such file or directory",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h.run(t, test.req, test.want)
		})
	}
}

const module = "module example.com/program\n\ngo 1.26\n"

func TestAProgramIsBuilt(t *testing.T) {
	t.Parallel()
	h, dir := startHost(t, ""), t.TempDir()
	write(t, module, dir, "go.mod")
	write(t, "package main\n\nfunc main() { println(`built and run`) }\n", dir, "main.go")
	h.run(t, runRequest(t, dir, nil), &pulumirpc.RunResponse{})
	h.awaitOutput(t, "built and run\n")
	for pattern, want := range map[string]int{filepath.Join(dir, "*"): 2, filepath.Join(h.temporary, "pulumi-go-*"): 0} {
		if left, _ := filepath.Glob(pattern); len(left) != want {
			t.Errorf("there is %q", left)
		}
	}
}

func TestAProgramThatDoesNotBuild(t *testing.T) {
	t.Parallel()
	h, dir := startHost(t, ""), t.TempDir()
	write(t, module, dir, "go.mod")
	write(t, "package main\n\nfunc main() { undefined() }\n", dir, "main.go")
	h.run(t, runRequest(t, dir, nil), &pulumirpc.RunResponse{
		Error: "building the program in \"" + dir + "\": exit status 1\n" +
			"# example.com/program\n./main.go:3:15: undefined: undefined\n",
	})
	if left, _ := filepath.Glob(filepath.Join(h.temporary, "pulumi-go-*")); len(left) != 0 {
		t.Errorf("there is left %q", left)
	}
}

const endless = "echo started as $$; exec sleep 60"

// runInBackground runs an endless program and returns once it runs.
func (h *hostProcess) runInBackground(ctx context.Context, t *testing.T) (done chan error) {
	t.Helper()
	done = make(chan error, 1)
	req := script(t, endless)
	go func() {
		_, err := h.Run(ctx, req)
		done <- err
	}()
	h.awaitOutput(t, "started as ")
	return done
}

func (h *hostProcess) awaitProgramsEnd(t *testing.T) {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(h.output(), "started as ")))
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for syscall.Kill(pid, 0) == nil {
		if time.Now().After(deadline) {
			t.Fatalf("the program, process %d, still runs", pid)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestCancelEndsTheProgramAndTheHost(t *testing.T) {
	t.Parallel()
	h := startHost(t, "")
	done := h.runInBackground(t.Context(), t)
	if _, err := h.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	<-done
	h.awaitProgramsEnd(t)
	h.awaitEnd(t)
}

func TestAGivenUpRunEndsTheProgramAlone(t *testing.T) {
	t.Parallel()
	h := startHost(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	done := h.runInBackground(ctx, t)
	cancel()
	if err := <-done; status.Code(err) != codes.Canceled {
		t.Errorf("got %v, want the cancellation", err)
	}
	h.awaitProgramsEnd(t)
	h.run(t, script(t, "exit 0"), &pulumirpc.RunResponse{})
}

func TestTheHostEndsWithItsEngine(t *testing.T) {
	t.Parallel()
	engine, address := startEngine(t)
	h := startHost(t, address)
	done := h.runInBackground(t.Context(), t)
	select {
	case <-h.ended:
		t.Fatal("the host has ended before its engine")
	case <-time.After(1500 * time.Millisecond): // it has asked for the engine's health by now
	}
	engine.Stop()
	<-done
	h.awaitProgramsEnd(t)
	h.awaitEnd(t)
}

func TestWhatTheHostTells(t *testing.T) {
	t.Parallel()
	h := startHost(t, "")
	ctx := t.Context()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	about, err := h.About(ctx, &pulumirpc.AboutRequest{})
	if want := (&pulumirpc.AboutResponse{Executable: path, Version: runtime.Version()}); err != nil || !proto.Equal(want, about) {
		t.Errorf("got %v (%v), want %v", about, err, want)
	}
	packages, err := h.GetRequiredPackages(ctx, &pulumirpc.GetRequiredPackagesRequest{})
	if err != nil || len(packages.GetPackages()) != 0 {
		t.Errorf("got the packages %v (%v), want none", packages, err)
	}
	//nolint:staticcheck // older engines ask for it
	plugins, err := h.GetRequiredPlugins(ctx, &pulumirpc.GetRequiredPluginsRequest{})
	if err != nil || len(plugins.GetPlugins()) != 0 {
		t.Errorf("got the plugins %v (%v), want none", plugins, err)
	}
	if _, err := h.GenerateProject(ctx, &pulumirpc.GenerateProjectRequest{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("got %v, want that it is unimplemented", err)
	}
}

func TestInstallDependencies(t *testing.T) {
	t.Parallel()
	h := startHost(t, "")
	install := func(goMod string) error {
		dir := t.TempDir()
		write(t, goMod, dir, "go.mod")
		stream, err := h.InstallDependencies(t.Context(), &pulumirpc.InstallDependenciesRequest{
			Info: &pulumirpc.ProgramInfo{ProgramDirectory: dir},
		})
		if err != nil {
			return err
		}
		_, err = stream.Recv()
		return err
	}
	if err := install(module); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want the stream's end", err)
	}
	if err := install("modul"); err == nil || !strings.Contains(err.Error(), "go mod download in ") {
		t.Errorf("got %v, want that go mod download has failed", err)
	}
}

// homeDir returns a home for the go command, whose telemetry would else write there when the test is over.
func homeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, config := range []string{".config", "Library/Application Support"} { // of Linux and of macOS
		write(t, "off", dir, config, "go", "telemetry", "mode")
	}
	return dir
}
