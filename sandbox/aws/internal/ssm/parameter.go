package ssm

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/kms"
)

// The types of parameters, and their tiers.
const (
	plain  = "String"
	list   = "StringList"
	secure = "SecureString"

	standard    = "Standard"
	advanced    = "Advanced"
	intelligent = "Intelligent-Tiering"
)

const (
	// defaultKey is the AWS managed key of Parameter Store.
	defaultKey = "alias/aws/ssm"
	dataType   = "text"
)

// parameter is one parameter.
type parameter struct {
	arn, name string
	tags      map[string]string
	// versions are sorted, oldest first. There is at least one.
	versions []*version
}

// version is one value of a parameter, with its metadata.
type version struct {
	number                         int
	kind, tier, description, value string
	// keyID and sealed are the key and the ciphertext of a SecureString.
	keyID, sealed string
	modified      time.Time
	// user is the ARN of the principal that wrote it.
	user   string
	labels []string
}

func (p *parameter) current() *version { return p.versions[len(p.versions)-1] }

// choose returns the version with the number or label, by default the current one.
func (p *parameter) choose(selector string) (*version, error) {
	if selector == "" {
		return p.current(), nil
	}
	for _, v := range p.versions {
		if strconv.Itoa(v.number) == selector || slices.Contains(v.labels, selector) {
			return v, nil
		}
	}
	return nil, errNoVersion(p.name, selector)
}

// keys returns the condition keys of an access to a parameter, which may not exist.
func (p *parameter) keys() api.Keys {
	keys := api.Keys{}
	if p != nil {
		for key, value := range p.tags {
			keys["ssm:resourceTag/"+key] = []string{value}
			keys["aws:ResourceTag/"+key] = []string{value}
		}
	}
	return keys
}

// mayUseKey evaluates the caller's permissions for a SecureString's KMS key.
func (p *parameter) mayUseKey(c *api.Call, v *version, actions ...string) error {
	err := kms.Authorize(c, "ssm", v.keyID, api.Keys{
		"kms:EncryptionContext:PARAMETER_ARN": {p.arn},
		"kms:EncryptionContextKeys":           {"PARAMETER_ARN"},
	}, actions...)
	if api.Code(err) != api.AccessDenied {
		return err
	}
	return api.Errorf(api.AccessDenied, "%s (Service: AWSKMS; Status Code: 400; Error Code: %s; Request ID: %s; "+
		"Proxy: null)", api.Message(err), api.AccessDenied, c.RequestID)
}

// seal returns a random text that looks like a ciphertext of KMS.
func seal() string {
	blob := make([]byte, 120)
	_, _ = rand.Read(blob) // never fails
	copy(blob, []byte{1, 2, 2, 0, 0x78})
	return base64.StdEncoding.EncodeToString(blob)
}

// valueOutput is a parameter with its value.
type valueOutput struct {
	ARN, DataType    string
	LastModifiedDate api.Time
	Name             string
	Selector         string `json:",omitempty"`
	Type, Value      string
	Version          int
}

// answer returns a version, decrypted if requested.
func (p *parameter) answer(c *api.Call, selector string, decrypt bool) (*valueOutput, error) {
	v, err := p.choose(selector)
	if err != nil {
		return nil, err
	}
	out := &valueOutput{
		ARN: p.arn, DataType: dataType, LastModifiedDate: api.Time(v.modified), Name: p.name,
		Type: v.kind, Value: v.value, Version: v.number,
	}
	if selector != "" {
		out.Selector = ":" + selector
	}
	switch {
	case v.kind != secure:
	case !decrypt:
		out.Value = v.sealed
	default:
		if err := p.mayUseKey(c, v, "kms:Decrypt"); err != nil {
			return nil, err
		}
	}
	return out, nil
}
