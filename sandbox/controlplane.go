package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"eso-aws/sandbox/internal/process"
)

// users holds a token for each identity of the control plane in Kubernetes' default RBAC rules.
type users struct {
	admin, controllerManager, scheduler string
}

func newUsers() users {
	return users{admin: randomHex(), controllerManager: randomHex(), scheduler: randomHex()}
}

// tokenFile returns the API server's static token file: token, user, uid, groups.
func (u users) tokenFile() string {
	return u.admin + ",sandbox-admin,1,system:masters\n" +
		u.controllerManager + ",system:kube-controller-manager,2\n" +
		u.scheduler + ",system:kube-scheduler,3\n"
}

// part returns how to run a part of the control plane, all of which are in one binary.
func (s *Sandbox) part(name string, args ...string) process.Spec {
	return process.Spec{
		Name: name, Path: s.opts.Binaries.Kubernetes, Args: append([]string{name}, args...),
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.path("home")},
		Log: s.path("logs", name+".log"),
	}
}

// etcd does not sync its data to disk, because the data does not outlive the sandbox. It requires the API
// server's certificate, because it stores Secrets.
func (s *Sandbox) etcd(client, peer int) process.Spec {
	url, peerURL := loopback("https", client), loopback("http", peer)
	return s.part("etcd",
		"--data-dir="+s.path("etcd"),
		"--listen-client-urls="+url, "--advertise-client-urls="+url,
		"--listen-peer-urls="+peerURL, "--initial-advertise-peer-urls="+peerURL,
		"--initial-cluster=default="+peerURL,
		"--cert-file="+s.pki.path("etcd.crt"), "--key-file="+s.pki.path("etcd.key"),
		"--trusted-ca-file="+s.pki.path("ca.crt"), "--client-cert-auth",
		"--unsafe-no-fsync", "--log-level=warn",
	)
}

// apiServer issues service account tokens under an issuer URL like EKS's, but with its own keys.
func (s *Sandbox) apiServer(port, etcd int) process.Spec {
	return s.part("kube-apiserver",
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port="+strconv.Itoa(port),
		"--endpoint-reconciler-type=none", // the cluster has no network
		"--etcd-servers="+loopback("https", etcd), "--etcd-cafile="+s.pki.path("ca.crt"),
		"--etcd-certfile="+s.pki.path("etcd.crt"), "--etcd-keyfile="+s.pki.path("etcd.key"),
		"--tls-cert-file="+s.pki.path("apiserver.crt"), "--tls-private-key-file="+s.pki.path("apiserver.key"),
		"--client-ca-file="+s.pki.path("ca.crt"), "--token-auth-file="+s.path("pki", "tokens.csv"),
		"--authorization-mode=RBAC", "--allow-privileged", "--profiling=false",
		"--service-account-issuer="+s.issuer,
		"--service-account-jwks-uri="+loopback("https", port)+"/openid/v1/jwks",
		"--service-account-key-file="+s.pki.path("service-accounts.pub"),
		"--service-account-signing-key-file="+s.pki.path("service-accounts.key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--kubelet-client-certificate="+s.pki.path("kubelet-client.crt"),
		"--kubelet-client-key="+s.pki.path("kubelet-client.key"),
	)
}

// controllers are those that the program needs; the others would only slow down the start.
var controllers = []string{
	"deployment-controller", "replicaset-controller", "garbage-collector-controller", "namespace-controller",
	"serviceaccount-controller", "root-ca-certificate-publisher-controller", "node-lifecycle-controller",
	"pod-garbage-collector-controller", "job-controller", "clusterrole-aggregation-controller",
	"taint-eviction-controller",
}

func (s *Sandbox) controllerManager() process.Spec {
	return s.part("kube-controller-manager",
		"--kubeconfig="+s.path("pki", "controller-manager.kubeconfig"), "--leader-elect=false", "--secure-port=0",
		"--controllers="+strings.Join(controllers, ","), "--use-service-account-credentials",
		"--service-account-private-key-file="+s.pki.path("service-accounts.key"),
		"--root-ca-file="+s.pki.path("ca.crt"), "--profiling=false",
	)
}

func (s *Sandbox) scheduler() process.Spec {
	return s.part("kube-scheduler",
		"--kubeconfig="+s.path("pki", "scheduler.kubeconfig"), "--leader-elect=false", "--secure-port=0",
		"--profiling=false",
	)
}

// node returns how to run the cluster's only node.
func (s *Sandbox) node() process.Spec {
	return process.Spec{
		Name: "node", Path: s.opts.Binaries.Node,
		Args: []string{
			"--kubeconfig=" + s.Kubeconfig(), "--name=" + nodeName, "--dir=" + s.path("node"),
			"--client-ca=" + s.pki.path("ca.crt"), "--pull=2s",
			"--aws=" + s.awsURL, "--identity=" + s.eks.url,
			"--image=external-secrets=" + s.opts.Binaries.ExternalSecrets,
			"--listens=external-secrets=--live-addr=:8082", // the default, which listens on all interfaces
		},
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.path("home")},
		Log: s.path("logs", "node.log"),
	}
}

const nodeName = "sandbox"

// startControlPlane starts etcd, the API server, and then the parts that connect to it.
func (s *Sandbox) startControlPlane(ctx context.Context) error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	etcd, peer, api := ports[0], ports[1], ports[2]
	if err := s.prepareControlPlane(api); err != nil {
		return err
	}
	etcdReady, err := s.etcdProbe(etcd)
	if err != nil {
		return err
	}
	if err := s.start(ctx, s.etcd(etcd, peer), etcdReady); err != nil {
		return err
	}
	ready := func(ctx context.Context) error { return s.api.Get(ctx, "/readyz", nil) }
	if err := s.start(ctx, s.apiServer(api, etcd), ready); err != nil {
		return err
	}
	for _, spec := range []process.Spec{s.controllerManager(), s.scheduler()} {
		if err := s.start(ctx, spec, nil); err != nil {
			return err
		}
	}
	if s.opts.NoNode {
		return nil
	}
	return s.start(ctx, s.node(), s.nodeReady)
}

// prepareControlPlane writes the certificates, tokens and kubeconfigs for an API server on that port.
func (s *Sandbox) prepareControlPlane(port int) error {
	pki, err := newPKI(s.path("pki"))
	if err != nil {
		return err
	}
	s.pki = pki
	users := newUsers()
	for _, issue := range []func() error{
		func() error { return pki.issue("etcd", "etcd") },
		func() error { return pki.issue("apiserver", "kube-apiserver") },
		func() error { return pki.issue("kubelet-client", "kube-apiserver-kubelet-client", "system:masters") },
		func() error { return pki.issueSigningKey("service-accounts") },
		func() error { return os.WriteFile(s.path("pki", "tokens.csv"), []byte(users.tokenFile()), 0o600) },
	} {
		if err := issue(); err != nil {
			return err
		}
	}
	return s.writeKubeconfigs(loopback("https", port), users)
}

// nodeReady returns nil once the node accepts pods.
func (s *Sandbox) nodeReady(ctx context.Context) error {
	var node struct {
		Spec   struct{ Taints []struct{ Key string } }
		Status struct {
			Conditions []struct{ Type, Status string }
		}
	}
	if err := s.api.Get(ctx, "/api/v1/nodes/"+nodeName, &node); err != nil {
		return err
	}
	for _, taint := range node.Spec.Taints {
		return fmt.Errorf("the node still has the taint %s", taint.Key)
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == "Ready" && condition.Status == "True" {
			return nil
		}
	}
	return fmt.Errorf("the node has no condition Ready=True")
}

// etcdProbe returns a probe of etcd's health endpoint, with the certificate that etcd requires.
func (s *Sandbox) etcdProbe(port int) (func(context.Context) error, error) {
	certificate, err := tls.LoadX509KeyPair(s.pki.path("etcd.crt"), s.pki.path("etcd.key"))
	if err != nil {
		return nil, fmt.Errorf("reading etcd's certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.pki.ca)
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: roots, Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12,
	}}}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, loopback("https", port)+"/health", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close() //nolint:errcheck // it was only read
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("etcd's health endpoint returned %s", resp.Status)
		}
		return nil
	}, nil
}

func loopback(scheme string, port int) string {
	return fmt.Sprintf("%s://127.0.0.1:%d", scheme, port)
}

// freePorts returns loopback ports that were free a moment ago.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("finding a free port: %w", err)
		}
		// Open until all are found, so that they differ.
		defer listener.Close() //nolint:errcheck // it has no connections
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// writeKubeconfigs writes a kubeconfig for the user and one for each part of the control plane.
func (s *Sandbox) writeKubeconfigs(url string, users users) error {
	for path, token := range map[string]string{
		s.Kubeconfig(): users.admin,
		s.path("pki", "controller-manager.kubeconfig"): users.controllerManager,
		s.path("pki", "scheduler.kubeconfig"):          users.scheduler,
	} {
		if err := os.WriteFile(path, kubeconfig(url, s.pki.pem, token), 0o600); err != nil {
			return fmt.Errorf("writing the kubeconfig %q: %w", filepath.Base(path), err)
		}
	}
	return s.connect(url, users.admin)
}
