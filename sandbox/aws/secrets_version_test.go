package aws_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"eso-aws/sandbox/aws"
)

// story is one secret, db, whose client wants every call to succeed.
type story struct {
	*fixture
	t   *testing.T
	sm  *secretsmanager.Client
	arn *string
}

// newStory creates db with the version A, whose value is a.
func newStory(t *testing.T) *story {
	t.Helper()
	f := newFixture(t, aws.Options{})
	s := &story{fixture: f, t: t, sm: f.secrets()}
	made := must[*secretsmanager.CreateSecretOutput](t)(s.sm.CreateSecret(t.Context(),
		&secretsmanager.CreateSecretInput{
			Name: sdk.String("db"), SecretString: sdk.String("a"), ClientRequestToken: sdk.String(tokenA),
		}))
	s.arn = made.ARN
	return s
}

func (s *story) put(token, value string, labels ...string) *secretsmanager.PutSecretValueOutput {
	s.t.Helper()
	return must[*secretsmanager.PutSecretValueOutput](s.t)(s.sm.PutSecretValue(s.t.Context(),
		&secretsmanager.PutSecretValueInput{
			SecretId: s.arn, SecretString: &value, ClientRequestToken: &token, VersionStages: labels,
		}))
}

func (s *story) move(label, from, to string) {
	s.t.Helper()
	in := &secretsmanager.UpdateSecretVersionStageInput{SecretId: s.arn, VersionStage: &label}
	if from != "" {
		in.RemoveFromVersionId = &from
	}
	if to != "" {
		in.MoveToVersionId = &to
	}
	got := must[*secretsmanager.UpdateSecretVersionStageOutput](s.t)(s.sm.UpdateSecretVersionStage(s.t.Context(), in))
	equal(s.t, got, &secretsmanager.UpdateSecretVersionStageOutput{ARN: s.arn, Name: sdk.String("db")})
}

func (s *story) describe() *secretsmanager.DescribeSecretOutput {
	s.t.Helper()
	return must[*secretsmanager.DescribeSecretOutput](s.t)(s.sm.DescribeSecret(s.t.Context(),
		&secretsmanager.DescribeSecretInput{SecretId: s.arn}))
}

func (s *story) wantStages(want map[string][]string) {
	s.t.Helper()
	equal(s.t, s.describe().VersionIdsToStages, want)
}

func TestStages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		Do   func(*story)
		Want map[string][]string
	}{
		"Create": {
			func(*story) {},
			map[string][]string{tokenA: {"AWSCURRENT"}},
		},
		"PutMovesCurrentAndPrevious": {
			func(s *story) { s.put(tokenB, "b") },
			map[string][]string{tokenA: {"AWSPREVIOUS"}, tokenB: {"AWSCURRENT"}},
		},
		"OnlyOneIsPrevious": {
			func(s *story) { s.put(tokenB, "b"); s.put(tokenC, "c") },
			map[string][]string{tokenB: {"AWSPREVIOUS"}, tokenC: {"AWSCURRENT"}},
		},
		"PutWithLabelLeavesCurrent": {
			func(s *story) { s.put(tokenB, "b", "AWSPENDING") },
			map[string][]string{tokenA: {"AWSCURRENT"}, tokenB: {"AWSPENDING"}},
		},
		"PutWithCurrentAmongLabels": {
			func(s *story) { s.put(tokenB, "b", "MINE", "AWSCURRENT") },
			map[string][]string{tokenA: {"AWSPREVIOUS"}, tokenB: {"MINE", "AWSCURRENT"}},
		},
		"PutTakesLabelFromOther": {
			func(s *story) { s.put(tokenB, "b", "MINE"); s.put(tokenC, "c", "MINE") },
			map[string][]string{tokenA: {"AWSCURRENT"}, tokenC: {"MINE"}},
		},
		"PutAgainChangesNothing": {
			func(s *story) { s.put(tokenB, "b"); s.put(tokenA, "a") },
			map[string][]string{tokenA: {"AWSPREVIOUS"}, tokenB: {"AWSCURRENT"}},
		},
		"RotationFinishes": {
			func(s *story) { s.put(tokenB, "b", "AWSPENDING"); s.move("AWSCURRENT", tokenA, tokenB) },
			map[string][]string{tokenA: {"AWSPREVIOUS"}, tokenB: {"AWSPENDING", "AWSCURRENT"}},
		},
		"RollBack": {
			func(s *story) { s.put(tokenB, "b"); s.move("AWSCURRENT", tokenB, tokenA) },
			map[string][]string{tokenA: {"AWSCURRENT"}, tokenB: {"AWSPREVIOUS"}},
		},
		"AttachFreeLabel": {
			func(s *story) { s.move("MINE", "", tokenA) },
			map[string][]string{tokenA: {"AWSCURRENT", "MINE"}},
		},
		"AttachLabelWhereItIs": {
			func(s *story) { s.move("AWSCURRENT", "", tokenA) },
			map[string][]string{tokenA: {"AWSCURRENT"}},
		},
		"RemoveLastLabel": {
			func(s *story) { s.put(tokenB, "b", "MINE"); s.move("MINE", tokenB, "") },
			map[string][]string{tokenA: {"AWSCURRENT"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t)
			test.Do(s)
			s.wantStages(test.Want)
		})
	}
}

// TestStageQuota fills the twenty labels that a secret may have in all.
func TestStageQuota(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	for i := range 19 {
		s.move(fmt.Sprint("label", i), "", tokenA)
	}
	_, err := s.sm.UpdateSecretVersionStage(t.Context(), &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: s.arn, VersionStage: sdk.String("more"), MoveToVersionId: sdk.String(tokenA),
	})
	equal(t, refusalOf(t, err), tooManyLabels)
}

func TestFirstVersionIsCurrent(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	c := f.secrets()
	made := must[*secretsmanager.CreateSecretOutput](t)(c.CreateSecret(t.Context(),
		&secretsmanager.CreateSecretInput{Name: sdk.String("empty")}))
	equal(t, made, &secretsmanager.CreateSecretOutput{ARN: made.ARN, Name: sdk.String("empty")})
	put := must[*secretsmanager.PutSecretValueOutput](t)(c.PutSecretValue(t.Context(),
		&secretsmanager.PutSecretValueInput{
			SecretId: sdk.String("empty"), SecretString: sdk.String("s"), ClientRequestToken: sdk.String(tokenA),
			VersionStages: []string{"AWSPENDING"},
		}))
	equal(t, put, &secretsmanager.PutSecretValueOutput{
		ARN: made.ARN, Name: sdk.String("empty"), VersionId: sdk.String(tokenA),
		VersionStages: []string{"AWSPENDING", "AWSCURRENT"},
	})
}

func TestCreateSecretAgain(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	again := must[*secretsmanager.CreateSecretOutput](t)(s.sm.CreateSecret(t.Context(),
		&secretsmanager.CreateSecretInput{
			Name: sdk.String("db"), SecretString: sdk.String("a"), ClientRequestToken: sdk.String(tokenA),
		}))
	equal(t, again, &secretsmanager.CreateSecretOutput{
		ARN: s.arn, Name: sdk.String("db"),
		VersionId: sdk.String(tokenA),
	})
}

func TestGetSecretValue(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.clock.Advance(time.Hour)
	s.put(tokenB, "b")
	s.put(tokenC, "c", "AWSPENDING")
	later := start.Add(time.Hour)
	partial := (*s.arn)[:len(*s.arn)-7]
	a := &secretsmanager.GetSecretValueOutput{
		ARN: s.arn, Name: sdk.String("db"), CreatedDate: &start, SecretString: sdk.String("a"),
		VersionId: sdk.String(tokenA), VersionStages: []string{"AWSPREVIOUS"},
	}
	b := &secretsmanager.GetSecretValueOutput{
		ARN: s.arn, Name: sdk.String("db"), CreatedDate: &later, SecretString: sdk.String("b"),
		VersionId: sdk.String(tokenB), VersionStages: []string{"AWSCURRENT"},
	}
	for name, test := range map[string]struct {
		In   secretsmanager.GetSecretValueInput
		Want *secretsmanager.GetSecretValueOutput
	}{
		"ByName":       {secretsmanager.GetSecretValueInput{SecretId: sdk.String("db")}, b},
		"ByARN":        {secretsmanager.GetSecretValueInput{SecretId: s.arn}, b},
		"ByPartialARN": {secretsmanager.GetSecretValueInput{SecretId: &partial}, b},
		"ByLabel": {secretsmanager.GetSecretValueInput{
			SecretId:     s.arn,
			VersionStage: sdk.String("AWSPREVIOUS"),
		}, a},
		"ByVersion": {secretsmanager.GetSecretValueInput{SecretId: s.arn, VersionId: sdk.String(tokenA)}, a},
		"ByVersionAndLabel": {secretsmanager.GetSecretValueInput{
			SecretId: s.arn, VersionId: sdk.String(tokenB),
			VersionStage: sdk.String("AWSCURRENT"),
		}, b},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, must[*secretsmanager.GetSecretValueOutput](t)(s.sm.GetSecretValue(t.Context(), &test.In)),
				test.Want)
		})
	}
}

// TestPartialARNOfSuffixedName shows the trap that AWS warns of: a name that ends
// like an ARN is not found by its partial ARN.
func TestPartialARNOfSuffixedName(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	if err := f.PutSecret(region, "db-abc123", "s"); err != nil {
		t.Fatal(err)
	}
	arn := arnOf(t, f.secrets(), "db-abc123")
	_, err := f.secrets().GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{
		SecretId: sdk.String(strings.TrimSuffix(arn, arn[len(arn)-7:])),
	})
	equal(t, refusalOf(t, err), notFound)
}

func TestValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		Text   *string
		Binary []byte
	}{
		"Text":      {Text: sdk.String(`{"user":"ä","line":"\u2028"}`)},
		"Binary":    {Binary: []byte{0, 1, 254, 255}},
		"MaxText":   {Text: sdk.String(strings.Repeat("\x01", 65536))},
		"MaxBinary": {Binary: make([]byte, 65536)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newFixture(t, aws.Options{}).secrets()
			made := must[*secretsmanager.CreateSecretOutput](t)(c.CreateSecret(t.Context(),
				&secretsmanager.CreateSecretInput{
					Name: sdk.String("v"), SecretString: test.Text,
					SecretBinary: test.Binary,
				}))
			got := must[*secretsmanager.GetSecretValueOutput](t)(c.GetSecretValue(t.Context(),
				&secretsmanager.GetSecretValueInput{SecretId: sdk.String("v")}))
			equal(t, got, &secretsmanager.GetSecretValueOutput{
				ARN: made.ARN, Name: sdk.String("v"), CreatedDate: &start,
				SecretString: test.Text, SecretBinary: test.Binary,
				VersionId: made.VersionId, VersionStages: []string{"AWSCURRENT"},
			})
		})
	}
}

func TestDescribeAndUpdateSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	c, ctx := f.secrets(), t.Context()
	tags := []types.Tag{{Key: sdk.String("team"), Value: sdk.String("data")}}
	made := must[*secretsmanager.CreateSecretOutput](t)(c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: sdk.String("app/db"), Description: sdk.String("first"), KmsKeyId: sdk.String("alias/own"), Tags: tags,
		SecretString: sdk.String("a"), ClientRequestToken: sdk.String(tokenA),
	}))
	want := &secretsmanager.DescribeSecretOutput{
		ARN: made.ARN, Name: sdk.String("app/db"), Description: sdk.String("first"), KmsKeyId: sdk.String("alias/own"),
		CreatedDate: &start, LastChangedDate: &start, Tags: tags,
		VersionIdsToStages: map[string][]string{tokenA: {"AWSCURRENT"}},
	}
	describe := func() *secretsmanager.DescribeSecretOutput {
		t.Helper()
		return must[*secretsmanager.DescribeSecretOutput](t)(
			c.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: sdk.String("app/db")}))
	}
	equal(t, describe(), want)

	f.clock.Advance(time.Minute)
	changed := start.Add(time.Minute)
	updated := must[*secretsmanager.UpdateSecretOutput](t)(c.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{
		SecretId: made.ARN, Description: sdk.String("second"), KmsKeyId: sdk.String(""),
	}))
	equal(t, updated, &secretsmanager.UpdateSecretOutput{ARN: made.ARN, Name: sdk.String("app/db")})
	want.Description, want.KmsKeyId, want.LastChangedDate = sdk.String("second"), nil, &changed
	equal(t, describe(), want)

	updated = must[*secretsmanager.UpdateSecretOutput](t)(c.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{
		SecretId: made.ARN, SecretString: sdk.String("b"), ClientRequestToken: sdk.String(tokenB),
	}))
	equal(t, updated, &secretsmanager.UpdateSecretOutput{
		ARN: made.ARN, Name: sdk.String("app/db"), VersionId: sdk.String(tokenB),
	})
	must[*secretsmanager.GetSecretValueOutput](t)(c.GetSecretValue(ctx,
		&secretsmanager.GetSecretValueInput{SecretId: made.ARN}))
	midnight := start.Truncate(24 * time.Hour)
	want.LastAccessedDate = &midnight
	want.VersionIdsToStages = map[string][]string{tokenA: {"AWSPREVIOUS"}, tokenB: {"AWSCURRENT"}}
	equal(t, describe(), want)
}

func TestListSecretVersionIds(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	for _, v := range []struct{ token, value string }{{tokenB, "b"}, {tokenC, "c"}} {
		s.clock.Advance(time.Minute)
		s.put(v.token, v.value)
	}
	must[*secretsmanager.GetSecretValueOutput](t)(s.sm.GetSecretValue(t.Context(),
		&secretsmanager.GetSecretValueInput{SecretId: s.arn}))
	midnight, second, third := start.Truncate(24*time.Hour), start.Add(time.Minute), start.Add(2*time.Minute)
	a := types.SecretVersionsListEntry{
		VersionId: sdk.String(tokenA), CreatedDate: &start, KmsKeyIds: []string{"DefaultEncryptionKey"},
	}
	b := types.SecretVersionsListEntry{
		VersionId: sdk.String(tokenB), CreatedDate: &second, KmsKeyIds: []string{"DefaultEncryptionKey"},
		VersionStages: []string{"AWSPREVIOUS"},
	}
	c := types.SecretVersionsListEntry{
		VersionId: sdk.String(tokenC), CreatedDate: &third, KmsKeyIds: []string{"DefaultEncryptionKey"},
		VersionStages: []string{"AWSCURRENT"}, LastAccessedDate: &midnight,
	}
	for name, test := range map[string]struct {
		Deprecated bool
		Max        *int32
		Want       [][]types.SecretVersionsListEntry
	}{
		"Labeled":  {false, nil, [][]types.SecretVersionsListEntry{{b, c}}},
		"All":      {true, nil, [][]types.SecretVersionsListEntry{{a, b, c}}},
		"InPages":  {true, sdk.Int32(2), [][]types.SecretVersionsListEntry{{a, b}, {c}}},
		"FullPage": {true, sdk.Int32(3), [][]types.SecretVersionsListEntry{{a, b, c}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got [][]types.SecretVersionsListEntry
			pages := secretsmanager.NewListSecretVersionIdsPaginator(s.sm, &secretsmanager.ListSecretVersionIdsInput{
				SecretId: s.arn, IncludeDeprecated: &test.Deprecated, MaxResults: test.Max,
			})
			for pages.HasMorePages() {
				page := must[*secretsmanager.ListSecretVersionIdsOutput](t)(pages.NextPage(t.Context()))
				equal(t, []*string{page.ARN, page.Name}, []*string{s.arn, sdk.String("db")})
				got = append(got, page.Versions)
			}
			equal(t, got, test.Want)
		})
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	tag := func(pairs ...string) {
		t.Helper()
		in := &secretsmanager.TagResourceInput{SecretId: s.arn}
		for i := 0; i < len(pairs); i += 2 {
			in.Tags = append(in.Tags, types.Tag{Key: &pairs[i], Value: &pairs[i+1]})
		}
		must[*secretsmanager.TagResourceOutput](t)(s.sm.TagResource(t.Context(), in))
	}
	tag("team", "data", "Team", "Data", "stage", "")
	s.clock.Advance(time.Minute)
	tag("team", "platform")
	must[*secretsmanager.UntagResourceOutput](t)(s.sm.UntagResource(t.Context(),
		&secretsmanager.UntagResourceInput{SecretId: s.arn, TagKeys: []string{"Team", "absent"}}))
	got, changed := s.describe(), start.Add(time.Minute)
	equal(t, got.Tags, []types.Tag{
		{Key: sdk.String("team"), Value: sdk.String("platform")}, {Key: sdk.String("stage"), Value: sdk.String("")},
	})
	equal(t, got.LastChangedDate, &changed)
	equal(t, send(t, s.request(t, "TagResource", `{"SecretId":"db","Tags":[]}`)), answer{http.StatusOK, "{}"})
}
