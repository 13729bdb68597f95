package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	osexec "os/exec"
	"strings"
)

// exec is a kubeconfig's credential plugin.
type exec struct {
	APIVersion string `yaml:"apiVersion"`
	Command    string
	Args       []string
	Env        []struct{ Name, Value string }

	ProvideClusterInfo bool   `yaml:"provideClusterInfo"`
	InteractiveMode    string `yaml:"interactiveMode"`
	InstallHint        string `yaml:"installHint"`
}

// credential is what a request is signed in with.
type credential struct {
	token       string
	certificate *tls.Certificate
}

// signIn finds the user's credential, which may run a plugin.
func (a *access) signIn(ctx context.Context) (credential, error) {
	u := a.user
	switch {
	case u.AuthProvider != nil:
		return credential{}, fmt.Errorf("user of context %q has auth-provider %q, which Kubernetes took away in 1.26; "+
			"make the cluster's kubeconfig again with its exec plugin", a.context, u.AuthProvider.Name)
	case u.Exec != nil:
		return u.Exec.run(ctx, &a.server)
	}
	certificate, err := keyPair(u.CertFile, u.CertData, u.KeyFile, u.KeyData)
	if err != nil {
		return credential{}, fmt.Errorf("reading the client certificate of context %q: %w", a.context, err)
	}
	token := u.Token
	if u.TokenFile != "" {
		content, err := os.ReadFile(u.TokenFile)
		if err != nil {
			return credential{}, fmt.Errorf("reading the token of context %q: %w", a.context, err)
		}
		token = strings.TrimSpace(string(content))
	}
	return credential{token: token, certificate: certificate}, nil
}

// apply signs a request in.
func (c credential) apply(request *http.Request, u *user) {
	switch {
	case c.token != "":
		request.Header.Set("Authorization", "Bearer "+c.token)
	case u.Username != "":
		request.SetBasicAuth(u.Username, u.Password)
	}
	if u.Impersonate != "" {
		request.Header.Set("Impersonate-User", u.Impersonate)
	}
	for _, group := range u.Groups {
		request.Header.Add("Impersonate-Group", group)
	}
}

// execCredential is client.authentication.k8s.io's, what goes in and comes out.
type execCredential struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Spec       map[string]any `json:"spec"`
	Status     *struct {
		Token    string `json:"token"`
		CertData string `json:"clientCertificateData"`
		KeyData  string `json:"clientKeyData"`
	} `json:"status,omitempty"`
}

// run asks a plugin for a credential. Its output is a secret; what it writes to
// standard error is for people to read, and in the error.
func (e *exec) run(ctx context.Context, s *server) (credential, error) {
	const group = "client.authentication.k8s.io/"
	if e.APIVersion != group+"v1" && e.APIVersion != group+"v1beta1" {
		return credential{}, fmt.Errorf("credential plugin %q speaks %q, not %sv1 or v1beta1; "+
			"make the kubeconfig again", e.Command, e.APIVersion, group)
	}
	if e.InteractiveMode == "Always" {
		return credential{}, fmt.Errorf("credential plugin %q must ask a person; use another way to sign in", e.Command)
	}
	info, err := json.Marshal(execCredential{APIVersion: e.APIVersion, Kind: "ExecCredential", Spec: e.spec(s)})
	if err != nil {
		return credential{}, err
	}
	command := osexec.CommandContext(ctx, e.Command, e.Args...) //nolint:gosec // the kubeconfig is the user's own
	command.Env = append(os.Environ(), "KUBERNETES_EXEC_INFO="+string(info))
	for _, variable := range e.Env {
		command.Env = append(command.Env, variable.Name+"="+variable.Value)
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return credential{}, fmt.Errorf("running credential plugin %q: %w%s", e.Command, err,
			said(stderr.String(), e.InstallHint))
	}
	return e.answer(stdout.Bytes())
}

// answer reads what a plugin gave.
func (e *exec) answer(output []byte) (credential, error) {
	var given execCredential
	if json.Unmarshal(output, &given) != nil || given.Status == nil {
		return credential{}, fmt.Errorf("credential plugin %q gave no credential; run it by hand", e.Command)
	}
	data := func(pem string) string { return base64.StdEncoding.EncodeToString([]byte(pem)) }
	certificate, err := keyPair("", data(given.Status.CertData), "", data(given.Status.KeyData))
	if err != nil {
		return credential{}, fmt.Errorf("reading the certificate of credential plugin %q: %w", e.Command, err)
	}
	if given.Status.Token == "" && certificate == nil {
		return credential{}, fmt.Errorf("credential plugin %q gave no credential; run it by hand", e.Command)
	}
	return credential{token: given.Status.Token, certificate: certificate}, nil
}

func (e *exec) spec(s *server) map[string]any {
	spec := map[string]any{"interactive": false}
	if e.ProvideClusterInfo {
		cluster := map[string]any{"server": s.Server}
		if s.CAData != "" {
			cluster["certificate-authority-data"] = s.CAData
		}
		if s.Insecure {
			cluster["insecure-skip-tls-verify"] = true
		}
		if s.TLSServerName != "" {
			cluster["tls-server-name"] = s.TLSServerName
		}
		spec["cluster"] = cluster
	}
	return spec
}

func said(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(": " + text)
		}
	}
	return b.String()
}

// keyPair is a client certificate; nil where there is none. Data, in base64, go
// before files, as with kubectl.
func keyPair(certFile, certData, keyFile, keyData string) (*tls.Certificate, error) {
	certificate, err := pemOf(certFile, certData)
	if err != nil || certificate == nil {
		return nil, err
	}
	key, err := pemOf(keyFile, keyData)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, errors.New("certificate and key do not fit; make the kubeconfig again")
	}
	return &pair, nil
}

// pemOf is the content of one of the two; nil where there is neither.
func pemOf(file, data string) ([]byte, error) {
	switch {
	case data != "":
		decoded, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return nil, errors.New("is not base64; make the kubeconfig again")
		}
		return decoded, nil
	case file != "":
		return os.ReadFile(file) //nolint:gosec // the path is the user's own
	default:
		return nil, nil
	}
}
