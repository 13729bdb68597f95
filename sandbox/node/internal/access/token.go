// Package access gives pods the access to the API server that their ServiceAccounts have.
//
// A process has no /var/run/secrets, where in-cluster configurations are read, so a pod gets a
// kubeconfig, and KUBECONFIG that leads to it. Its token is bound to the pod, lives for an hour and
// is replaced when four fifths of that are over. No credential of the node is handed on.
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

// lifetime is what a token is asked for; the API server may grant another.
const lifetime = time.Hour

// shortest is the least pause between two requests, whatever the machine's clock says.
const shortest = 50 * time.Millisecond

// TokenFile is a file that holds a token of a pod's ServiceAccount.
type TokenFile struct {
	Client kubernetes.Interface
	Log    *slog.Logger
	Pod    *corev1.Pod
	Path   string
	// Audiences are whom the token is for; none is the API server.
	Audiences []string
}

// Keep writes the file and keeps its token fresh until ctx ends. It returns when the first token is
// written, or cannot be had.
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
			pause = life / 20 // Four more tries before the old token expires.
			if ctx.Err() == nil {
				f.Log.Warn("the token of a pod was not refreshed",
					"namespace", f.Pod.Namespace, "pod", f.Pod.Name, "err", err)
			}
		}
	}()
	return nil
}

// write asks for a token and puts it in place at once, without a newline. It returns how long the
// token lives.
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

// writeFile replaces the file at path, which readers see whole or not at all.
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
