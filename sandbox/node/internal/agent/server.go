package agent

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"eso-aws/sandbox/node/internal/podenv"
	"eso-aws/sandbox/node/internal/podlog"
)

// server serves the kubelet's API, as far as pods that are processes can support it.
type server struct {
	listener net.Listener
}

// listen opens a free loopback port. With clientCA, clients need a certificate of that CA.
func listen(clientCA string) (*server, error) {
	certificate, err := selfSigned()
	if err != nil {
		return nil, fmt.Errorf("creating the log server's certificate: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	if clientCA != "" {
		content, err := os.ReadFile(clientCA) //nolint:gosec // Named by the user.
		if err != nil {
			return nil, fmt.Errorf("reading the client authority: %w", err)
		}
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(content) {
			return nil, fmt.Errorf("reading the client authority %q: no certificate in it", clientCA)
		}
	}
	listener, err := tls.Listen("tcp", podenv.Address+":0", config)
	if err != nil {
		return nil, fmt.Errorf("listening for log requests: %w", err)
	}
	return &server{listener: listener}, nil
}

func (s *server) port() int32 {
	return int32(s.listener.Addr().(*net.TCPAddr).Port) //nolint:gosec // A port has sixteen bits.
}

// serve serves requests until ctx ends.
func (s *server) serve(ctx context.Context, pods *provider) {
	server := &http.Server{
		Handler: handler(pods), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	_ = server.Serve(s.listener)
}

func handler(pods *provider) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		if status, err := logs(w, r, pods); err != nil {
			http.Error(w, err.Error(), status)
		}
	})
	for _, verb := range []string{"exec", "attach", "portForward"} {
		mux.HandleFunc("/"+verb+"/", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, verb+" is not supported: pods of the sandbox are processes on this machine")
		})
	}
	return mux
}

// refuse answers with a Status object, because the API server does not forward plain text to kubectl.
func refuse(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotImplemented)
	_ = json.NewEncoder(w).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Code: http.StatusNotImplemented, Message: message,
	})
}

// logs writes a container's log. It returns the HTTP status for an error before the first byte.
func logs(w http.ResponseWriter, r *http.Request, pods *provider) (int, error) {
	options, previous, err := logOptions(r.URL.Query(), time.Now())
	if err != nil {
		return http.StatusBadRequest, err
	}
	name := types.NamespacedName{Namespace: r.PathValue("namespace"), Name: r.PathValue("pod")}
	running := pods.find(name)
	if running == nil {
		return http.StatusNotFound, fmt.Errorf("pod %q does not run here", name)
	}
	path, done, err := running.Log(r.PathValue("container"), previous)
	if err != nil {
		return http.StatusBadRequest, err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	out := flusher{w, http.NewResponseController(w)}
	_ = out.Flush() // Send the header at once to clients that follow.
	// After the first byte, an error can only end the response.
	_ = podlog.Copy(r.Context(), out, path, options, done)
	return 0, nil
}

// logOptions parses the query that the API server forwards.
func logOptions(query url.Values, now time.Time) (options podlog.Options, previous bool, err error) {
	var problems []error
	number := func(key string) *int {
		if query.Get(key) == "" {
			return nil
		}
		n, err := strconv.Atoi(query.Get(key))
		if err != nil || n < 0 {
			problems = append(problems, fmt.Errorf("%s: %q: must be a whole number", key, query.Get(key)))
		}
		n = max(n, 0)
		return &n
	}
	options.Follow = query.Get("follow") == "true"
	options.Timestamps = query.Get("timestamps") == "true"
	options.Tail = number("tailLines")
	if limit := number("limitBytes"); limit != nil {
		options.Limit = int64(*limit)
	}
	if age := number("sinceSeconds"); age != nil {
		options.Since = now.Add(-time.Duration(*age) * time.Second)
	}
	if since := query.Get("sinceTime"); since != "" {
		options.Since, err = time.Parse(time.RFC3339, since)
		if err != nil {
			problems = append(problems, fmt.Errorf("sinceTime: %q: must be a time in RFC 3339", since))
		}
	}
	return options, query.Get("previous") == "true", errors.Join(problems...)
}

// flusher sends each line immediately.
type flusher struct {
	io.Writer
	*http.ResponseController
}

func (f flusher) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil {
		err = f.Flush()
	}
	return n, err
}

// selfSigned creates a certificate for the lifetime of the node. The API server does not verify kubelets
// unless it is given a CA for them.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "sandbox-node"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses:  []net.IP{net.ParseIP(podenv.Address)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
