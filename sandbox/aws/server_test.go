package aws_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eso-aws/sandbox/aws"
)

func TestGetCallerIdentity(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{
		Account:   "123456789012",
		Partition: "aws-cn",
		Credentials: []aws.Credential{
			{AccessKeyID: "plain", SecretAccessKey: "a"},
			{AccessKeyID: "role", SecretAccessKey: "b", SessionToken: "c", Principal: aws.Principal{
				ARN: "arn:aws-cn:sts::123456789012:assumed-role/eso/session", UserID: "AROA:session",
			}},
		},
	})
	for name, test := range map[string]struct {
		ID, Secret, Token string
		Want              *sts.GetCallerIdentityOutput
	}{
		"LongLived": {"plain", "a", "", &sts.GetCallerIdentityOutput{
			Account: sdk.String("123456789012"), UserId: sdk.String("plain"),
			Arn: sdk.String("arn:aws-cn:iam::123456789012:user/plain"),
		}},
		"Session": {"role", "b", "c", &sts.GetCallerIdentityOutput{
			Account: sdk.String("123456789012"), UserId: sdk.String("AROA:session"),
			Arn: sdk.String("arn:aws-cn:sts::123456789012:assumed-role/eso/session"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := f.sts(func(o *sts.Options) { o.Credentials = credentials(test.ID, test.Secret, test.Token) })
			got := must[*sts.GetCallerIdentityOutput](t)(client.GetCallerIdentity(t.Context(), nil))
			equal(t, got, test.Want)
		})
	}
}

func TestUnknownServicesAndOperations(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	t.Run("Service", func(t *testing.T) {
		t.Parallel()
		r := f.request(t, "GetSecretValue", "{}")
		r.Header.Set("X-Amz-Target", "AmazonSQS.ListQueues")
		f.sign(t, r, "{}", "sqs", start)
		equal(t, send(t, r), answer{http.StatusBadRequest, `{"__type":"UnknownOperationException",` +
			`"message":"the in-memory AWS does not support the service \"sqs\"; see sandbox/aws/README.md"}`})
	})
	t.Run("Operation", func(t *testing.T) {
		t.Parallel()
		equal(t, send(t, f.request(t, "RotateSecret", "{}")), answer{
			http.StatusBadRequest, `{"__type":"UnknownOperationException",` +
				`"message":"the in-memory AWS does not support the operation \"RotateSecret\" of secretsmanager; ` +
				`see sandbox/aws/README.md"}`,
		})
	})
	t.Run("OperationOfQueryService", func(t *testing.T) {
		t.Parallel()
		_, err := f.sts().GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: sdk.String("me")})
		equal(t, refusalOf(t, err), refusal{
			"InvalidAction",
			`the in-memory AWS does not support the operation "GetFederationToken" of sts; see sandbox/aws/README.md`,
		})
	})
}

func TestBodies(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	const badType = `{"__type":"SerializationException","message":"`
	for name, test := range map[string]struct {
		Operation, Body string
		Status          int
		Want            string
	}{
		"UnknownMembersAreIgnored": {
			"ListSecrets", `{"Unheard":{"Of":[1]}}`, http.StatusOK, `{"SecretList":[]}`,
		},
		"NoBodyIsNoMembers": {
			"ListSecrets", ``, http.StatusOK, `{"SecretList":[]}`,
		},
		"NumberForString": {
			"CreateSecret", `{"Name":"a","SecretString":12345}`, http.StatusBadRequest,
			badType + `NUMBER_VALUE can not be converted to a String"}`,
		},
		"StringForInteger": {
			"ListSecrets", `{"MaxResults":"hidden"}`, http.StatusBadRequest,
			badType + `STRING_VALUE can not be converted to an Integer"}`,
		},
		"FractionForInteger": {
			"ListSecrets", `{"MaxResults":1.5}`, http.StatusBadRequest,
			badType + `NUMBER_VALUE can not be converted to an Integer"}`,
		},
		"StringForList": {
			"PutSecretValue", `{"VersionStages":"a"}`, http.StatusBadRequest,
			badType + `STRING_VALUE can not be converted to a List"}`,
		},
		"ListForBoolean": {
			"ListSecrets", `{"IncludePlannedDeletion":[]}`, http.StatusBadRequest,
			badType + `START_ARRAY can not be converted to a Boolean"}`,
		},
		"BooleanForStructure": {
			"ListSecrets", `{"Filters":[true]}`, http.StatusBadRequest,
			badType + `BOOLEAN_VALUE can not be converted to a Structure"}`,
		},
		"NotBase64": {
			"CreateSecret", `{"Name":"a","SecretBinary":"hidden!"}`, http.StatusBadRequest,
			badType + `a binary value is not valid base64"}`,
		},
		"NotJSON": {
			"CreateSecret", `{"Name":"a","SecretString":"hidden`, http.StatusBadRequest,
			badType + `the request body is not valid JSON"}`,
		},
		"TooLarge": {
			"CreateSecret", `{"SecretString":"` + strings.Repeat("s", 1<<20) + `"}`, http.StatusRequestEntityTooLarge,
			`{"__type":"RequestEntityTooLargeException","message":"the request body is larger than 1048576 bytes"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, send(t, f.request(t, test.Operation, test.Body)), answer{test.Status, test.Want})
		})
	}
}

func TestRegionsAreApart(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	for in, value := range map[string]string{"eu-west-1": "ireland", "us-east-1": "virginia"} {
		if err := f.PutSecret(in, "shared", value); err != nil {
			t.Fatal(err)
		}
	}
	get := &secretsmanager.GetSecretValueInput{SecretId: sdk.String("shared")}
	for in, want := range map[string]string{"eu-west-1": "ireland", "us-east-1": "virginia"} {
		client := f.secrets(func(o *secretsmanager.Options) { o.Region = in })
		got := must[*secretsmanager.GetSecretValueOutput](t)(client.GetSecretValue(t.Context(), get))
		equal(t, got.SecretString, &want)
		if prefix := "arn:aws:secretsmanager:" + in + ":" + account +
			":secret:shared-"; !strings.HasPrefix(*got.ARN, prefix) {
			t.Errorf("ARN is %s, want it to begin with %s", *got.ARN, prefix)
		}
	}
	elsewhere := f.secrets(func(o *secretsmanager.Options) { o.Region = "ap-south-1" })
	_, err := elsewhere.GetSecretValue(t.Context(), get)
	equal(t, refusalOf(t, err), notFound)
}

func TestPutSecret(t *testing.T) {
	t.Parallel()
	// Nobody is asked whether the sandbox may put secrets.
	f := newFixture(t, aws.Options{Authorize: func(a aws.Access) bool { return a.Principal.ARN != "" }})
	for _, value := range []string{"first", "second"} {
		if err := f.PutSecret(region, "rotated", value); err != nil {
			t.Fatal(err)
		}
	}
	for stage, want := range map[string]string{"AWSCURRENT": "second", "AWSPREVIOUS": "first"} {
		got := must[*secretsmanager.GetSecretValueOutput](t)(f.secrets().GetSecretValue(t.Context(),
			&secretsmanager.GetSecretValueInput{SecretId: sdk.String("rotated"), VersionStage: &stage}))
		equal(t, got.SecretString, &want)
	}
	err := f.PutSecret(region, "not a name", "hidden")
	want := `putting secret "not a name" in region "eu-west-1": ValidationException: ` +
		`Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!`
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{Authorize: func(a aws.Access) bool {
		return !strings.Contains(a.Resource, "private")
	}})
	for _, name := range []string{"open", "private"} {
		if err := f.PutSecret(region, name, name); err != nil {
			t.Fatal(err)
		}
	}
	client := f.secrets()
	open := must[*secretsmanager.DescribeSecretOutput](t)(
		client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: sdk.String("open")}))
	list := must[*secretsmanager.ListSecretsOutput](t)(client.ListSecrets(t.Context(), nil))
	private := *list.SecretList[1].ARN
	denied := "User: arn:aws:iam::000000000000:user/test is not authorized to perform: " +
		"secretsmanager:GetSecretValue on resource: " + private + " because no identity-based policy allows the " +
		"secretsmanager:GetSecretValue action"

	_, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: sdk.String("private")})
	equal(t, refusalOf(t, err), refusal{"AccessDeniedException", denied})

	batch := must[*secretsmanager.BatchGetSecretValueOutput](t)(client.BatchGetSecretValue(t.Context(),
		&secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"open", "private"}}))
	equal(t, batch, &secretsmanager.BatchGetSecretValueOutput{
		SecretValues: []types.SecretValueEntry{{
			ARN: open.ARN, Name: sdk.String("open"), CreatedDate: &start, SecretString: sdk.String("open"),
			VersionId: batch.SecretValues[0].VersionId, VersionStages: []string{"AWSCURRENT"},
		}},
		Errors: []types.APIErrorType{{
			SecretId: sdk.String("private"), ErrorCode: sdk.String("AccessDeniedException"), Message: &denied,
		}},
	})
}

// TestLog reads the whole log of some requests, which must say who did what to
// which secret, and nothing of what is in it.
func TestLog(t *testing.T) {
	t.Parallel()
	var written bytes.Buffer
	f := newFixture(t, aws.Options{Log: logTo(&written)})
	client := f.secrets()
	made := must[*secretsmanager.CreateSecretOutput](t)(client.CreateSecret(t.Context(),
		&secretsmanager.CreateSecretInput{Name: sdk.String("logged"), SecretString: sdk.String("hunter2")}))
	must[*secretsmanager.BatchGetSecretValueOutput](t)(client.BatchGetSecretValue(t.Context(),
		&secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"logged", "absent"}}))
	must[*sts.GetCallerIdentityOutput](t)(f.sts().GetCallerIdentity(t.Context(), nil))
	unsigned := f.request(t, "GetSecretValue", `{"SecretId":"logged"}`)
	unsigned.Header.Del("Authorization")
	send(t, unsigned)

	const user = "arn:aws:iam::000000000000:user/test"
	equal(t, logged(t, written.String()), []logLine{
		{"secretsmanager:CreateSecret", *made.ARN, region, user, "OK"},
		{"secretsmanager:GetSecretValue", *made.ARN, region, user, "OK"},
		{"secretsmanager:GetSecretValue", "absent", region, user, "ResourceNotFoundException"},
		{"secretsmanager:BatchGetSecretValue", "*", region, user, "OK"},
		{"sts:GetCallerIdentity", "", region, user, "OK"},
		{"secretsmanager:GetSecretValue", "", "", "", "MissingAuthenticationTokenException"},
	})
	if strings.Contains(written.String(), "hunter2") {
		t.Error("the log holds the value of a secret")
	}
}

type logLine struct{ Action, Resource, Region, Principal, Outcome string }

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

func logged(t *testing.T, written string) []logLine {
	t.Helper()
	var lines []logLine
	for text := range strings.Lines(written) {
		var l logLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

// TestWire pins the bytes of an answer, which the SDK's types hide: numbers for
// times, and members that are absent rather than null.
func TestWire(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	f.clock.Advance(1234 * time.Millisecond)
	const token = "00000000-0000-4000-8000-000000000001"
	made := must[*secretsmanager.CreateSecretOutput](t)(f.secrets().CreateSecret(t.Context(),
		&secretsmanager.CreateSecretInput{
			Name: sdk.String("wired"), SecretBinary: []byte{0, 255}, ClientRequestToken: sdk.String(token),
		}))
	equal(t, send(t, f.request(t, "GetSecretValue", `{"SecretId":"wired"}`)), answer{
		http.StatusOK, `{"ARN":"` + *made.ARN + `","Name":"wired","CreatedDate":1772366401.234,"SecretBinary":"AP8=",` +
			`"VersionId":"` + token + `","VersionStages":["AWSCURRENT"]}`,
	})
}
