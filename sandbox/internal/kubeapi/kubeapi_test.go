package kubeapi_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/internal/kubeapi"
)

// request is what the API server was asked.
type request struct{ Method, Path, Authorization, Accept, ContentType, Body string }

// serve starts an API server that gives the same answer to everything, and returns a client of it and
// the requests it gets.
func serve(t *testing.T, status int, answer string) (*kubeapi.Client, *[]request) {
	t.Helper()
	requests := &[]request{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*requests = append(*requests, request{
			r.Method, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Accept"),
			r.Header.Get("Content-Type"), string(body),
		})
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	client, err := kubeapi.New(server.URL, authority(server), "the-token")
	if err != nil {
		t.Fatal(err)
	}
	if client.URL() != server.URL {
		t.Errorf("the client's URL is %q, want %q", client.URL(), server.URL)
	}
	return client, requests
}

func authority(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// newAuthority returns the certificate of an authority that has signed nothing.
func newAuthority(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestRequests(t *testing.T) {
	t.Parallel()
	object := map[string]any{"kind": "Thing"}
	tests := map[string]struct {
		do   func(context.Context, *kubeapi.Client, any) error
		want request
	}{
		"Get": {
			func(ctx context.Context, c *kubeapi.Client, out any) error { return c.Get(ctx, "/things?a=b=c", out) },
			request{Method: "GET", Path: "/things?a=b=c"},
		},
		"Create": {
			func(ctx context.Context, c *kubeapi.Client, out any) error {
				return c.Create(ctx, "/things", object, out)
			},
			request{Method: "POST", Path: "/things", ContentType: "application/json", Body: `{"kind":"Thing"}`},
		},
		"Delete": {
			func(ctx context.Context, c *kubeapi.Client, _ any) error { return c.Delete(ctx, "/things/x") },
			request{Method: "DELETE", Path: "/things/x"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, requests := serve(t, http.StatusOK, `{"metadata":{"name":"x"}}`)
			out := map[string]any{}
			if err := test.do(t.Context(), client, &out); err != nil {
				t.Fatal(err)
			}
			test.want.Authorization, test.want.Accept = "Bearer the-token", "application/json, */*"
			if diff := cmp.Diff([]request{test.want}, *requests); diff != "" {
				t.Errorf("the request (-want +got):\n%s", diff)
			}
			want := map[string]any{"metadata": map[string]any{"name": "x"}}
			if name == "Delete" {
				want = map[string]any{}
			}
			if diff := cmp.Diff(want, out); diff != "" {
				t.Errorf("the answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatusErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status   int
		answer   string
		want     kubeapi.StatusError
		notFound bool
	}{
		"NotFound": {
			404, `{"kind":"Status","message":"things \"x\" not found","code":404}`,
			kubeapi.StatusError{Code: 404, Message: `things "x" not found`},
			true,
		},
		"Forbidden": {
			403, `{"kind":"Status","message":"forbidden: no"}`,
			kubeapi.StatusError{Code: 403, Message: "forbidden: no"},
			false,
		},
		"NotAStatusObject":  {500, "upstream is gone\n", kubeapi.StatusError{Code: 500, Message: "upstream is gone"}, false},
		"NoMessage":         {409, `{"kind":"Status"}`, kubeapi.StatusError{Code: 409, Message: `{"kind":"Status"}`}, false},
		"MessageOfOddShape": {500, `{"message":7}`, kubeapi.StatusError{Code: 500, Message: `{"message":7}`}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, test.status, test.answer)
			err := fmt.Errorf("listing: %w", client.Get(t.Context(), "/things/x", nil))
			got, ok := errors.AsType[*kubeapi.StatusError](err)
			if !ok {
				t.Fatalf("got %v, want a StatusError", err)
			}
			test.want.Method, test.want.Path = "GET", "/things/x"
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Errorf("the error (-want +got):\n%s", diff)
			}
			text := fmt.Sprintf("listing: GET /things/x: status %d: %s", test.status, test.want.Message)
			if err.Error() != text {
				t.Errorf("got %q, want %q", err, text)
			}
			if kubeapi.NotFound(err) != test.notFound {
				t.Errorf("NotFound is %t, want %t", !test.notFound, test.notFound)
			}
		})
	}
	if kubeapi.NotFound(errors.New("not found")) || kubeapi.NotFound(nil) {
		t.Error("NotFound holds for an error that is no StatusError")
	}
}

func TestOtherErrors(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, http.StatusOK, "<html>")
	tests := map[string]struct {
		err  error
		want string
	}{
		"Undecodable": {client.Get(t.Context(), "/x", &struct{}{}), "decoding the answer to GET /x: "},
		"Unencodable": {client.Create(t.Context(), "/x", func() {}, nil), "encoding the body of POST /x: "},
		"BadPath":     {client.Get(t.Context(), "/\n", nil), "creating the request GET /\n: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.err == nil || !strings.HasPrefix(test.err.Error(), test.want) {
				t.Errorf("got %v, want %s...", test.err, test.want)
			}
		})
	}
	if err := client.Get(t.Context(), "/x", nil); err != nil {
		t.Errorf("an answer that nobody wants to read: %v", err)
	}
}

func TestOnlyTheGivenAuthorityIsTrusted(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake that fails
	server.StartTLS()
	t.Cleanup(server.Close)
	client, err := kubeapi.New(server.URL, newAuthority(t), "the-token")
	if err != nil {
		t.Fatal(err)
	}
	err = client.Get(t.Context(), "/x", nil)
	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("got %v, want a certificate that is not trusted", err)
	}
	if err != nil && strings.Contains(err.Error(), "the-token") {
		t.Errorf("the error holds the token: %v", err)
	}
}

func TestNewWantsACertificate(t *testing.T) {
	t.Parallel()
	_, err := kubeapi.New("https://127.0.0.1", []byte("no certificate"), "")
	if want := "reading the API server's CA: no PEM certificate in it"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
