package agent_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"eso-aws/sandbox/node/internal/agent"
)

// authority creates a certificate that signs itself, and so is its own authority.
func authority(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestClientAuthority(t *testing.T) {
	t.Parallel()
	known, bundle := authority(t)
	stranger, _ := authority(t)
	file := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(file, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	client := fake.NewClientset()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- agent.Run(ctx, client, agent.Options{
			Name: "n", Dir: t.TempDir(), ClientCA: file, Log: slog.New(slog.DiscardHandler),
		})
	}()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	var node *corev1.Node
	eventually(t, "registered", func() bool {
		var err error
		node, err = client.CoreV1().Nodes().Get(t.Context(), "n", metav1.GetOptions{})
		return err == nil
	})
	address := fmt.Sprintf("127.0.0.1:%d", node.Status.DaemonEndpoints.KubeletEndpoint.Port)
	for name, test := range map[string]struct {
		certificates []tls.Certificate
		want         string
	}{
		"Known":    {[]tls.Certificate{known}, "HTTP/1.1 404 Not Found"},
		"Stranger": {[]tls.Certificate{stranger}, "remote error: tls: unknown certificate authority"},
		"None":     {nil, "remote error: tls: certificate required"},
	} {
		got := get(t, address, test.certificates)
		if got != test.want {
			t.Errorf("%s: the answer is %q, want %q", name, got, test.want)
		}
	}
}

// get returns the first line of the answer, or the error.
func get(t *testing.T, address string, certificates []tls.Certificate) string {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, Certificates: certificates})
	if err != nil {
		return err.Error()
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return err.Error()
	}
	line := make([]byte, len("HTTP/1.1 404 Not Found"))
	if _, err := conn.Read(line); err != nil {
		return err.Error()
	}
	return string(line)
}
