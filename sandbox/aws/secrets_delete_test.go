package aws_test

import (
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

const day = 24 * time.Hour

func (s *story) remove(in secretsmanager.DeleteSecretInput) *secretsmanager.DeleteSecretOutput {
	s.t.Helper()
	in.SecretId = sdk.String("db")
	return must[*secretsmanager.DeleteSecretOutput](s.t)(s.sm.DeleteSecret(s.t.Context(), &in))
}

func (s *story) get() (*secretsmanager.GetSecretValueOutput, error) {
	return s.sm.GetSecretValue(s.t.Context(), &secretsmanager.GetSecretValueInput{SecretId: sdk.String("db")})
}

func TestRecoveryWindow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		Days *int64
		Want time.Duration
	}{
		"Default": {nil, 30 * day},
		"Least":   {sdk.Int64(7), 7 * day},
		"Most":    {sdk.Int64(30), 30 * day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t)
			end := start.Add(test.Want)
			equal(t, s.remove(secretsmanager.DeleteSecretInput{RecoveryWindowInDays: test.Days}),
				&secretsmanager.DeleteSecretOutput{ARN: s.arn, Name: sdk.String("db"), DeletionDate: &end})
			equal(t, s.describe().DeletedDate, &end)

			s.clock.Advance(test.Want - time.Second)
			_, err := s.get()
			equal(t, refusalOf(t, err), marked)

			s.clock.Advance(time.Second)
			_, err = s.get()
			equal(t, refusalOf(t, err), notFound)
		})
	}
}

func TestRestoreSecret(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	before := s.describe()
	s.remove(secretsmanager.DeleteSecretInput{})
	for range 2 { // restoring what is not marked is no error
		equal(t, must[*secretsmanager.RestoreSecretOutput](t)(s.sm.RestoreSecret(t.Context(),
			&secretsmanager.RestoreSecretInput{SecretId: s.arn})),
			&secretsmanager.RestoreSecretOutput{ARN: s.arn, Name: sdk.String("db")})
	}
	equal(t, s.describe(), before)
	got := must[*secretsmanager.GetSecretValueOutput](t)(s.get())
	equal(t, got.SecretString, sdk.String("a"))
}

func TestForceDelete(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*story){
		"Active": func(*story) {},
		"Marked": func(s *story) { s.remove(secretsmanager.DeleteSecretInput{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t)
			prepare(s)
			equal(t, s.remove(secretsmanager.DeleteSecretInput{ForceDeleteWithoutRecovery: sdk.Bool(true)}),
				&secretsmanager.DeleteSecretOutput{ARN: s.arn, Name: sdk.String("db"), DeletionDate: &start})
			_, err := s.get()
			equal(t, refusalOf(t, err), notFound)

			// The name is free at once, and names another resource.
			if err := s.PutSecret(region, "db", "again"); err != nil {
				t.Fatal(err)
			}
			_, err = s.sm.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: s.arn})
			equal(t, refusalOf(t, err), notFound)
		})
	}
}

func TestForceDeleteOfNothing(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	prefix := strings.TrimSuffix((*s.arn)[:len(*s.arn)-6], "db-")
	for name, test := range map[string]struct{ ID, ARNPrefix string }{
		"Name": {"absent", prefix + "absent-"},
		"ARN":  {prefix + "absent-abcdef", prefix + "absent-abcdef"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := must[*secretsmanager.DeleteSecretOutput](t)(s.sm.DeleteSecret(t.Context(),
				&secretsmanager.DeleteSecretInput{SecretId: &test.ID, ForceDeleteWithoutRecovery: sdk.Bool(true)}))
			if !strings.HasPrefix(*got.ARN, test.ARNPrefix) {
				t.Errorf("ARN is %s, want it to begin with %s", *got.ARN, test.ARNPrefix)
			}
			equal(t, got, &secretsmanager.DeleteSecretOutput{ARN: got.ARN, Name: &test.ID, DeletionDate: &start})
		})
	}
}

func TestPutSecretOfMarked(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.remove(secretsmanager.DeleteSecretInput{})
	err := s.PutSecret(region, "db", "hidden")
	want := `putting secret "db" in region "eu-west-1": InvalidRequestException: ` +
		`You can't create this secret because a secret with this name is already scheduled for deletion.`
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}
