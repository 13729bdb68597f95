package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain has the test binary stand in for the binaries that a sandbox runs, and for a pod's program. It knows that it is one
// by its arguments, since a part gets no more environment than it needs.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		part := os.Args[1]
		if part == "sign-in" {
			fmt.Println(signIn())
			return
		}
		if strings.HasPrefix(part, "--kubeconfig=") {
			part = "node"
		}
		serve, ok := map[string]func(flags) error{
			"etcd": serveEtcd, "kube-apiserver": serveAPI,
			"kube-controller-manager": serveNothing, "kube-scheduler": serveNothing, "node": serveNothing,
		}[part]
		if ok {
			fmt.Fprintln(os.Stderr, run(part, serve))
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// run serves until it is asked to end. Files in the sandbox's folder have it do otherwise.
func run(part string, serve func(flags) error) error {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	fmt.Printf("%s\n%s\n", strings.Join(os.Args[1:], " "), strings.Join(os.Environ(), " "))
	dir := filepath.Dir(os.Getenv("HOME"))
	if _, err := os.Stat(filepath.Join(dir, "fail-"+part)); err == nil {
		return errors.New("the disk is full")
	}
	if _, err := os.Stat(filepath.Join(dir, "hang-"+part)); err == nil {
		serve = serveNothing
	}
	if err := serve(parseFlags(os.Args)); err != nil {
		return err
	}
	<-asked
	stopped, err := os.OpenFile(filepath.Join(dir, "stopped"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	fmt.Fprintln(stopped, part)
	return stopped.Close()
}

// flags are a part's, as --name=value.
type flags map[string]string

func parseFlags(args []string) flags {
	f := flags{}
	for _, arg := range args {
		name, value, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		f[name] = value
	}
	return f
}

func serveNothing(flags) error { return nil }

// serveEtcd answers as healthy to those who have a certificate of the CA.
func serveEtcd(f flags) error {
	ca, err := os.ReadFile(f["trusted-ca-file"])
	if err != nil {
		return err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(ca)
	config := &tls.Config{ClientCAs: clients, MinVersion: tls.VersionTLS12}
	if _, ok := f["client-cert-auth"]; ok {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	address := strings.TrimPrefix(f["listen-client-urls"], "https://")
	health := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, `{"health":"true"}`) })
	listen(&http.Server{Addr: address, Handler: health, TLSConfig: config}, f["cert-file"], f["key-file"])
	return nil
}

// serveAPI is a cluster of one node, for those who have a token of the administrator's group. It
// starts where it can reach etcd alone.
func serveAPI(f flags) error {
	certificate, err := tls.LoadX509KeyPair(f["etcd-certfile"], f["etcd-keyfile"])
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(f["etcd-cafile"])
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	etcd := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: roots, Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12,
	}}}
	answer, err := etcd.Get(f["etcd-servers"] + "/health")
	if err != nil {
		return err
	}
	answer.Body.Close()
	tokens, err := os.ReadFile(f["token-auth-file"])
	if err != nil {
		return err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		for line := range strings.Lines(string(tokens)) {
			if strings.HasPrefix(line, token+",") && strings.HasSuffix(line, ",system:masters\n") {
				fmt.Fprintln(w, `{"status":{"conditions":[{"type":"Ready","status":"True"}]}}`)
				return
			}
		}
		http.Error(w, `{"message":"Unauthorized"}`, http.StatusUnauthorized)
	})
	address := f["bind-address"] + ":" + f["secure-port"]
	listen(&http.Server{Addr: address, Handler: handler}, f["tls-cert-file"], f["tls-private-key-file"])
	return nil
}

func listen(server *http.Server, certificate, key string) {
	go func() {
		fmt.Fprintln(os.Stderr, server.ListenAndServeTLS(certificate, key))
		os.Exit(1)
	}()
}
