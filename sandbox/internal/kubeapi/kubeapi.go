// Package kubeapi is a small client of the Kubernetes API, as JSON over HTTPS. The sandbox and its tests
// send only a few requests, and client-go would take longer to build than everything else.
package kubeapi

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
	"strings"
	"time"
)

// Client sends requests to one API server as one user.
type Client struct {
	url   string
	token string
	http  *http.Client
}

// StatusError is an error response of the API server.
type StatusError struct {
	Method, Path string
	Code         int    // HTTP status
	Message      string // from the API server
}

// Error returns the request, the status and the API server's message.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s: status %d: %s", e.Method, e.Path, e.Code, e.Message)
}

// NotFound reports whether the error is a [StatusError] with the status 404.
func NotFound(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return ok && status.Code == http.StatusNotFound
}

// New returns a client of the API server at the URL, which must have a certificate of the CA (PEM).
func New(url string, ca []byte, token string) (*Client, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("reading the API server's CA: no PEM certificate in it")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return &Client{url: url, token: token, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}, nil
}

// URL returns the API server's URL.
func (c *Client) URL() string { return c.url }

// Get reads the object at a path such as "/api/v1/namespaces/default" into out, which may be nil.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, out)
}

// Create posts an object to its collection's path.
func (c *Client) Create(ctx context.Context, path string, object, out any) error {
	return c.do(ctx, http.MethodPost, path, "application/json", object, out)
}

// Delete deletes an object or a collection.
func (c *Client) Delete(ctx context.Context, path string) error {
	return c.do(ctx, http.MethodDelete, path, "", nil, nil)
}

func (c *Client) do(ctx context.Context, method, path, contentType string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encoding the body of %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err != nil {
		return fmt.Errorf("creating the request %s %s: %w", method, path, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json, */*") // the JWKS has a media type of its own
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return &StatusError{Method: method, Path: path, Code: resp.StatusCode, Message: message(data)}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("decoding the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// message returns the message of a Kubernetes Status object, or the body if it is not one.
func message(body []byte) string {
	var status struct{ Message string }
	if json.Unmarshal(body, &status) == nil && status.Message != "" {
		return status.Message
	}
	return strings.TrimSpace(string(body))
}
