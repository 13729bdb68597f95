package secretsmanager

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	stageCurrent  = "AWSCURRENT"
	stagePrevious = "AWSPREVIOUS"
	// maxStages is the quota of labels across all versions of a secret.
	maxStages = 20
)

// secret is one secret.
type secret struct {
	arn, name, description, kmsKeyID string
	created, changed                 time.Time
	// accessed is nil until the value is first read, deletion until it is scheduled.
	accessed, deletion *time.Time
	tags               []tag
	// versions are in the order of their creation.
	versions []*version
}

// version is one value of a secret. A version without labels is deprecated.
type version struct {
	id       string
	created  time.Time
	accessed *time.Time
	value    value
	stages   []string
}

// value is either text or, when text is nil, binary.
type value struct {
	text   *string
	binary []byte
}

func (v value) equal(other value) bool {
	if v.text == nil || other.text == nil {
		return v.text == other.text && bytes.Equal(v.binary, other.binary)
	}
	return *v.text == *other.text
}

func (s *secret) version(id string) *version {
	for _, v := range s.versions {
		if v.id == id {
			return v
		}
	}
	return nil
}

// staged returns the version that holds the label, or nil.
func (s *secret) staged(label string) *version {
	for _, v := range s.versions {
		if slices.Contains(v.stages, label) {
			return v
		}
	}
	return nil
}

// add adds a version with the value and attaches the labels. The first version of
// a secret is always the current one.
func (s *secret) add(id string, val value, labels []string, now time.Time) (*version, error) {
	if len(s.versions) == 0 && !slices.Contains(labels, stageCurrent) {
		labels = append(slices.Clone(labels), stageCurrent)
	}
	if err := s.checkStages(labels...); err != nil {
		return nil, err
	}
	v := &version{id: id, created: now, value: val}
	s.versions = append(s.versions, v)
	for _, label := range labels {
		s.attach(label, v)
	}
	s.changed = now
	return v, nil
}

// attach moves the label to the version. The version that was current becomes
// the previous one.
func (s *secret) attach(label string, v *version) {
	holder := s.staged(label)
	if holder == v {
		return
	}
	s.detach(label)
	v.stages = append(v.stages, label)
	if label == stageCurrent && holder != nil {
		s.attach(stagePrevious, holder)
	}
}

func (s *secret) detach(label string) {
	if holder := s.staged(label); holder != nil {
		holder.stages = slices.DeleteFunc(holder.stages, func(l string) bool { return l == label })
	}
}

func (s *secret) checkStages(added ...string) error {
	labels := map[string]bool{}
	for _, v := range s.versions {
		for _, label := range v.stages {
			labels[label] = true
		}
	}
	for _, label := range added {
		labels[label] = true
	}
	if len(labels) > maxStages {
		return api.Errorf(codeLimit, "A secret can have no more than %d staging labels across all its versions.",
			maxStages)
	}
	return nil
}

// stages returns the labeled versions, as DescribeSecret shows them.
func (s *secret) stages() map[string][]string {
	labeled := map[string][]string{}
	for _, v := range s.versions {
		if len(v.stages) > 0 {
			labeled[v.id] = slices.Clone(v.stages)
		}
	}
	if len(labeled) == 0 {
		return nil
	}
	return labeled
}

// lookup finds a secret of the caller's region and account by its name, its ARN,
// or its ARN without the random suffix.
func (s *Service) lookup(c *api.Call, id string) *secret {
	secrets := s.secrets[c.Region]
	if !strings.HasPrefix(id, "arn:") {
		return secrets[id]
	}
	name, ok := strings.CutPrefix(id, c.ARN("secretsmanager", "secret:"))
	if !ok {
		return nil
	}
	// As in AWS, this counts as a complete ARN: a secret with a name that ends like
	// one cannot be found by its partial ARN.
	if suffix.MatchString(name) {
		if found := secrets[suffix.ReplaceAllString(name, "")]; found != nil && found.arn == id {
			return found
		}
		return nil
	}
	return secrets[name]
}

var suffix = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

// newARN returns an ARN with six random characters at the end, so that a secret that
// is created again under the same name is another resource.
func newARN(c *api.Call, name string) string {
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	for i, b := range random {
		random[i] = characters[int(b)%len(characters)]
	}
	return c.ARN("secretsmanager", "secret:"+name+"-"+string(random))
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
