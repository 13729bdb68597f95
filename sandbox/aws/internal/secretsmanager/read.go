package secretsmanager

import (
	"slices"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

type getSecretValueInput struct {
	SecretID     *string `json:"SecretId"`
	VersionID    *string `json:"VersionId"`
	VersionStage *string
}

// valueOutput is a secret's value, alone and in a batch.
type valueOutput struct {
	ARN, Name     string
	CreatedDate   api.Time
	SecretString  *string  `json:",omitempty"`
	SecretBinary  []byte   `json:",omitempty"`
	VersionID     string   `json:"VersionId"`
	VersionStages []string `json:",omitempty"`
}

func (s *Service) getSecretValue(c *api.Call, in *getSecretValueInput) (*valueOutput, error) {
	var check checks
	check.Length("versionStage", in.VersionStage, 1, 256)
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := checkVersionID("VersionId", in.VersionID); err != nil {
		return nil, err
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	if err := found.mayUseKey(c, actionDecrypt); err != nil {
		return nil, err
	}
	return found.read(in.VersionID, in.VersionStage, c.Now)
}

// read returns the version with the ID and the label, by default the current one,
// and records the access.
func (s *secret) read(id, stage *string, now time.Time) (*valueOutput, error) {
	v, err := s.choose(id, stage)
	if err != nil {
		return nil, err
	}
	day := now.UTC().Truncate(24 * time.Hour)
	s.accessed, v.accessed = &day, &day
	return &valueOutput{
		ARN: s.arn, Name: s.name, CreatedDate: api.Time(v.created),
		SecretString: v.value.text, SecretBinary: v.value.binary,
		VersionID: v.id, VersionStages: slices.Clone(v.stages),
	}, nil
}

func (s *secret) choose(id, stage *string) (*version, error) {
	if id == nil {
		label := stageCurrent
		if stage != nil {
			label = *stage
		}
		if v := s.staged(label); v != nil {
			return v, nil
		}
		return nil, api.Errorf(codeNotFound,
			"Secrets Manager can't find the specified secret value for staging label: %s", label)
	}
	v := s.version(*id)
	if v == nil {
		return nil, errNoVersion(*id)
	}
	if stage != nil && !slices.Contains(v.stages, *stage) {
		return nil, api.Errorf(codeRequest,
			"You provided a VersionStage that is not associated to the provided VersionId.")
	}
	return v, nil
}

func errNoVersion(id string) error {
	return api.Errorf(codeNotFound, "Secrets Manager can't find the specified secret value for VersionId: %s", id)
}

type secretInput struct {
	SecretID *string `json:"SecretId"`
}

// description is a secret's metadata, as DescribeSecret and ListSecrets show it
// under different names for the versions.
type description struct {
	ARN, Name        string
	Description      string `json:",omitempty"`
	KmsKeyID         string `json:"KmsKeyId,omitempty"`
	CreatedDate      api.Time
	LastChangedDate  api.Time
	LastAccessedDate *api.Time `json:",omitempty"`
	DeletedDate      *api.Time `json:",omitempty"`
	Tags             []tag     `json:",omitempty"`
}

type describeSecretOutput struct {
	description
	VersionIDsToStages map[string][]string `json:"VersionIdsToStages,omitempty"`
}

func (s *Service) describeSecret(c *api.Call, in *secretInput) (*describeSecretOutput, error) {
	found, err := s.find(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	return &describeSecretOutput{found.describe(), found.stages()}, nil
}

func (s *secret) describe() description {
	return description{
		ARN: s.arn, Name: s.name, Description: s.description, KmsKeyID: s.kmsKeyID,
		CreatedDate: api.Time(s.created), LastChangedDate: api.Time(s.changed),
		LastAccessedDate: (*api.Time)(s.accessed), DeletedDate: (*api.Time)(s.deletion),
		Tags: slices.Clone(s.tags),
	}
}

type listSecretVersionIDsInput struct {
	SecretID          *string `json:"SecretId"`
	IncludeDeprecated bool
	MaxResults        *int
	NextToken         *string
}

type listSecretVersionIDsOutput struct {
	ARN, Name string
	Versions  []versionEntry
	NextToken *string `json:",omitempty"`
}

type versionEntry struct {
	VersionID        string   `json:"VersionId"`
	VersionStages    []string `json:",omitempty"`
	KmsKeyIDs        []string `json:"KmsKeyIds"`
	CreatedDate      api.Time
	LastAccessedDate *api.Time `json:",omitempty"`
}

func (s *Service) listSecretVersionIDs(c *api.Call, in *listSecretVersionIDsInput) (*listSecretVersionIDsOutput,
	error,
) {
	var check checks
	check.Between("maxResults", in.MaxResults, 1, 100)
	check.Length("nextToken", in.NextToken, 1, 4096)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.find(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	listed := slices.DeleteFunc(slices.Clone(found.versions), func(v *version) bool {
		return len(v.stages) == 0 && !in.IncludeDeprecated
	})
	pages := api.Pager[*version]{
		Query:   api.QueryOf(c.Action, found.arn, in.IncludeDeprecated),
		Key:     func(v *version) api.Position { return api.Position{Key: api.Sortable(&v.created), ID: v.id} },
		Size:    100,
		Invalid: errToken,
	}
	page, next, err := pages.Page(listed, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &listSecretVersionIDsOutput{ARN: found.arn, Name: found.name, Versions: []versionEntry{}, NextToken: next}
	for _, v := range page {
		out.Versions = append(out.Versions, found.entry(v))
	}
	return out, nil
}

func (s *secret) entry(v *version) versionEntry {
	key := s.kmsKeyID
	if key == "" {
		key = "DefaultEncryptionKey"
	}
	return versionEntry{
		VersionID: v.id, VersionStages: slices.Clone(v.stages), KmsKeyIDs: []string{key},
		CreatedDate: api.Time(v.created), LastAccessedDate: (*api.Time)(v.accessed),
	}
}
