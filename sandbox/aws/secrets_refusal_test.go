package aws_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"eso-aws/sandbox/aws"
)

// Version IDs, which a client may choose.
const (
	tokenA = "aaaaaaaa-0000-4000-8000-000000000000"
	tokenB = "bbbbbbbb-0000-4000-8000-000000000000"
	tokenC = "cccccccc-0000-4000-8000-000000000000"
)

var (
	notFound = refusal{"ResourceNotFoundException", "Secrets Manager can't find the specified secret."}
	marked   = refusal{
		"InvalidRequestException",
		"You can't perform this operation on the secret because it was marked for deletion.",
	}
	badName = refusal{
		"ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters, " +
			"or any of the following: -/_+=.@!",
	}
	bothValues = refusal{
		"InvalidParameterException",
		"You can't specify both a binary secret value and a string secret value in the same secret.",
	}
	tooLong = refusal{
		"ValidationException", "1 validation error detected: Value at 'secretString' failed to satisfy constraint: " +
			"Member must have length less than or equal to 65536",
	}
	tooManyLabels = refusal{
		"LimitExceededException", "A secret can have no more than 20 staging labels across all its versions.",
	}
	shortToken = refusal{"InvalidParameterException", "ClientRequestToken must be 32-64 characters long."}
)

// refusedFixture holds db with the versions A (previous) and B (current), empty
// without a version, and gone, which is marked for deletion.
func refusedFixture(t *testing.T) (*secretsmanager.Client, *fixture) {
	t.Helper()
	f := newFixture(t, aws.Options{})
	c, ctx := f.secrets(), t.Context()
	create := must[*secretsmanager.CreateSecretOutput](t)
	create(c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: sdk.String("db"), SecretString: sdk.String("a"), ClientRequestToken: sdk.String(tokenA),
	}))
	must[*secretsmanager.PutSecretValueOutput](t)(c.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: sdk.String("db"), SecretString: sdk.String("b"), ClientRequestToken: sdk.String(tokenB),
	}))
	create(c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: sdk.String("empty")}))
	create(c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name:         sdk.String("gone"),
		SecretString: sdk.String("g"),
	}))
	must[*secretsmanager.DeleteSecretOutput](t)(c.DeleteSecret(ctx,
		&secretsmanager.DeleteSecretInput{SecretId: sdk.String("gone")}))
	return c, f
}

func arnOf(t *testing.T, c *secretsmanager.Client, id string) string {
	t.Helper()
	return *must[*secretsmanager.DescribeSecretOutput](t)(
		c.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: &id})).ARN
}

type refusedCall struct {
	Call func(context.Context, *secretsmanager.Client) (any, error)
	Want refusal
}

// call returns a refusedCall from a method of the SDK's client.
func call[In, Out any](
	method func(*secretsmanager.Client, context.Context, *In, ...func(*secretsmanager.Options)) (Out, error),
	in In, want refusal,
) refusedCall {
	return refusedCall{func(ctx context.Context, c *secretsmanager.Client) (any,
		error,
	) {
		return method(c, ctx, &in)
	}, want}
}

func checkRefusals(t *testing.T, c *secretsmanager.Client, calls map[string]refusedCall) {
	t.Helper()
	for name, test := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := test.Call(t.Context(), c)
			equal(t, refusalOf(t, err), test.Want)
		})
	}
}

// constraint returns how AWS words one broken constraint.
func constraint(value, path, rule string) refusal {
	return refusal{"ValidationException", fmt.Sprintf(
		"1 validation error detected: Value %s at '%s' failed to satisfy constraint: Member must %s",
		value, path, rule)}
}

func TestReadRefusals(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	type get = secretsmanager.GetSecretValueInput
	type describe = secretsmanager.DescribeSecretInput
	type versions = secretsmanager.ListSecretVersionIdsInput
	doGet, doDescribe := (*secretsmanager.Client).GetSecretValue, (*secretsmanager.Client).DescribeSecret
	doVersions := (*secretsmanager.Client).ListSecretVersionIds
	str, arn := sdk.String, arnOf(t, c, "db")
	foreign := strings.Replace(arn, account, "111111111111", 1)
	foreignDenied := refusal{"AccessDeniedException", "User: arn:aws:iam::000000000000:user/test is not authorized to " +
		"perform: secretsmanager:GetSecretValue on resource: " + foreign + " because no resource-based policy allows " +
		"the secretsmanager:GetSecretValue action"}
	missing := func(what string) refusal {
		return refusal{"ResourceNotFoundException", "Secrets Manager can't find the specified secret value for " + what}
	}
	checkRefusals(t, c, map[string]refusedCall{
		"GetAbsent":     call(doGet, get{SecretId: str("absent")}, notFound),
		"GetMarked":     call(doGet, get{SecretId: str("gone")}, marked),
		"GetWithoutAny": call(doGet, get{SecretId: str("empty")}, missing("staging label: AWSCURRENT")),
		"GetBadName":    call(doGet, get{SecretId: str("a b")}, badName),
		"GetEmptyName": call(doGet, get{SecretId: str("")},
			constraint("''", "secretId", "have length greater than or equal to 1")),
		"GetOtherRegion":   call(doGet, get{SecretId: str(strings.Replace(arn, region, "us-east-1", 1))}, notFound),
		"GetOtherAccount":  call(doGet, get{SecretId: &foreign}, foreignDenied),
		"GetOtherSuffix":   call(doGet, get{SecretId: str(arn[:len(arn)-6] + "zzzzz0")}, notFound),
		"GetNotAnARN":      call(doGet, get{SecretId: str("arn:aws:secretsmanager")}, notFound),
		"GetNameAndSuffix": call(doGet, get{SecretId: str(arn[strings.LastIndex(arn, ":")+1:])}, notFound),
		"GetAbsentLabel": call(doGet, get{SecretId: str("db"), VersionStage: str("AWSPENDING")},
			missing("staging label: AWSPENDING")),
		"GetAbsentVersion": call(doGet, get{SecretId: str("db"), VersionId: str(tokenC)},
			missing("VersionId: "+tokenC)),
		"GetShortVersion": call(doGet, get{SecretId: str("db"), VersionId: str("1")},
			refusal{"InvalidParameterException", "VersionId must be 32-64 characters long."}),
		"GetVersionWithoutLabel": call(doGet, get{
			SecretId: str("db"), VersionId: str(tokenA),
			VersionStage: str("AWSCURRENT"),
		},
			refusal{
				"InvalidRequestException",
				"You provided a VersionStage that is not associated to the provided VersionId.",
			}),
		"GetEmptyLabel": call(doGet, get{SecretId: str("db"), VersionStage: str("")},
			constraint("''", "versionStage", "have length greater than or equal to 1")),

		"DescribeAbsent": call(doDescribe, describe{SecretId: str("absent")}, notFound),
		"VersionsAbsent": call(doVersions, versions{SecretId: str("absent")}, notFound),
		"VersionsTooMany": call(doVersions, versions{SecretId: str("db"), MaxResults: sdk.Int32(101)},
			constraint("'101'", "maxResults", "have value less than or equal to 100")),
		"VersionsBadToken": call(doVersions, versions{SecretId: str("db"), NextToken: str("e30=")},
			refusal{"InvalidNextTokenException", "Invalid token"}),
	})
}

func TestListRefusals(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	type list = secretsmanager.ListSecretsInput
	type batch = secretsmanager.BatchGetSecretValueInput
	doList, doBatch := (*secretsmanager.Client).ListSecrets, (*secretsmanager.Client).BatchGetSecretValue
	str := sdk.String
	named := func(values ...string) []types.Filter { return []types.Filter{{Key: "name", Values: values}} }
	parameter := func(message string) refusal { return refusal{"InvalidParameterException", message} }
	badToken := refusal{"InvalidNextTokenException", "Invalid token"}
	oneOfBoth := parameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
	checkRefusals(t, c, map[string]refusedCall{
		"NoResults": call(doList, list{MaxResults: sdk.Int32(0)},
			constraint("'0'", "maxResults", "have value greater than or equal to 1")),
		"TooManyResults": call(doList, list{MaxResults: sdk.Int32(101)},
			constraint("'101'", "maxResults", "have value less than or equal to 100")),
		"BadToken":   call(doList, list{NextToken: str("!")}, badToken),
		"OtherToken": call(doList, list{NextToken: str("bm8=")}, badToken),
		"BadOrder": call(doList, list{SortOrder: "up"},
			constraint("'up'", "sortOrder", "satisfy enum value set: [asc, desc]")),
		"BadFilterKey": call(doList, list{Filters: []types.Filter{{Key: "tag", Values: []string{"x"}}}},
			constraint("'tag'", "filters.1.member.key", "satisfy enum value set: "+
				"[description, name, tag-key, tag-value, primary-region, owning-service, all]")),
		"BadFilterValue": call(doList, list{Filters: named("ok", "a*")},
			constraint("'a*'", "filters.1.member.values.2.member", `satisfy regular expression pattern: `+
				`^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$`)),
		"TooManyFilterValues": call(doList, list{Filters: named(strings.Split(strings.Repeat("x", 11), "")...)},
			constraint("'[x x x x x x x x x x x]'", "filters.1.member.values", "have length less than or equal to 10")),
		"FilterWithoutKey": call(doList, list{Filters: []types.Filter{{Values: []string{"x"}}}},
			parameter("Invalid filter key")),
		"FilterWithoutValues": call(doList, list{Filters: named()}, parameter("Invalid filter values for key: name")),

		"BatchOfNothing": call(doBatch, batch{}, oneOfBoth),
		"BatchOfBoth":    call(doBatch, batch{SecretIdList: []string{"db"}, Filters: named("db")}, oneOfBoth),
		"BatchOfEmptyList": call(doBatch, batch{SecretIdList: []string{}},
			constraint("'[]'", "secretIdList", "have length greater than or equal to 1")),
		"BatchOf21": call(doBatch, batch{SecretIdList: strings.Split(strings.Repeat("x", 21), "")},
			constraint("'["+strings.Repeat("x ", 20)+"x]'", "secretIdList", "have length less than or equal to 20")),
		"BatchPageOf21": call(doBatch, batch{Filters: named("db"), MaxResults: sdk.Int32(21)},
			constraint("'21'", "maxResults", "have value less than or equal to 20")),
		"BatchPageOfList": call(doBatch, batch{SecretIdList: []string{"db"}, MaxResults: sdk.Int32(1)},
			parameter("'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.")),
		"BatchBadToken": call(doBatch, batch{Filters: named("db"), NextToken: str("x")}, badToken),
	})
}

// TestRequiredMembers sends what the SDK's clients refuse to send.
func TestRequiredMembers(t *testing.T) {
	t.Parallel()
	_, f := refusedFixture(t)
	null := func(member string) string { return constraint("null", member, "not be null").Message }
	const token = "You must provide a ClientRequestToken value. We recommend a UUID-type value."
	for name, test := range map[string]struct{ Operation, Body, Code, Message string }{
		"CreateName":  {"CreateSecret", `{}`, "ValidationException", null("name")},
		"CreateToken": {"CreateSecret", `{"Name":"n","SecretString":"s"}`, "InvalidRequestException", token},
		"PutToken":    {"PutSecretValue", `{"SecretId":"db","SecretString":"s"}`, "InvalidRequestException", token},
		"UpdateToken": {"UpdateSecret", `{"SecretId":"db","SecretString":"s"}`, "InvalidRequestException", token},
		"GetID":       {"GetSecretValue", `{}`, "ValidationException", null("secretId")},
		"StageLabel":  {"UpdateSecretVersionStage", `{"SecretId":"db"}`, "ValidationException", null("versionStage")},
		"TagTags":     {"TagResource", `{"SecretId":"db"}`, "ValidationException", null("tags")},
		"UntagKeys":   {"UntagResource", `{"SecretId":"db"}`, "ValidationException", null("tagKeys")},
		"ListSortBy": {"ListSecrets", `{"SortBy":"size"}`, "ValidationException", constraint("'size'", "sortBy",
			"satisfy enum value set: [created-date, last-accessed-date, last-changed-date, name]").Message},
		"RestoreWindow": {"RestoreSecret", `{"SecretId":null}`, "ValidationException", null("secretId")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, send(t, f.request(t, test.Operation, test.Body)), answer{
				http.StatusBadRequest, `{"__type":"` + test.Code + `","message":"` + test.Message + `"}`,
			})
		})
	}
}
