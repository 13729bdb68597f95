package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/cluster"
)

// TestMain is the credential plugin of these tests, run as itself.
func TestMain(m *testing.M) {
	answer, isPlugin := os.LookupEnv("PLUGIN_ANSWER")
	if !isPlugin {
		os.Exit(m.Run())
	}
	if answer == "" {
		fmt.Fprintln(os.Stderr, "the session has run out")
		os.Exit(3)
	}
	fmt.Print(strings.ReplaceAll(answer, "$INFO", base64.StdEncoding.EncodeToString([]byte(os.Getenv("KUBERNETES_EXEC_INFO")))))
}

// serve is a TLS server that answers for namespace "there", and says back in an
// annotation who asked.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces/there" {
			http.NotFound(w, r)
			return
		}
		var who strings.Builder
		who.WriteString(r.Header.Get("Authorization"))
		if len(r.TLS.PeerCertificates) > 0 {
			who.WriteString("certificate of " + r.TLS.PeerCertificates[0].Subject.CommonName)
		}
		for _, header := range []string{"Impersonate-User", "Impersonate-Group"} {
			if as := r.Header.Values(header); len(as) > 0 {
				fmt.Fprint(&who, " as ", as)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"metadata": map[string]any{
			"name": "there", "annotations": map[string]string{"who": who.String()},
		}})
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func authority(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

func encoded(content []byte) string { return base64.StdEncoding.EncodeToString(content) }

// kubeconfig is one of context here, whose cluster and user are YAML maps.
func kubeconfig(cluster, user string) string {
	return fmt.Sprintf(`
current-context: here
contexts: [{name: here, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: %s}]
users: [{name: u, user: %s}]
`, cluster, user)
}

func trusting(server *httptest.Server) string {
	return fmt.Sprintf("{server: %q, certificate-authority-data: %s}", server.URL, encoded(authority(server)))
}

// clientCertificate is a certificate of that name, and its key.
func clientCertificate(t *testing.T, name string) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

// who asks for namespace "there" and returns as whom.
func who(t *testing.T, source cluster.Source) (string, error) {
	t.Helper()
	client, err := cluster.Connect(t.Context(), source)
	if err != nil {
		return "", err
	}
	namespace, err := client.Namespace(t.Context(), "there")
	if err != nil {
		return "", err
	}
	return namespace.Annotations["who"], nil
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	server := serve(t)
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	certificate, key := clientCertificate(t, "me")
	ca, token := write("ca.pem", authority(server)), write("token", []byte("from-file\n"))
	certFile, keyFile := write("cert.pem", certificate), write("key.pem", key)
	self, err := os.Executable()
	require.NoError(t, err)
	plugin := func(version, answer string) string {
		return fmt.Sprintf(`{exec: {apiVersion: client.authentication.k8s.io/%s, command: %q, provideClusterInfo: true,
			env: [{name: PLUGIN_ANSWER, value: %q}]}}`, version, self, answer)
	}
	pemJSON := func(content []byte) string { return strings.ReplaceAll(string(content), "\n", `\n`) }

	for name, test := range map[string]struct{ cluster, user, want string }{
		"Nobody":    {trusting(server), "{}", ""},
		"Token":     {trusting(server), "{token: hidden}", "Bearer hidden"},
		"TokenFile": {trusting(server), fmt.Sprintf("{token: old, tokenFile: %s}", token), "Bearer from-file"},
		"Password":  {trusting(server), "{username: me, password: hidden}", "Basic " + encoded([]byte("me:hidden"))},
		"As":        {trusting(server), "{token: t, as: her, as-groups: [a, b]}", "Bearer t as [her] as [a b]"},
		"CertificateData": {
			trusting(server),
			fmt.Sprintf("{client-certificate-data: %s, client-key-data: %s}", encoded(certificate), encoded(key)),
			"certificate of me",
		},
		"CertificateFiles": {
			trusting(server), fmt.Sprintf("{client-certificate: %s, client-key: %s}", certFile, keyFile), "certificate of me",
		},
		"AuthorityFile": {
			fmt.Sprintf("{server: %q, certificate-authority: %s}", server.URL, ca), "{token: t}", "Bearer t",
		},
		"Insecure": {
			fmt.Sprintf("{server: %q, insecure-skip-tls-verify: true}", server.URL), "{token: t}", "Bearer t",
		},
		"ServerName": {
			fmt.Sprintf("{server: %q, certificate-authority: %s, tls-server-name: example.com}", server.URL, ca),
			"{token: t}", "Bearer t",
		},
		"Plugin": {
			trusting(server), plugin("v1", `{"status":{"token":"of-plugin"}}`), "Bearer of-plugin",
		},
		"PluginOfBeta": {
			trusting(server), plugin("v1beta1", `{"status":{"token":"of-plugin"}}`), "Bearer of-plugin",
		},
		"PluginCertificate": {
			trusting(server), plugin("v1", fmt.Sprintf(`{"status":{"clientCertificateData":"%s","clientKeyData":"%s"}}`,
				pemJSON(certificate), pemJSON(key))), "certificate of me",
		},
		"PluginIsTold": {
			trusting(server), plugin("v1", `{"status":{"token":"$INFO"}}`),
			"Bearer " + encoded(fmt.Appendf(nil, `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",`+
				`"spec":{"cluster":{"certificate-authority-data":%q,"server":%q},"interactive":false}}`,
				encoded(authority(server)), server.URL)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := who(t, cluster.Source{Configured: kubeconfig(test.cluster, test.user)})
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

// TestConnectErrors: each says what to do, and none has a secret in it.
// TestRenew: a token that has run out is replaced, once.
func TestRenew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	write := func(token string) { require.NoError(t, os.WriteFile(path, []byte(token), 0o600)) }
	var asked []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if asked = append(asked, token); token != "second" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	write("first")
	client, err := cluster.Connect(t.Context(), cluster.Source{
		Configured: kubeconfig(trusting(server), fmt.Sprintf("{tokenFile: %q}", path)),
	})
	require.NoError(t, err)
	_, err = client.Namespace(t.Context(), "there")
	require.ErrorContains(t, err, "401 Unauthorized")
	assert.Equal(t, []string{"first"}, asked, "there is no other token")
	write("second")
	for range 2 {
		_, err = client.Namespace(t.Context(), "there")
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"first", "first", "second", "second"}, asked)
}

func TestConnectErrors(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	const server = "{server: 'https://127.0.0.1:1'}"
	plugin := func(version, answer, mode string) string {
		return kubeconfig(server, fmt.Sprintf(`{exec: {apiVersion: %s, command: %q, interactiveMode: %s, installHint: get it,
			env: [{name: PLUGIN_ANSWER, value: %q}]}}`, version, self, mode, answer))
	}
	const v1 = "client.authentication.k8s.io/v1"
	missing := filepath.Join(t.TempDir(), "missing")

	for name, test := range map[string]struct {
		source cluster.Source
		want   string
	}{
		"NeitherPathNorContent": {
			cluster.Source{Configured: "/nowhere/hidden"},
			"the configured kubeconfig is neither a file that exists nor YAML with contexts; write a path or the content",
		},
		"NoFile": {
			cluster.Source{Paths: []string{missing}, Context: "k3d-eso-aws"},
			"kubeconfig " + missing + " does not exist; make a cluster with `make k3d-up`, or write its kubeconfig's path " +
				"as kubeconfig",
		},
		"NoCurrentContext": {
			cluster.Source{Configured: "contexts: [{name: a}]"},
			"the configured kubeconfig has no current context; write kubeContext",
		},
		"NoSuchContext": {
			cluster.Source{Configured: kubeconfig(server, "{}"), Context: "k3d-eso-aws"},
			`the configured kubeconfig has no context "k3d-eso-aws", it has here; write one of these as kubeContext, ` +
				"or make the cluster with `make k3d-up`",
		},
		"NoServer": {
			cluster.Source{Configured: kubeconfig("{}", "{}")},
			`the configured kubeconfig has no server for cluster "c" of context "here"; make the cluster's kubeconfig again`,
		},
		"NoUser": {
			cluster.Source{Configured: strings.Replace(kubeconfig(server, "{}"), "{name: u,", "{name: other,", 1)},
			`the configured kubeconfig has no user "u" of context "here"; make the cluster's kubeconfig again`,
		},
		"RelativeFile": {
			cluster.Source{Configured: kubeconfig(server, "{tokenFile: token}")},
			`the configured kubeconfig refers to file "token"; write its whole path, or put the content in`,
		},
		"AuthProvider": {
			cluster.Source{Configured: kubeconfig(server, "{auth-provider: {name: gcp}}")},
			`user of context "here" has auth-provider "gcp", which Kubernetes took away in 1.26; ` +
				`make the cluster's kubeconfig again with its exec plugin`,
		},
		"NoTokenFile": {
			cluster.Source{Configured: kubeconfig(server, "{tokenFile: "+missing+"}")},
			`reading the token of context "here": open ` + missing + `: no such file or directory`,
		},
		"CertificateNotBase64": {
			cluster.Source{Configured: kubeconfig(server, "{client-certificate-data: '!hidden'}")},
			`reading the client certificate of context "here": is not base64; make the kubeconfig again`,
		},
		"CertificateWithoutKey": {
			cluster.Source{Configured: kubeconfig(server, "{client-certificate-data: aGlkZGVu}")},
			`reading the client certificate of context "here": certificate and key do not fit; make the kubeconfig again`,
		},
		"AuthorityNotPEM": {
			cluster.Source{Configured: kubeconfig("{server: 'https://a', certificate-authority-data: aGlkZGVu}", "{}")},
			`preparing context "here": the certificate authority is no PEM; make the kubeconfig again`,
		},
		"PluginVersion": {
			cluster.Source{Configured: plugin("client.authentication.k8s.io/v1alpha1", "x", "Never")},
			fmt.Sprintf(`credential plugin %q speaks "client.authentication.k8s.io/v1alpha1", not `+
				`client.authentication.k8s.io/v1 or v1beta1; make the kubeconfig again`, self),
		},
		"PluginAsks": {
			cluster.Source{Configured: plugin(v1, "x", "Always")},
			fmt.Sprintf("credential plugin %q must ask a person; use another way to sign in", self),
		},
		"PluginFails": {
			cluster.Source{Configured: plugin(v1, "", "Never")},
			fmt.Sprintf("running credential plugin %q: exit status 3: the session has run out: get it", self),
		},
		"PluginSaysNothing": {
			cluster.Source{Configured: plugin(v1, `{"status":{}}`, "Never")},
			fmt.Sprintf("credential plugin %q gave no credential; run it by hand", self),
		},
		"PluginSaysNonsense": {
			cluster.Source{Configured: plugin(v1, "hidden", "Never")},
			fmt.Sprintf("credential plugin %q gave no credential; run it by hand", self),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cluster.Connect(t.Context(), test.source)
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestMerge: kubectl's rules for several files.
func TestMerge(t *testing.T) {
	t.Parallel()
	server := serve(t)
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	write("token", "beside-the-file")
	first := write("first", "contexts: [{name: here, context: {cluster: c, user: first}}]\n"+
		"users: [{name: first, user: {tokenFile: token}}]")
	second := write("second", kubeconfig(trusting(server), "{token: second}"))
	source := cluster.Source{Paths: []string{filepath.Join(folder, "missing"), first, second}}

	got, err := who(t, source)
	require.NoError(t, err)
	assert.Equal(t, "Bearer beside-the-file", got)

	client, err := cluster.Connect(t.Context(), source)
	require.NoError(t, err)
	assert.Equal(t, "here", client.Context())

	source.Configured = second
	got, err = who(t, source)
	require.NoError(t, err)
	assert.Equal(t, "Bearer second", got)

	write("first", "\t")
	_, err = cluster.Connect(t.Context(), cluster.Source{Paths: []string{first, second}})
	assert.EqualError(t, err, fmt.Sprintf("kubeconfig %q is not YAML with contexts; repair it or take it out of KUBECONFIG", first))
}
