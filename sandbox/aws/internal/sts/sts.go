package sts

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/iam"
	"eso-aws/sandbox/aws/internal/policy"
	"eso-aws/sandbox/aws/internal/sigv4"
	"eso-aws/sandbox/aws/internal/token"
)

// forget is how long an expired session is kept, to answer that it has expired.
const forget = 24 * time.Hour

// Service holds the sessions of all accounts. It is safe for concurrent use.
type Service struct {
	handler *api.QueryService
	// iam returns the IAM of the account with the number.
	iam     func(account string) *iam.Service
	issuers *token.Issuers

	mu sync.Mutex
	// sessions are by access key.
	sessions map[string]*Session
}

// New returns a service without sessions, for the roles of the accounts' iam and
// the tokens of the issuers.
func New(iam func(account string) *iam.Service, issuers *token.Issuers) *Service {
	s := &Service{iam: iam, issuers: issuers, sessions: map[string]*Session{}}
	s.handler = &api.QueryService{
		Name:      "sts",
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Operations: map[string]api.QueryOperation{
			"AssumeRole":                s.assumeRole,
			"AssumeRoleWithWebIdentity": s.assumeRoleWithWebIdentity,
			"GetCallerIdentity":         getCallerIdentity,
		},
	}
	return s
}

// ServeHTTP answers a verified request, or an unsigned one with a token.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

func getCallerIdentity(c *api.Call, _ api.Form) (any, error) {
	return identity{c.Principal.ARN, c.Principal.UserID, c.Account}, nil
}

type identity struct {
	ARN     string `xml:"Arn"`
	UserID  string `xml:"UserId"`
	Account string
}

// Session is a session of an assumed role. It does not change.
type Session struct {
	// Account is the role's account.
	Account     string
	Principal   api.Principal
	AccessKeyID string
	Key         sigv4.Key

	role       iam.Role
	iam        *iam.Service
	issued     time.Time
	tags       map[string]string
	transitive []string
	// policies are the session policies; nil means none.
	policies []func() *policy.Document
	// keys are the condition keys that the session keeps.
	keys policy.Context
}

// Session returns the session with the access key, which may have expired.
func (s *Service) Session(accessKeyID string) (*Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.sessions[accessKeyID]
	return found, ok
}

// start completes a session with its credentials.
func (s *Service) start(c *api.Call, made *Session, name string, duration time.Duration) *Session {
	made.AccessKeyID = "ASIA" + base32.StdEncoding.EncodeToString(random(10))
	made.Key = sigv4.Key{
		Secret:       base64.StdEncoding.EncodeToString(random(30)),
		SessionToken: base64.StdEncoding.EncodeToString(random(240)),
		Expires:      c.Now.Add(duration).Truncate(time.Second),
	}
	made.issued = c.Now
	made.Account = accountOf(made.role.ARN)
	made.iam = s.iam(made.Account)
	made.Principal = api.Principal{
		ARN:    "arn:" + c.Partition + ":sts::" + made.Account + ":assumed-role/" + made.role.Name + "/" + name,
		UserID: made.role.ID + ":" + name,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, old := range s.sessions {
		if c.Now.After(old.Key.Expires.Add(forget)) {
			delete(s.sessions, id)
		}
	}
	s.sessions[made.AccessKeyID] = made
	return made
}

// accountOf returns the account in the ARN of a role.
func accountOf(role string) string { return strings.Split(role, ":")[4] }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// credentials are a session's credentials in STS's answers.
type credentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      time.Time
}

type assumedRoleUser struct {
	AssumedRoleID string `xml:"AssumedRoleId"`
	Arn           string
}

func (s *Session) answer() (credentials, assumedRoleUser) {
	return credentials{s.AccessKeyID, s.Key.Secret, s.Key.SessionToken, s.Key.Expires.UTC()},
		assumedRoleUser{s.Principal.UserID, s.Principal.ARN}
}
