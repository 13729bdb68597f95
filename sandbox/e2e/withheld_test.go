package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// withholding serves AWS but withholds its answers to some actions of IAM until answer is called: the actions
// are performed, but the client does not know. It sends each such action to done.
func withholding(t *testing.T, actions ...string) (endpoint string, done <-chan string, answer func()) {
	t.Helper()
	target, err := url.Parse(own(t).Endpoint())
	must(t, err)
	told, answered := make(chan string, 10), make(chan struct{})
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(response *http.Response) error {
		if action := response.Request.Form.Get("Action"); slices.Contains(actions, action) {
			told <- action
			<-answered
		}
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // who asked is gone
		}
		r.Form, _ = url.ParseQuery(string(body)) // what is no form has no action
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
	answer = sync.OnceFunc(func() { close(answered) })
	t.Cleanup(server.Close)
	t.Cleanup(answer)
	return server.URL, told, answer
}
