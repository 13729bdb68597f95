// Package access gives pods access to the API server as their ServiceAccounts.
//
// A process has no /var/run/secrets for an in-cluster configuration, so a pod gets a kubeconfig and the
// variable KUBECONFIG. The token in it is bound to the pod and lives for an hour. It is replaced after four
// fifths of its lifetime. Pods get no credentials of the node.
package access

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// lifetime is the requested lifetime of tokens. The API server may grant another.
const lifetime = time.Hour

// shortest is the minimum pause between two requests, whatever the machine's clock says.
const shortest = 50 * time.Millisecond

// TokenFile is a file that holds a token of a pod's ServiceAccount.
type TokenFile struct {
	Client kubernetes.Interface
	Log    *slog.Logger
	Pod    *corev1.Pod
	Path   string
	// Audiences are the token's audiences; none means the API server.
	Audiences []string
}

// Keep writes the file and refreshes the token until ctx ends. It returns after the first token, or with
// an error.
func (f TokenFile) Keep(ctx context.Context) error {
	life, err := f.write(ctx)
	if err != nil {
		return err
	}
	go func() {
		for pause := life * 4 / 5; ; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(max(pause, shortest)):
			}
			fresh, err := f.write(ctx)
			if err == nil {
				life, pause = fresh, fresh*4/5
				continue
			}
			pause = life / 20 // Four more attempts before the old token expires.
			if ctx.Err() == nil {
				f.Log.Warn("the token of a pod was not refreshed",
					"namespace", f.Pod.Namespace, "pod", f.Pod.Name, "err", err)
			}
		}
	}()
	return nil
}

// write requests a token and writes it to the file, without a newline. It returns the token's lifetime.
func (f TokenFile) write(ctx context.Context) (time.Duration, error) {
	account, seconds := f.Pod.Spec.ServiceAccountName, int64(lifetime/time.Second)
	if account == "" {
		account = "default"
	}
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		Audiences: f.Audiences, ExpirationSeconds: &seconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{
			Kind: "Pod", APIVersion: "v1", Name: f.Pod.Name, UID: f.Pod.UID,
		},
	}}
	granted, err := f.Client.CoreV1().ServiceAccounts(f.Pod.Namespace).
		CreateToken(ctx, account, request, metav1.CreateOptions{})
	if err != nil {
		return 0, fmt.Errorf("requesting a token of service account %q: %w", account, err)
	}
	if err := writeFile(f.Path, []byte(granted.Status.Token)); err != nil {
		return 0, fmt.Errorf("keeping a token of service account %q: %w", account, err)
	}
	return time.Until(granted.Status.ExpirationTimestamp.Time), nil
}

// writeFile replaces the file at path atomically.
func writeFile(path string, content []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if _, err = file.Write(content); err != nil {
		_ = file.Close()
		return err
	}
	if err = file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
