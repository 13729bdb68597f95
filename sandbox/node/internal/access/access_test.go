package access_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/clientcmd"

	"eso-aws/sandbox/node/internal/access"
	"eso-aws/sandbox/node/internal/pod"
)

func thePod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "p", UID: "u"},
		Spec:       corev1.PodSpec{ServiceAccountName: "sa"},
	}
}

func account(automount *bool) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "sa"}, AutomountServiceAccountToken: automount,
	}
}

// server grants the tokens token-1, token-2 and so on, and remembers the last request. The first lives for
// life and the others for an hour, so that a slow test still finds the second. It refuses the nth request
// if refuse(n) is true.
type server struct {
	*fake.Clientset
	granted atomic.Int32
	last    atomic.Pointer[clienttesting.CreateActionImpl]
}

func newServer(life time.Duration, refuse func(n int32) bool, objects ...runtime.Object) *server {
	s := &server{Clientset: fake.NewClientset(objects...)}
	s.PrependReactor("create", "serviceaccounts", func(action clienttesting.Action) (bool, runtime.Object, error) {
		create := action.(clienttesting.CreateActionImpl)
		s.last.Store(&create)
		n := s.granted.Add(1)
		if refuse != nil && refuse(n) {
			return true, nil, errors.New("not now")
		}
		life := life
		if n > 1 {
			life = time.Hour
		}
		return true, &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{
			Token: "token-" + strconv.Itoa(int(n)), ExpirationTimestamp: metav1.NewTime(time.Now().Add(life)),
		}}, nil
	})
	return s
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestTokenRequest(t *testing.T) {
	t.Parallel()
	s := newServer(time.Hour, nil)
	file := access.TokenFile{
		Client: s, Log: quiet(), Pod: thePod(), Path: filepath.Join(t.TempDir(), "token"), Audiences: []string{"a"},
	}
	if err := file.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	hour := int64(3600)
	want := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		Audiences: []string{"a"}, ExpirationSeconds: &hour,
		BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: "p", UID: "u"},
	}}
	last := s.last.Load()
	equal(t, want, last.GetObject().(*authenticationv1.TokenRequest))
	equal(t, "ns/sa/token", last.GetNamespace()+"/"+last.Name+"/"+last.GetSubresource())
	content, err := os.ReadFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "token-1", string(content))
	info, err := os.Stat(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the token's file has the mode %v, want only its owner to read it", info.Mode())
	}
}

func TestTokenIsRefreshed(t *testing.T) {
	t.Parallel()
	const life = 300 * time.Millisecond
	for name, test := range map[string]struct {
		refuse func(int32) bool
		second string
		after  time.Duration
	}{
		"AtFourFifths":  {nil, "token-2", life * 4 / 5},
		"AfterARefusal": {func(n int32) bool { return n == 2 }, "token-3", life*4/5 + life/20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := access.TokenFile{
				Client: newServer(life, test.refuse), Log: quiet(), Pod: thePod(), Path: filepath.Join(t.TempDir(), "token"),
			}
			began := time.Now()
			if err := file.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := "token-1"
			for got == "token-1" && time.Since(began) < 10*time.Second {
				time.Sleep(time.Millisecond)
				content, err := os.ReadFile(file.Path)
				if err != nil {
					t.Fatal(err)
				}
				got = string(content)
			}
			if took := time.Since(began); got != test.second || took < test.after {
				t.Errorf("after %v the token is %q, want %q not before %v", took, got, test.second, test.after)
			}
		})
	}
}

func TestRefreshEndsWithThePod(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := newServer(100*time.Millisecond, func(int32) bool {
		cancel() // before the first refresh is due
		return false
	})
	file := access.TokenFile{Client: s, Log: quiet(), Pod: thePod(), Path: filepath.Join(t.TempDir(), "token")}
	if err := file.Keep(ctx); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if n := s.granted.Load(); n != 1 {
		t.Errorf("%d tokens were requested, want 1", n)
	}
}

func TestKubeconfig(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inject := access.Injector(newServer(time.Hour, nil, account(nil)), access.Server{URL: "https://127.0.0.1:1", CA: []byte("ca")}, quiet())
	env, err := inject(t.Context(), thePod(), dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "kubeconfig")
	if diff := cmp.Diff([]pod.Variables{{Values: map[string]string{"KUBECONFIG": path}}}, env); diff != "" {
		t.Fatal(diff)
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{config.Host, string(config.CAData), config.BearerTokenFile, config.BearerToken, config.Username, string(config.KeyData)}
	// client-go reads the token of the file too, and again when it is replaced.
	want := []string{"https://127.0.0.1:1", "ca", filepath.Join(dir, "token"), "token-1", "", ""}
	equal(t, want, got)
}

func TestAutomount(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for name, test := range map[string]struct {
		pod, account *bool
		want         bool
	}{
		"NeitherSays": {nil, nil, true},
		"AccountNo":   {nil, &no, false},
		"PodNo":       {&no, &yes, false},
		"PodYes":      {&yes, &no, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := thePod()
			spec.Spec.AutomountServiceAccountToken = test.pod
			dir := t.TempDir()
			inject := access.Injector(newServer(time.Hour, nil, account(test.account)), access.Server{}, quiet())
			env, err := inject(t.Context(), spec, dir)
			if err != nil {
				t.Fatal(err)
			}
			_, stat := os.Stat(filepath.Join(dir, "token"))
			if got := [2]bool{len(env) == 1, stat == nil}; got != [2]bool{test.want, test.want} {
				t.Errorf("the kubeconfig and the token are there: %v, want %v", got, test.want)
			}
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
