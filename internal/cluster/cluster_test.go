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
	"io"
	"math/big"
	"net"
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

// TestMain also runs as the credential plugin of these tests.
func TestMain(m *testing.M) {
	status, isPlugin := os.LookupEnv("PLUGIN_STATUS")
	if !isPlugin {
		os.Exit(m.Run())
	}
	if calls := os.Getenv("PLUGIN_CALLS"); calls != "" { // the token is the number of the call
		file, _ := os.OpenFile(calls, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
		_, _ = file.WriteString("x")
		content, _ := os.ReadFile(calls)
		status = fmt.Sprintf(`{"token":"%d"}`, len(content))
	}
	if status == "" {
		fmt.Fprintln(os.Stderr, "the session has expired")
		os.Exit(3)
	}
	info := os.Getenv("KUBERNETES_EXEC_INFO")
	var in struct{ APIVersion string }
	_ = json.Unmarshal([]byte(info), &in)
	status = strings.ReplaceAll(status, "$INFO", encoded([]byte(info)))
	fmt.Printf(`{"apiVersion":%q,"kind":"ExecCredential","status":%s}`, in.APIVersion, status)
}

// serve starts a TLS server that has the namespace "there". Its annotation "user" says who sent the request.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces/there" {
			http.NotFound(w, r)
			return
		}
		var user strings.Builder
		user.WriteString(r.Header.Get("Authorization"))
		if len(r.TLS.PeerCertificates) > 0 {
			user.WriteString("certificate of " + r.TLS.PeerCertificates[0].Subject.CommonName)
		}
		for _, header := range []string{"Impersonate-User", "Impersonate-Uid", "Impersonate-Group"} {
			if as := r.Header.Values(header); len(as) > 0 {
				fmt.Fprint(&user, " as ", as)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"metadata": map[string]any{
			"name": "there", "annotations": map[string]string{"user": user.String()},
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

// kubeconfig returns a kubeconfig with the context "here". The cluster and the user are YAML maps.
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

// clientCertificate returns a certificate with this common name, and its key.
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

// userOf reads the namespace "there" and returns the user that the server saw.
func userOf(t *testing.T, source cluster.Source) (string, error) {
	t.Helper()
	client, err := cluster.Connect(source)
	if err != nil {
		return "", err
	}
	namespace, err := client.Namespace(t.Context(), "there")
	if err != nil {
		return "", err
	}
	return namespace.Annotations["user"], nil
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
	plugin := func(version, status string) string {
		return fmt.Sprintf(`{exec: {apiVersion: client.authentication.k8s.io/%s, command: %q, provideClusterInfo: true,
			interactiveMode: Never, env: [{name: PLUGIN_STATUS, value: %q}]}}`, version, self, status)
	}
	proxy := httptest.NewServer(tunnel(server.Listener.Addr().String()))
	t.Cleanup(proxy.Close)
	pemJSON := func(content []byte) string { return strings.ReplaceAll(string(content), "\n", `\n`) }

	for name, test := range map[string]struct{ cluster, user, want string }{
		"Nobody":    {trusting(server), "{}", ""},
		"Token":     {trusting(server), "{token: hidden}", "Bearer hidden"},
		"TokenFile": {trusting(server), fmt.Sprintf("{token: old, tokenFile: %s}", token), "Bearer from-file"},
		"Password":  {trusting(server), "{username: me, password: hidden}", "Basic " + encoded([]byte("me:hidden"))},
		"As": {
			trusting(server), "{token: t, as: her, as-uid: '7', as-groups: [a, b]}", "Bearer t as [her] as [7] as [a b]",
		},
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
		"Proxy": {
			fmt.Sprintf("{server: 'https://example.com', certificate-authority: %s, proxy-url: %q}", ca, proxy.URL),
			"{token: t}", "Bearer t",
		},
		"Plugin": {
			trusting(server), plugin("v1", `{"token":"of-plugin"}`), "Bearer of-plugin",
		},
		"PluginOfBeta": {
			trusting(server), plugin("v1beta1", `{"token":"of-plugin"}`), "Bearer of-plugin",
		},
		"PluginCertificate": {
			trusting(server), plugin("v1", fmt.Sprintf(`{"clientCertificateData":"%s","clientKeyData":"%s"}`,
				pemJSON(certificate), pemJSON(key))), "certificate of me",
		},
		"PluginIsTold": {
			trusting(server), plugin("v1", `{"token":"$INFO"}`),
			"Bearer " + encoded(fmt.Appendf(nil, `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",`+
				`"spec":{"cluster":{"server":%q,"certificate-authority-data":%q,"config":null},"interactive":false}}`+"\n",
				server.URL, encoded(authority(server)))),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := userOf(t, cluster.Source{Configured: kubeconfig(test.cluster, test.user)})
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

// tunnel is the handler of an HTTP proxy that connects to this address, whatever the client asks for.
func tunnel(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		upstream, err := net.Dial("tcp", address)
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = client.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		go func() { _, _ = io.Copy(upstream, client); upstream.Close() }()
		_, _ = io.Copy(client, upstream)
		client.Close()
	}
}

// accepting starts a TLS server that accepts the token that it is told to. tokens returns the tokens that it got.
func accepting(t *testing.T) (server *httptest.Server, accept func(token string), tokens func() []string) {
	t.Helper()
	var accepted string
	var got []string
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if got = append(got, token); token != accepted {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	return server, func(token string) { accepted = token }, func() []string { return got }
}

// TestRenewFile checks that an expired token is read again from its file, once for each request.
func TestRenewFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	write := func(token string) { require.NoError(t, os.WriteFile(path, []byte(token), 0o600)) }
	server, accept, tokens := accepting(t)
	write("first")
	client, err := cluster.Connect(cluster.Source{
		Configured: kubeconfig(trusting(server), fmt.Sprintf("{tokenFile: %q}", path)),
	})
	require.NoError(t, err)
	read := func() error {
		_, err := client.Namespace(t.Context(), "there")
		return err
	}
	accept("first")
	require.NoError(t, read())
	accept("second")
	require.ErrorContains(t, read(), "401 ")
	assert.Equal(t, []string{"first", "first", "first"}, tokens(), "the file still has the expired token")
	write("second")
	for range 2 {
		require.NoError(t, read())
	}
	assert.Equal(t, []string{"first", "first", "first", "first", "second", "second"}, tokens())
}

// TestRenewPlugin checks that the plugin runs again when its token has expired, and only then.
func TestRenewPlugin(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	server, accept, tokens := accepting(t)
	client, err := cluster.Connect(cluster.Source{Configured: kubeconfig(trusting(server), fmt.Sprintf(
		`{exec: {apiVersion: client.authentication.k8s.io/v1, command: %q, interactiveMode: Never,
		env: [{name: PLUGIN_STATUS, value: ""}, {name: PLUGIN_CALLS, value: %q}]}}`,
		self, filepath.Join(t.TempDir(), "calls")))})
	require.NoError(t, err)
	for _, token := range []string{"1", "1", "2", "2"} {
		accept(token)
		_, err = client.Namespace(t.Context(), "there")
		require.NoError(t, err, tokens())
	}
	assert.Equal(t, []string{"1", "1", "1", "2", "2"}, tokens())
}

// TestRenewNothing checks that a fixed token is not sent twice.
func TestRenewNothing(t *testing.T) {
	t.Parallel()
	server, _, tokens := accepting(t)
	_, err := userOf(t, cluster.Source{Configured: kubeconfig(trusting(server), "{token: fixed}")})
	require.ErrorContains(t, err, "401 ")
	assert.Equal(t, []string{"fixed"}, tokens())
}

// TestPluginFails checks the error, which comes with the first request, of a plugin that cannot sign in. What the
// plugin writes to standard error is there for people.
func TestPluginFails(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for name, test := range map[string]struct{ mode, status, want string }{
		"Fails":        {"Never", "", "executable " + self + " failed with exit code 3"},
		"NeedsPerson":  {"Always", "{}", "exec plugin cannot support interactive mode: standard input is not a terminal"},
		"NoCredential": {"Never", "{}", "exec plugin didn't return a token or cert/key pair"},
		"NotJSON":      {"Never", "hidden", "decoding stdout: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := userOf(t, cluster.Source{Configured: kubeconfig("{server: 'https://127.0.0.1:1'}", fmt.Sprintf(
				`{exec: {apiVersion: client.authentication.k8s.io/v1, command: %q, args: [--secret=hidden], interactiveMode: %s,
				env: [{name: PLUGIN_STATUS, value: %q}]}}`, self, test.mode, test.status))})
			require.ErrorContains(t, err, `cannot reach the cluster at https://127.0.0.1:1 (context "here"): `+
				"getting credentials: ")
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, fmt.Sprintf("; start the cluster, sign in with %q, ", self)+
				"or set kubeContext to another context")
			assert.NotContains(t, err.Error(), "hidden")
		})
	}
}

// TestConnectErrors checks that each error says how to fix it and contains no secret.
func TestConnectErrors(t *testing.T) {
	t.Parallel()
	const server = "{server: 'https://127.0.0.1:1'}"
	missing := filepath.Join(t.TempDir(), "missing")
	const invalid = "the configured kubeconfig: must be the path of a file that exists, or a valid kubeconfig; " +
		"set kubeconfig to a path or to the content"

	for name, test := range map[string]struct {
		source cluster.Source
		want   string
	}{
		"NeitherPathNorContent": {cluster.Source{Configured: "/nowhere/hidden"}, invalid},
		"NotYAML":               {cluster.Source{Configured: kubeconfig(server, "{token: *hidden}")}, invalid},
		"NoFile": {
			cluster.Source{Paths: []string{missing}, Context: "k3d-eso-aws"},
			"kubeconfig " + missing + ": does not exist; create a cluster with `make k3d-up`, or set kubeconfig to another path",
		},
		"NoCurrentContext": {
			cluster.Source{Configured: "contexts: [{name: a}]"},
			"the configured kubeconfig: current-context is required; set kubeContext to the name of a context",
		},
		"NoSuchContext": {
			cluster.Source{Configured: kubeconfig(server, "{}"), Context: "k3d-eso-aws"},
			`the configured kubeconfig: unknown context "k3d-eso-aws"; available: here; set kubeContext to one of them, ` +
				"or create the cluster with `make k3d-up`",
		},
		"NoServer": {
			cluster.Source{Configured: kubeconfig("{}", "{}")},
			`the configured kubeconfig: context "here": cluster "c" has no server; recreate the kubeconfig`,
		},
		"ProxyNotURL": {
			cluster.Source{Configured: kubeconfig("{server: 'https://a', proxy-url: 'ftp://me:hidden@b'}", "{}")},
			`the configured kubeconfig: context "here": cluster "c": proxy-url: must be an http, https or socks5 URL; correct it`,
		},
		"NoUser": {
			cluster.Source{Configured: strings.Replace(kubeconfig(server, "{}"), "{name: u,", "{name: other,", 1)},
			`the configured kubeconfig: context "here": unknown user "u"; recreate the kubeconfig`,
		},
		"RelativeFile": {
			cluster.Source{Configured: kubeconfig(server, "{tokenFile: token}")},
			`the configured kubeconfig: "token": must be an absolute path; write it in full, or embed the content`,
		},
		"AuthProvider": {
			cluster.Source{Configured: kubeconfig(server, "{auth-provider: {name: gcp}}")},
			`context "here": no Auth Provider found for name "gcp"; recreate the kubeconfig`,
		},
		"NoTokenFile": {
			cluster.Source{Configured: kubeconfig(server, "{tokenFile: "+missing+"}")},
			`the configured kubeconfig: context "here": open ` + missing + `: no such file or directory; recreate the kubeconfig`,
		},
		"CertificateNotBase64": {
			cluster.Source{Configured: kubeconfig(server, "{client-certificate-data: '!hidden'}")}, invalid,
		},
		"CertificateWithoutKey": {
			cluster.Source{Configured: kubeconfig(server, "{client-certificate-data: aGlkZGVu}")},
			`the configured kubeconfig: context "here": invalid configuration: client-key-data or client-key must be specified ` +
				`for u to use the clientCert authentication method.; recreate the kubeconfig`,
		},
		"AuthorityNotPEM": {
			cluster.Source{Configured: kubeconfig("{server: 'https://a', certificate-authority-data: aGlkZGVu}", "{}")},
			`context "here": unable to load root certificates: unable to parse bytes as PEM block; recreate the kubeconfig`,
		},
		"PluginVersion": {
			cluster.Source{Configured: kubeconfig(server, "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, "+
				"command: sh, interactiveMode: Never}}")},
			`context "here": exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"; recreate the kubeconfig`,
		},
		"PluginMissing": {
			cluster.Source{Configured: kubeconfig(server, "{exec: {apiVersion: client.authentication.k8s.io/v1, "+
				"command: no-such-plugin, interactiveMode: Never, installHint: get it}}")},
			`the configured kubeconfig: context "here": credential plugin "no-such-plugin": must be installed and on the PATH; ` +
				`get it`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cluster.Connect(test.source)
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestMerge checks that several files are merged as kubectl does.
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

	got, err := userOf(t, source)
	require.NoError(t, err)
	assert.Equal(t, "Bearer beside-the-file", got)

	client, err := cluster.Connect(source)
	require.NoError(t, err)
	assert.Equal(t, "here", client.Context())

	source.Configured = second
	got, err = userOf(t, source)
	require.NoError(t, err)
	assert.Equal(t, "Bearer second", got)

	write("first", "\t")
	_, err = cluster.Connect(cluster.Source{Paths: []string{first, second}})
	assert.EqualError(t, err, fmt.Sprintf("kubeconfig %s: must be a valid kubeconfig; repair the file or remove it from KUBECONFIG", first))
}
