package sandbox

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws"
	"eso-aws/sandbox/build"
	"eso-aws/sandbox/internal/kubeapi"
	"eso-aws/sandbox/internal/process"
)

// Options are the options of [Start]. Dir and Binaries are required.
type Options struct {
	Dir      string         // an absolute path; holds all files of the sandbox, and is emptied first
	Binaries build.Binaries // what to run, from [build.All]
	AWS      aws.Options
	NoNode   bool         // start no node: pods do not run, and the start takes a second less
	Progress func(string) // called with the name of each part that is ready; may be nil
}

// Sandbox is a running control plane, node and AWS.
type Sandbox struct {
	opts    Options
	pki     *pki
	issuer  string // of service account tokens
	api     *kubeapi.Client
	token   string // of the cluster's administrator
	aws     *aws.Server
	awsURL  string
	log     *os.File // of aws
	eks     eks
	servers []*http.Server     // of aws and of eks
	running []*process.Process // in the order of their start
	failed  chan error         // receives the error of the first part that exits unexpectedly
}

// Start starts all parts and returns when they are ready. On an error it stops those that have started.
func Start(ctx context.Context, opts Options) (*Sandbox, error) {
	if !filepath.IsAbs(opts.Dir) {
		return nil, fmt.Errorf("the sandbox's folder %q must be an absolute path", opts.Dir)
	}
	if opts.Progress == nil {
		opts.Progress = func(string) {}
	}
	s := &Sandbox{
		opts: opts, failed: make(chan error, 1),
		issuer: "https://oidc.eks.us-east-1.amazonaws.com/id/" + strings.ToUpper(randomHex()),
	}
	if err := s.startAll(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Sandbox) startAll(ctx context.Context) error {
	for _, dir := range []string{"etcd", "pki", "home", "logs", "node"} {
		if err := os.RemoveAll(s.path(dir)); err != nil {
			return fmt.Errorf("emptying the sandbox's folder: %w", err)
		}
	}
	for _, dir := range []string{"home", "logs", "node"} {
		if err := os.MkdirAll(s.path(dir), 0o700); err != nil {
			return fmt.Errorf("creating the sandbox's folder: %w", err)
		}
	}
	if err := s.startAWS(ctx); err != nil {
		return err
	}
	return s.startControlPlane(ctx)
}

// startAWS serves AWS in this process.
func (s *Sandbox) startAWS(ctx context.Context) error {
	log, err := os.OpenFile(s.path("logs", "aws.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log of aws: %w", err)
	}
	s.log = log
	if s.opts.AWS.Log == nil {
		s.opts.AWS.Log = slog.New(slog.NewTextHandler(log, nil))
	}
	s.aws = aws.New(s.opts.AWS)
	if s.awsURL, err = s.serve(ctx, s.aws); err != nil {
		return fmt.Errorf("listening for aws: %w", err)
	}
	if s.eks.url, err = s.serve(ctx, s.eksHandler()); err != nil {
		return fmt.Errorf("listening for the Pod Identity agent: %w", err)
	}
	s.opts.Progress("aws")
	return s.aws.PutOIDCProvider(s.issuer, stsAudience)
}

// serve serves the handler at a new loopback address until Stop.
func (s *Sandbox) serve(ctx context.Context, handler http.Handler) (url string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String(), nil
}

// start starts a part, waits until it is ready, and watches it from then on.
func (s *Sandbox) start(ctx context.Context, spec process.Spec, ready func(context.Context) error) error {
	p, err := process.Start(spec)
	if err != nil {
		return err
	}
	s.running = append(s.running, p)
	if err := process.Record(s.path("processes"), s.running); err != nil {
		return err
	}
	go func() {
		<-p.Done()
		select {
		case s.failed <- p.Err():
		default: // another part ended first, or Stop is stopping all
		}
	}()
	if ready != nil {
		if err := p.WaitReady(ctx, time.Minute, ready); err != nil {
			return err
		}
	}
	s.opts.Progress(spec.Name)
	return nil
}

// Failed receives an error when a part exits unexpectedly, with the exit status and the last lines of its
// log.
func (s *Sandbox) Failed() <-chan error { return s.failed }

// Stop stops all parts in the reverse order of their start. The logs stay.
func (s *Sandbox) Stop() {
	for _, p := range slices.Backward(s.running) {
		p.Stop(5 * time.Second)
	}
	for _, server := range slices.Backward(s.servers) {
		_ = server.Close()
	}
	if s.log != nil {
		_ = s.log.Close()
	}
	_ = os.Remove(s.path("processes"))
}

// Kubeconfig returns the path of a kubeconfig for the cluster's administrator, with the context "sandbox".
func (s *Sandbox) Kubeconfig() string { return s.path("kubeconfig") }

// API returns a client for the cluster's administrator.
func (s *Sandbox) API() *kubeapi.Client { return s.api }

// URL returns the API server's URL.
func (s *Sandbox) URL() string { return s.api.URL() }

// Issuer returns the issuer URL of service account tokens.
func (s *Sandbox) Issuer() string { return s.issuer }

// CA returns the certificate (PEM) of the authority that signed the API server's certificate.
func (s *Sandbox) CA() []byte { return s.pki.pem }

// Token returns the cluster administrator's token.
func (s *Sandbox) Token() string { return s.token }

// AWS returns the AWS stand-in, for storing secrets directly.
func (s *Sandbox) AWS() *aws.Server { return s.aws }

// Endpoint returns the URL of AWS.
func (s *Sandbox) Endpoint() string { return s.awsURL }

// Access returns the endpoint of AWS and the first of its access keys.
func (s *Sandbox) Access() Access {
	access := Access{Endpoint: s.awsURL, AccessKeyID: "test", SecretAccessKey: "test"}
	if keys := s.opts.AWS.Credentials; len(keys) > 0 {
		access.AccessKeyID, access.SecretAccessKey = keys[0].AccessKeyID, keys[0].SecretAccessKey
	}
	return access
}

func (s *Sandbox) path(parts ...string) string {
	return filepath.Join(append([]string{s.opts.Dir}, parts...)...)
}

func (s *Sandbox) connect(url, token string) (err error) {
	s.token = token
	s.api, err = kubeapi.New(url, s.pki.pem, token)
	return err
}

func kubeconfig(url string, ca []byte, token string) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: sandbox
clusters:
  - name: sandbox
    cluster: {server: %q, certificate-authority-data: %s}
users:
  - name: sandbox
    user: {token: %s}
contexts:
  - name: sandbox
    context: {cluster: sandbox, user: sandbox}
`, url, base64.StdEncoding.EncodeToString(ca), token)
}

// EndLeftovers ends the processes that a killed sandbox in that folder, and a killed pulumi in it, left
// running.
func EndLeftovers(ctx context.Context, dir string) error {
	if err := process.KillRecorded(ctx, filepath.Join(dir, "processes")); err != nil {
		return err
	}
	for _, executables := range []string{"bin", "pulumi"} {
		if err := process.KillBelow(ctx, filepath.Join(dir, executables)); err != nil {
			return err
		}
	}
	return nil
}
