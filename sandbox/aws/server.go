package aws

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/sigv4"
	"eso-aws/sandbox/aws/internal/sts"
	"eso-aws/sandbox/aws/internal/token"
)

// maxBody is the largest request body. A secret of 65,536 bytes has an encoding
// of at most six times that.
const maxBody = 1 << 20

// Options are for [New]. The zero value works.
type Options struct {
	// Account is the account for PutCluster, PutSecret and PutParameter, and for
	// credentials without an account; empty means 000000000000.
	Account string
	// Partition is the partition in ARNs; empty means aws. Regions are not checked
	// against it: a region exists as soon as a request names it.
	Partition string
	// Credentials are the access keys of administrators; nil means one, test with
	// the secret test. Their accounts exist, in addition to Account.
	Credentials []Credential
	// Authorize decides on each access before the policies of a role; nil allows
	// everything. It must not call the server.
	Authorize func(Access) bool
	// Now is the clock; nil is [time.Now].
	Now func() time.Time
	// Log receives a record of each request, with action, resource, principal and
	// outcome, and never a value; nil means no log.
	Log *slog.Logger
}

// Access is one action of one principal on one resource, for Options.Authorize.
type Access = api.Access

// Principal is the signer of a request.
type Principal = api.Principal

// Server is the in-memory AWS. It is safe for concurrent use.
type Server struct {
	options  Options
	keys     keyring
	verifier *sigv4.Verifier
	issuers  *token.Issuers
	sts      *sts.Service
	accounts map[string]*account
	// The account that Options names.
	*account
}

// New returns a server without secrets, roles and clusters.
func New(options Options) *Server {
	options = options.withDefaults()
	s := &Server{
		options: options, keys: newKeyring(options), issuers: &token.Issuers{}, accounts: map[string]*account{},
	}
	s.verifier = sigv4.New(s.findKey)
	s.sts = sts.New(s.iamOf, s.issuers)
	s.account = s.addAccount(options.Account)
	for _, c := range s.keys {
		s.addAccount(c.Account)
	}
	return s
}

func (o Options) withDefaults() Options {
	o.Account = cmp.Or(o.Account, "000000000000")
	o.Partition = cmp.Or(o.Partition, "aws")
	if o.Credentials == nil {
		o.Credentials = []Credential{{AccessKeyID: "test", SecretAccessKey: "test"}}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// PutSecret creates the secret in the region, or adds the value as its current
// version. It needs no permission, and refuses what PutSecretValue refuses: a secret
// that is marked for deletion must be restored first.
func (s *Server) PutSecret(region, name, value string) error {
	call := s.newCall(region)
	call.Allow = nil
	if err := s.secrets.Put(call, name, value); err != nil {
		return fmt.Errorf("putting secret %q in region %q: %w", name, region, err)
	}
	return nil
}

// PutParameter creates the parameter in the region as a SecureString, or adds the
// value as its current version. It needs no permission, and refuses what
// PutParameter of Systems Manager refuses.
func (s *Server) PutParameter(region, name, value string) error {
	call := s.newCall(region)
	call.Allow = nil
	if err := s.parameters.Put(call, name, value); err != nil {
		return fmt.Errorf("putting parameter %q in region %q: %w", name, region, err)
	}
	return nil
}

// ServeHTTP answers one request to any of the services.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := s.newCall("")
	call.Context = r.Context()
	call.SourceIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	// For the log of a refused request; a service sets it again.
	call.Action = strings.Replace(r.Header.Get("X-Amz-Target"), ".", ":", 1)
	service, err := s.admit(w, r, call)
	if err != nil {
		call.Err = err
		api.WriteError(w, r, call.RequestID, err)
	} else {
		service.ServeHTTP(w, r.WithContext(api.NewContext(r.Context(), call)))
	}
	s.log(call, call.Action, call.Resource, call.Err)
}

// admit verifies the request, completes the call from the signature, and returns the
// service that the request is for.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, call *api.Call) (http.Handler, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, api.Errorf(api.RequestTooLarge, "the request body is larger than %d bytes", maxBody)
	}
	if err != nil {
		return nil, api.Errorf(api.Serialization, "the request body cannot be read")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.Header.Get("Authorization") == "" && unsigned(body) {
		return s.sts, nil
	}
	scope, err := s.verifier.Verify(r, body, call.Now)
	if err != nil {
		return nil, err
	}
	call.Region = scope.Region
	call.AccessKeyID = scope.AccessKeyID
	if session, ok := s.sts.Session(scope.AccessKeyID); ok {
		call.Account, call.Principal = session.Account, session.Principal
		call.Decide = s.sts.Decide(call, session)
	} else {
		credential := s.keys[scope.AccessKeyID]
		call.Account, call.Principal = credential.Account, credential.Principal
	}
	service, ok := s.accounts[call.Account].services[scope.Service]
	if !ok {
		return nil, api.Errorf(api.UnknownOperation,
			"the in-memory AWS does not support the service %q; see sandbox/aws/README.md",
			scope.Service)
	}
	return service, nil
}

// unsigned reports whether the request carries a token instead of a signature.
func unsigned(body []byte) bool {
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("Action") == "AssumeRoleWithWebIdentity"
}

// findKey returns an access key, for the verifier.
func (s *Server) findKey(accessKeyID string) (sigv4.Key, bool) {
	if session, ok := s.sts.Session(accessKeyID); ok {
		return session.Key, true
	}
	return s.keys.find(accessKeyID)
}

func (s *Server) newCall(region string) *api.Call {
	call := &api.Call{
		Context:   context.Background(),
		Partition: s.options.Partition,
		Account:   s.options.Account,
		Region:    region,
		Now:       s.options.Now(),
		RequestID: rand.Text(),
		Allow:     s.options.Authorize,
	}
	call.Record = func(action, resource string, err error) { s.log(call, action, resource, err) }
	return call
}

func (s *Server) log(call *api.Call, action, resource string, err error) {
	s.options.Log.Info("aws request",
		"action", action, "resource", resource, "region", call.Region,
		"principal", call.Principal.ARN, "outcome", api.Code(err), "id", call.RequestID)
}
