package sandbox_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
	"eso-aws/sandbox/internal/kubeapi"
	"eso-aws/sandbox/internal/process"
)

// parts in the order of their start.
var parts = []string{"aws", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "node"}

func options(dir string) sandbox.Options {
	return sandbox.Options{Dir: dir, Binaries: build.Binaries{
		Kubernetes: os.Args[0], Node: os.Args[0], ExternalSecrets: "/bin/operator", Chart: "/share/chart",
	}}
}

// start starts a sandbox whose parts are the test binary.
func start(t *testing.T, dir string) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	settle(t, dir)
	return s
}

// settle waits until every part has printed its two lines and so hears a signal.
func settle(t *testing.T, dir string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for _, part := range parts[1:] {
		for strings.Count(read(t, dir, "logs", part+".log"), "\n") < 2 {
			if time.Now().After(deadline) {
				t.Fatalf("%s has printed nothing", part)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	o := options(t.TempDir())
	var progress []string
	o.Progress = func(part string) { progress = append(progress, part) }
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(s.Stop)
	t.Cleanup(stop)
	settle(t, o.Dir)
	if diff := cmp.Diff(parts, progress); diff != "" {
		t.Errorf("the parts (-want +got):\n%s", diff)
	}
	if got := strings.Count(read(t, o.Dir, "processes"), " "+os.Args[0]+"\n"); got != len(parts)-1 {
		t.Errorf("%d processes are recorded", got)
	}
	answer, err := http.Get(s.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := s.AWS().PutSecret("us-east-1", "a", "b"); err != nil {
		t.Error(err)
	}
	select {
	case err := <-s.Failed():
		t.Errorf("a part has failed: %v", err)
	default:
	}

	stop()
	want := "node\nkube-scheduler\nkube-controller-manager\nkube-apiserver\netcd\n"
	if diff := cmp.Diff(want, read(t, o.Dir, "stopped")); diff != "" {
		t.Errorf("the order of the stop (-want +got):\n%s", diff)
	}
	if answer, err := http.Get(s.Endpoint()); err == nil {
		answer.Body.Close()
		t.Error("AWS answers still")
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "processes")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the record of the processes: %v", err)
	}
	for _, part := range parts {
		if _, err := os.Stat(filepath.Join(o.Dir, "logs", part+".log")); err != nil {
			t.Error(err)
		}
	}
}

func TestWhoMayEnter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	if err := s.API().Get(t.Context(), "/readyz", nil); err != nil {
		t.Errorf("the administrator: %v", err)
	}
	others := regexp.MustCompile(`(?m)^([0-9a-f]{32}),`).FindAllStringSubmatch(read(t, dir, "pki/tokens.csv"), -1)
	if len(others) != 3 || others[0][1] != s.Token() || others[1][1] == others[2][1] || s.Token() == others[1][1] {
		t.Errorf("want three different tokens, the first the administrator's")
	}
	stranger, err := kubeapi.New(s.URL(), s.CA(), "guessed")
	if err != nil {
		t.Fatal(err)
	}
	var status *kubeapi.StatusError
	if err := stranger.Get(t.Context(), "/readyz", nil); !errors.As(err, &status) || status.Code != 401 {
		t.Errorf("a stranger gets %v", err)
	}

	// etcd, which holds the Secrets, opens to nobody without a certificate.
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CA())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	url := regexp.MustCompile(`--listen-client-urls=(\S+)`).FindStringSubmatch(read(t, dir, "logs/etcd.log"))[1]
	if answer, err := client.Get(url + "/health"); err == nil {
		answer.Body.Close()
		t.Error("etcd answers without a certificate")
	} else if !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("etcd: %v", err)
	}
	for path := range files(t, filepath.Join(dir, "pki")) {
		if info, err := os.Stat(filepath.Join(dir, "pki", path)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("pki/%s has mode %s (%v)", path, info.Mode(), err)
		}
	}
}

func TestKubeconfig(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	entry := func(name, kind string, content any) []any {
		return []any{map[string]any{"name": name, kind: content}}
	}
	var got map[string]any
	if err := yaml.Unmarshal([]byte(read(t, s.Kubeconfig())), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "sandbox",
		"clusters": entry("sandbox", "cluster", map[string]any{
			"server": s.URL(), "certificate-authority-data": base64.StdEncoding.EncodeToString(s.CA()),
		}),
		"users":    entry("sandbox", "user", map[string]any{"token": s.Token()}),
		"contexts": entry("sandbox", "context", map[string]any{"cluster": "sandbox", "user": "sandbox"}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the kubeconfig (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(s.Kubeconfig()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the kubeconfig has mode %s (%v)", info.Mode(), err)
	}
	tokens := read(t, dir, "pki/tokens.csv")
	for file, user := range map[string]string{
		"controller-manager": "system:kube-controller-manager", "scheduler": "system:kube-scheduler",
	} {
		token := regexp.MustCompile(`token: (\w+)`).FindStringSubmatch(read(t, dir, "pki", file+".kubeconfig"))[1]
		if !strings.Contains(tokens, token+","+user+",") {
			t.Errorf("%s.kubeconfig has not the token of %s", file, user)
		}
	}
}

// A part's environment is not the user's: what AWS or proxy settings there are do not reach it.
func TestWhatAPartIsGiven(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	for _, part := range parts[1:] {
		_, env, _ := strings.Cut(read(t, dir, "logs", part+".log"), "\n")
		env, _, _ = strings.Cut(env, "\n")
		if want := "PATH=" + os.Getenv("PATH") + " HOME=" + dir + "/home"; env != want {
			t.Errorf("%s has the environment %q, want %q", part, env, want)
		}
	}
	args, _, _ := strings.Cut(read(t, dir, "logs/node.log"), "\n")
	identity := regexp.MustCompile(` --identity=(http://127\.0\.0\.1:\d+) `).FindStringSubmatch(args)
	if identity == nil || identity[1] == s.Endpoint() {
		t.Fatalf("the node is given no URL of identities that is its own: %s", args)
	}
	want := "--kubeconfig=" + s.Kubeconfig() + " --name=sandbox --dir=" + dir + "/node --client-ca=" + dir +
		"/pki/ca.crt --pull=2s --aws=" + s.Endpoint() + " --identity=" + identity[1] + " --image=external-secrets=/bin/operator --listens=external-secrets=--live-addr=:8082"
	if args != want {
		t.Errorf("the node is given\n%s, want\n%s", args, want)
	}
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	off := map[string]any{"create": false}
	want := sandbox.Overlay{
		"eso-aws:kubeconfig": s.Kubeconfig(), "eso-aws:kubeContext": "sandbox", "eso-aws:endpoint": s.Endpoint(),
		"eso-aws:chart": "/share/chart", "eso-aws:chartValues": map[string]any{"webhook": off, "certController": off},
	}
	if diff := cmp.Diff(want, s.Overlay()); diff != "" {
		t.Errorf("the overlay (-want +got):\n%s", diff)
	}
}

func TestStartEmptiesTheFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{"etcd/member", "node/pod", "home/.kube", "logs/old.log", "pki/old.key"} {
		write(t, "of an earlier one", dir, path)
	}
	first := start(t, dir)
	for path, text := range files(t, dir) {
		if text == "of an earlier one" {
			t.Errorf("%s is still there", path)
		}
	}
	first.Stop()
	second := start(t, dir)
	if first.Token() == second.Token() || string(first.CA()) == string(second.CA()) {
		t.Error("the second sandbox has the first one's keys")
	}
}

func TestAPartThatEndsIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	lines := strings.Split(read(t, dir, "processes"), "\n") // in the order of their start
	id, _, _ := strings.Cut(lines[3], " ")
	pid, err := strconv.Atoi(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Failed():
		exit, ok := errors.AsType[*process.ExitError](err)
		if !ok || exit.Name != "kube-scheduler" || exit.Status != "signal: killed" {
			t.Errorf("got %v, want the scheduler's end", err)
		}
	case <-time.After(time.Minute):
		t.Error("nothing is told")
	}
}

func TestStartFailures(t *testing.T) {
	t.Parallel()
	for part, stopped := range map[string]string{
		"etcd": "", "kube-apiserver": "etcd\n",
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, "", dir, "fail-"+part)
			_, err := sandbox.Start(t.Context(), options(dir))
			exit, ok := errors.AsType[*process.ExitError](err)
			if !ok || exit.Name != part || exit.Status != "exit status 1" || !strings.HasSuffix(exit.Tail, "\nthe disk is full") {
				t.Errorf("got %v, want the end of %s", err, part)
			}
			got, _ := os.ReadFile(filepath.Join(dir, "stopped"))
			if string(got) != stopped {
				t.Errorf("what was stopped is %q, want %q", got, stopped)
			}
		})
	}
	t.Run("RelativeFolder", func(t *testing.T) {
		t.Parallel()
		_, err := sandbox.Start(t.Context(), options("box"))
		if want := `the sandbox's folder "box" must be an absolute path`; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("NoBinary", func(t *testing.T) {
		t.Parallel()
		o := options(t.TempDir())
		o.Binaries.Kubernetes = filepath.Join(o.Dir, "none")
		_, err := sandbox.Start(t.Context(), o)
		if err == nil || !strings.HasPrefix(err.Error(), "starting etcd: ") {
			t.Errorf("got %v, want that etcd cannot start", err)
		}
	})
}

func TestInterruptedStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, "", dir, "hang-kube-apiserver")
	ctx, cancel := context.WithCancel(t.Context())
	o := options(dir)
	o.Progress = func(part string) {
		if part == "etcd" {
			go func() {
				for log := []byte{}; strings.Count(string(log), "\n") < 2; time.Sleep(10 * time.Millisecond) {
					log, _ = os.ReadFile(filepath.Join(dir, "logs/kube-apiserver.log")) // it then hears a signal
				}
				cancel()
			}()
		}
	}
	if _, err := sandbox.Start(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
	if got := read(t, dir, "stopped"); got != "kube-apiserver\netcd\n" {
		t.Errorf("what was stopped is %q", got)
	}
}

func TestWithoutANode(t *testing.T) {
	t.Parallel()
	o := options(t.TempDir())
	o.NoNode, o.Binaries.Node = true, ""
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.Stop()
	if _, err := os.Stat(filepath.Join(o.Dir, "logs/node.log")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the node's log: %v", err)
	}
}

func TestEndLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir)
	if err := sandbox.EndLeftovers(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := s.API().Get(t.Context(), "/readyz", nil); err == nil {
		t.Error("the API server answers still")
	}
	if got := strings.Count(read(t, dir, "stopped"), "\n"); got != len(parts)-1 {
		t.Errorf("%d parts were ended", got)
	}
	if err := sandbox.EndLeftovers(t.Context(), dir); err != nil {
		t.Errorf("where nothing is left: %v", err)
	}
}
