package sts

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/iam"
	"eso-aws/sandbox/aws/internal/policy"
)

// maxChained is the longest session under role chaining.
const maxChained = time.Hour

const (
	namePattern       = `[\w+=,.@-]*`
	externalIDPattern = `[\w+=,.@:\/-]*`
)

var (
	validName       = regexp.MustCompile(`^[\w+=,.@-]*$`)
	validExternalID = regexp.MustCompile(`^[\w+=,.@:/-]*$`)
	validRole       = regexp.MustCompile(`^arn:[a-z-]+:iam::[0-9]{12}:role/.+$`)
)

// input holds the parameters of all operations that assume a role.
type input struct {
	roleARN, name string
	// account is the role's account, and iam its IAM.
	account  string
	iam      *iam.Service
	duration time.Duration
	policies []func() *policy.Document
}

func (s *Service) input(c *api.Call, f api.Form) (input, error) {
	var check api.Checks
	role, name := f.Text("RoleArn"), f.Text("RoleSessionName")
	check.Required("roleArn", role == nil)
	check.Length("roleArn", role, 20, 2048)
	check.Required("roleSessionName", name == nil)
	check.Length("roleSessionName", name, 2, 64)
	check.Pattern("roleSessionName", name, validName, namePattern)
	check.Length("policy", f.Text("Policy"), 1, 2048)
	seconds, err := f.Number("DurationSeconds")
	if err != nil {
		return input{}, err
	}
	check.Between("durationSeconds", seconds, 900, 43200)
	if err := check.Err(); err != nil {
		return input{}, err
	}
	if !validRole.MatchString(*role) {
		return input{}, api.Errorf(api.Validation, "%s is invalid", *role)
	}
	in := input{roleARN: *role, name: *name, account: accountOf(*role), duration: time.Hour}
	in.iam = s.iam(in.account)
	if seconds != nil {
		in.duration = time.Duration(*seconds) * time.Second
	}
	in.policies, err = sessionPolicies(c, f, in.iam)
	return in, err
}

// sessionPolicies returns the policies that limit the session in addition to its role's.
func sessionPolicies(c *api.Call, f api.Form, iam *iam.Service) ([]func() *policy.Document, error) {
	var policies []func() *policy.Document
	malformed := func(format string, args ...any) error {
		return api.Failf(http.StatusBadRequest, "MalformedPolicyDocument", format, args...)
	}
	if text := f.Text("Policy"); text != nil {
		document, err := policy.ParseIdentity(*text, c.Partition)
		if err != nil {
			return nil, malformed("%v", err)
		}
		policies = append(policies, func() *policy.Document { return document })
	}
	for i := range f.Structures("PolicyArns", "arn") {
		arn := f.Get(f.Member("PolicyArns", i+1, "arn"))
		document := iam.Document(arn)
		if document == nil {
			return nil, malformed("Policy %s was not found.", arn)
		}
		policies = append(policies, func() *policy.Document { return cmp.Or(iam.Document(arn), document) })
	}
	return policies, nil
}

func (in input) checkDuration(role iam.Role, chained bool) error {
	if chained && in.duration > maxChained {
		return api.Errorf(api.Validation,
			"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	if in.duration > role.MaxSession {
		return api.Errorf(api.Validation,
			"The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return nil
}

func (s *Service) assumeRole(c *api.Call, f api.Form) (any, error) {
	in, err := s.input(c, f)
	if err != nil {
		return nil, err
	}
	caller, _ := s.Session(c.AccessKeyID)
	want, err := wanted(f, caller)
	if err != nil {
		return nil, err
	}
	c.Resource = in.roleARN
	role, ok := in.iam.Role(in.roleARN)
	if !ok {
		return nil, errAssume(c, c.Action, in.roleARN)
	}
	for _, action := range want.actions() {
		if err := s.mayAssume(c, caller, role, action, want.keys(in)); err != nil {
			return nil, err
		}
	}
	if err := in.checkDuration(role, caller != nil); err != nil {
		return nil, err
	}
	kept := policy.Context{}
	if want.source != "" {
		kept.Set("aws:SourceIdentity", want.source)
	}
	session := s.start(c, &Session{
		role: role, tags: want.tags, transitive: want.transitive, policies: in.policies, keys: kept,
	}, in.name, in.duration)
	out := assumeRoleOutput{SourceIdentity: want.source}
	out.Credentials, out.AssumedRoleUser = session.answer()
	return out, nil
}

type assumeRoleOutput struct {
	Credentials     credentials
	AssumedRoleUser assumedRoleUser
	SourceIdentity  string `xml:",omitempty"`
}

// errAssume returns STS's error, which does not say which policy denied the action.
func errAssume(c *api.Call, action, role string) error {
	return api.Errorf(api.AccessDenied, "User: %s is not authorized to perform: %s on resource: %s",
		c.Principal.ARN, action, role)
}

// mayAssume evaluates the role's trust policy and the caller's policies. The latter
// need not allow if the trust policy names the caller and both are in one account.
func (s *Service) mayAssume(c *api.Call, caller *Session, role iam.Role, action string, keys api.Keys) error {
	context := requestKeys(c, keys)
	principal := policy.Principal{Account: c.Account, ARNs: []string{c.Principal.ARN}}
	if caller != nil {
		_, tags := s.policies(caller)
		caller.principalKeys(c, context, tags)
		principal.ARNs = append(principal.ARNs, caller.role.ARN)
	} else {
		userKeys(c, context)
	}
	trust, err := role.Trust.Trust(principal, policy.Request{Action: action, Context: context})
	if err != nil {
		return api.Errorf(unsupported, "%v", err)
	}
	if trust != policy.Trusted && trust != policy.TrustedAccount {
		return errAssume(c, action, role.ARN)
	}
	if caller == nil || trust == policy.TrustedAccount || accountOf(role.ARN) != c.Account {
		return c.AuthorizeWith(action, role.ARN, keys)
	}
	policies, tags := s.policies(caller)
	access := api.Access{Principal: c.Principal, Action: action, Resource: role.ARN}
	return caller.decide(c, policies.Guards(), tags, access, keys)
}

// wish holds the properties of the requested session.
type wish struct {
	externalID, source string
	tags               map[string]string
	requested          map[string]string
	transitive         []string
}

func wanted(f api.Form, caller *Session) (wish, error) {
	w := wish{externalID: f.Get("ExternalId"), source: f.Get("SourceIdentity")}
	var check api.Checks
	check.Length("externalId", f.Text("ExternalId"), 2, 1224)
	check.Pattern("externalId", f.Text("ExternalId"), validExternalID, externalIDPattern)
	check.Length("sourceIdentity", f.Text("SourceIdentity"), 2, 64)
	check.Pattern("sourceIdentity", f.Text("SourceIdentity"), validName, namePattern)
	w.tags, w.requested = map[string]string{}, map[string]string{}
	for i := range f.Structures("Tags", "Key") {
		key, value := f.Get(f.Member("Tags", i+1, "Key")), f.Get(f.Member("Tags", i+1, "Value"))
		check.Length("tags.member.key", &key, 1, 128)
		check.Length("tags.member.value", &value, 0, 256)
		if _, twice := w.tags[key]; twice || strings.HasPrefix(strings.ToLower(key), "aws:") {
			check.Fail("tags", "'"+key+"'", "be unique and not begin with aws:")
		}
		w.tags[key], w.requested[key] = value, value
	}
	check.Size("tags", "'tags'", len(w.tags), 0, 50)
	if err := check.Err(); err != nil {
		return w, err
	}
	if f.Has("SerialNumber") || f.Has("TokenCode") {
		return w, api.Errorf(api.Validation, "the in-memory AWS does not support multi-factor authentication; remove "+
			"SerialNumber and TokenCode")
	}
	w.transitive = f.List("TransitiveTagKeys")
	for _, key := range w.transitive {
		if _, ok := w.tags[key]; !ok {
			return w, api.Errorf(api.Validation, "The transitive tag key %s is not among the session tags", key)
		}
	}
	return w, w.inherit(caller)
}

// inherit adds the transitive tags of the session that assumes the role.
func (w *wish) inherit(caller *Session) error {
	if caller == nil {
		return nil
	}
	for _, key := range caller.transitive {
		if _, taken := w.tags[key]; taken {
			return api.Errorf(api.Validation, "One of the specified transitive tag keys can't be set because it "+
				"conflicts with a transitive tag key from the calling session.")
		}
		w.tags[key] = caller.tags[key]
		if !slices.Contains(w.transitive, key) {
			w.transitive = append(w.transitive, key)
		}
	}
	return nil
}

// actions returns the actions that the trust policy must allow.
func (w *wish) actions() []string {
	actions := []string{"sts:AssumeRole"}
	if len(w.tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if w.source != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

func (w *wish) keys(in input) api.Keys {
	keys := api.Keys{"sts:RoleSessionName": {in.name}, "aws:ResourceAccount": {in.account}}
	tagKeys(keys, w.requested)
	if w.externalID != "" {
		keys["sts:ExternalId"] = []string{w.externalID}
	}
	if w.source != "" {
		keys["sts:SourceIdentity"] = []string{w.source}
	}
	if len(w.transitive) > 0 {
		keys["sts:TransitiveTagKeys"] = w.transitive
	}
	return keys
}

// ServiceRequest is an AWS service's request to assume a role.
type ServiceRequest struct {
	// Service is the service principal that the role must trust.
	Service string
	// SourceARN is the resource for which the service acts, such as a cluster.
	SourceARN     string
	RoleARN, Name string
	Duration      time.Duration
	Tags          map[string]string
}

// AssumeForService starts a session for a service. The role must trust the service
// to assume it and, if there are tags, to tag the session. All tags are transitive.
func (s *Service) AssumeForService(c *api.Call, r ServiceRequest) (*Session, error) {
	refused := api.Errorf(api.AccessDenied, "%s is not authorized to assume %s", r.Service, r.RoleARN)
	role, ok := s.iam(accountOf(r.RoleARN)).Role(r.RoleARN)
	if !ok {
		return nil, refused
	}
	keys := api.Keys{
		"aws:SourceArn": {r.SourceARN}, "aws:SourceAccount": {c.Account}, "aws:PrincipalIsAWSService": {"true"},
		"aws:PrincipalServiceName": {r.Service}, "sts:RoleSessionName": {r.Name},
	}
	w := wish{tags: r.Tags}
	tagKeys(keys, r.Tags)
	for key := range r.Tags {
		w.transitive = append(w.transitive, key)
	}
	slices.Sort(w.transitive)
	for _, action := range w.actions() {
		trust, err := role.Trust.Trust(policy.Principal{Service: r.Service},
			policy.Request{Action: action, Context: requestKeys(c, keys)})
		if err != nil {
			return nil, api.Errorf(unsupported, "%v", err)
		}
		if trust != policy.Trusted {
			return nil, refused
		}
	}
	return s.start(c, &Session{role: role, tags: r.Tags, transitive: w.transitive}, r.Name, r.Duration), nil
}
