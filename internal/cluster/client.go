package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	requestTimeout = 15 * time.Second
	// maxAnswer bounds an answer: a page of 500 objects' metadata is far less.
	maxAnswer = 64 << 20
	pageSize  = "500"
	// metadataOnly leaves specs and statuses at the server, and secrets with them.
	metadataOnly     = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
	metadataListOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
)

// Client reads from one cluster. It is safe for concurrent use.
type Client struct {
	access *access
	http   *http.Client

	mu         sync.Mutex
	credential credential
}

// Object is what is known of an object: its metadata.
type Object struct {
	Namespace   string
	Name        string
	Annotations map[string]string
	Labels      map[string]string
	// Deleted says that the object is on its way out.
	Deleted bool
}

// Connect reads a kubeconfig and signs in, for which a credential plugin may be
// run. Nothing is asked of the cluster yet.
func Connect(ctx context.Context, source Source) (*Client, error) {
	access, err := source.load()
	if err != nil {
		return nil, err
	}
	credential, err := access.signIn(ctx)
	if err != nil {
		return nil, err
	}
	transport, err := access.transport(credential)
	if err != nil {
		return nil, fmt.Errorf("preparing context %q: %w", access.context, err)
	}
	return &Client{
		access:     access,
		credential: credential,
		http:       &http.Client{Transport: transport, Timeout: requestTimeout},
	}, nil
}

// Context is the name of the context that was chosen.
func (c *Client) Context() string { return c.access.context }

// Server is the API server's URL, without a slash at its end.
func (c *Client) Server() string { return strings.TrimRight(c.access.server.Server, "/") }

// Namespace is the namespace of that name; nil where there is none.
func (c *Client) Namespace(ctx context.Context, name string) (*Object, error) {
	var found object
	path := resource("v1", "", "namespaces") + "/" + url.PathEscape(name)
	exists, err := c.do(ctx, http.MethodGet, path, nil, metadataOnly, nil, &found)
	if err != nil || !exists {
		return nil, err
	}
	namespace := found.public()
	return &namespace, nil
}

// Resource is the name of a kind in paths, such as externalsecrets.
func Resource(kind string) string { return strings.ToLower(kind) + "s" }

// resource is the path of a resource, in a namespace or, with "", in all or none.
func resource(apiVersion, namespace, name string) string {
	path := "/apis/" + apiVersion
	if apiVersion == "v1" {
		path = "/api/v1"
	}
	if namespace != "" {
		path += "/namespaces/" + url.PathEscape(namespace)
	}
	return path + "/" + name
}

// List is every object of a resource, such as the externalsecrets of
// external-secrets.io/v1, in a namespace or, with "", in all; exists is false where
// the cluster has no such resource.
func (c *Client) List(
	ctx context.Context, apiVersion, namespace, name string,
) (objects []Object, exists bool, err error) {
	return c.list(ctx, resource(apiVersion, namespace, name), url.Values{})
}

func (c *Client) list(ctx context.Context, path string, query url.Values) (objects []Object, exists bool, err error) {
	query.Set("limit", pageSize)
	for {
		var page struct {
			Metadata struct {
				Continue string `json:"continue"`
			} `json:"metadata"`
			Items []object `json:"items"`
		}
		exists, err = c.do(ctx, http.MethodGet, path, query, metadataListOnly, nil, &page)
		if err != nil || !exists {
			return nil, exists, err
		}
		for i := range page.Items {
			objects = append(objects, page.Items[i].public())
		}
		if page.Metadata.Continue == "" {
			return objects, true, nil
		}
		query.Set("continue", page.Metadata.Continue)
	}
}

type object struct {
	Metadata struct {
		Namespace   string            `json:"namespace"`
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
		Labels      map[string]string `json:"labels"`
		Deletion    string            `json:"deletionTimestamp"`
	} `json:"metadata"`
}

func (o *object) public() Object {
	m := o.Metadata
	return Object{
		Namespace: m.Namespace, Name: m.Name, Annotations: m.Annotations, Labels: m.Labels, Deleted: m.Deletion != "",
	}
}

// do sends a request, with a merge patch or nothing as its body, and decodes the answer; found is false
// for one of 404.
func (c *Client) do(
	ctx context.Context, method, path string, query url.Values, accept string, patch []byte, into any,
) (found bool, err error) {
	address := c.Server() + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(patch))
	if err != nil {
		return false, fmt.Errorf("server of context %q is no URL; make the kubeconfig again", c.access.context)
	}
	request.Header.Set("Accept", accept+",application/json")
	if patch != nil {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	answer, err := c.send(request)
	if err != nil {
		return false, c.unreachable(err)
	}
	switch answer.code {
	case http.StatusOK:
		if err := json.Unmarshal(answer.body, into); err != nil {
			return false, fmt.Errorf("reading %s of %s: this is no Kubernetes API; check the server of context %q",
				path, c.access.server.Server, c.access.context)
		}
		return true, nil
	case http.StatusNotFound:
		return false, nil
	default:
		err := fmt.Errorf("%s %s of %s as the user of context %q: %s%s; %s",
			verb(method), path, c.access.server.Server, c.access.context,
			answer.status, reason(answer.body), remedy(answer.code))
		if answer.code == http.StatusForbidden {
			err = forbidden{err}
		}
		return false, err
	}
}

// send sends a request; a second time, signed in anew, where the credential has run out, as those of EKS
// do after 15 minutes.
func (c *Client) send(request *http.Request) (a answer, err error) {
	for again := false; ; again = true {
		used := c.current()
		used.apply(request, &c.access.user)
		response, err := c.http.Do(request)
		if err != nil {
			return a, err
		}
		a.code, a.status = response.StatusCode, response.Status
		a.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return a, err
		}
		if a.code != http.StatusUnauthorized || again || !c.renew(request.Context(), used) {
			return a, nil
		}
		if request.Body, err = request.GetBody(); err != nil {
			return a, err
		}
	}
}

// answer is what a server has said.
type answer struct {
	code   int
	status string // the code and its name
	body   []byte
}

func (c *Client) current() credential {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.credential
}

// renew signs in anew, and tells whether there is another token than the one that was used.
func (c *Client) renew(ctx context.Context, used credential) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.credential.token == used.token {
		renewed, err := c.access.signIn(ctx)
		if err != nil {
			return false // the answer tells to sign in
		}
		c.credential = renewed
	}
	return c.credential.token != used.token
}

// forbidden is an answer to who may not.
type forbidden struct{ error }

// Forbidden tells whether the user may not do what has failed.
func Forbidden(err error) bool {
	_, is := errors.AsType[forbidden](err)
	return is
}

// patch merges a change into an object; found is false where there is none.
func (c *Client) patch(ctx context.Context, path string, change map[string]any) (found bool, err error) {
	body, err := json.Marshal(change)
	if err != nil {
		return false, err
	}
	var patched any
	return c.do(ctx, http.MethodPatch, path, nil, "application/json", body, &patched)
}

// verb is what a method does, for a message.
func verb(method string) string {
	switch method {
	case http.MethodDelete:
		return "deleting"
	case http.MethodPatch:
		return "changing"
	default:
		return "reading"
	}
}

// reason is the message of a Status object.
func reason(body []byte) string {
	var status struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &status) != nil || status.Message == "" {
		return ""
	}
	return ": " + status.Message
}

func remedy(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "sign in again"
	case http.StatusForbidden:
		return "give the user the right to it"
	default:
		return "try again when the cluster is well"
	}
}

// unreachable says what to do when there is no answer.
func (c *Client) unreachable(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the address, which is there already
	}
	next := "start the cluster, or choose another kubeContext"
	if strings.HasPrefix(c.access.context, "k3d-") {
		next = "start the cluster with `make k3d-up`, or choose another kubeContext"
	}
	return fmt.Errorf("reaching the cluster at %s (context %q): %w; %s",
		c.access.server.Server, c.access.context, err, next)
}

// transport is HTTP with the cluster's CA and the user's certificate.
func (a *access) transport(c credential) (*http.Transport, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         a.server.TLSServerName,
		InsecureSkipVerify: a.server.Insecure, //nolint:gosec // the kubeconfig says so
	}
	ca, err := pemOf(a.server.CAFile, a.server.CAData)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate authority: %w", err)
	}
	if ca != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("the certificate authority is no PEM; make the kubeconfig again")
		}
	}
	if c.certificate != nil {
		config.Certificates = []tls.Certificate{*c.certificate}
	}
	proxy := http.ProxyFromEnvironment
	if a.server.ProxyURL != "" {
		u, err := url.Parse(a.server.ProxyURL)
		if err != nil {
			return nil, errors.New("proxy-url is no URL; make the kubeconfig again")
		}
		proxy = http.ProxyURL(u)
	}
	return &http.Transport{Proxy: proxy, TLSClientConfig: config, ForceAttemptHTTP2: true}, nil
}
