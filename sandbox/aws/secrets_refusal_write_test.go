package aws_test

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

func TestCreateSecretRefusals(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	type in = secretsmanager.CreateSecretInput
	create := (*secretsmanager.Client).CreateSecret
	str := sdk.String
	parameter := func(message string) refusal { return refusal{"InvalidParameterException", message} }
	exists := refusal{"ResourceExistsException", "The operation failed because the secret db already exists."}
	var many []types.Tag
	for i := range 51 {
		many = append(many, types.Tag{Key: str(fmt.Sprint(i)), Value: str("")})
	}
	checkRefusals(t, c, map[string]refusedCall{
		"EmptyName": call(create, in{Name: str("")},
			constraint("''", "name", "have length greater than or equal to 1")),
		"BadCharacter": call(create, in{Name: str("a b")}, badName),
		"Umlaut":       call(create, in{Name: str("ä")}, badName),
		"NewLine":      call(create, in{Name: str("a\n")}, badName),
		"LongName": call(create, in{Name: str(strings.Repeat("n", 513))},
			constraint("'"+strings.Repeat("n", 513)+"'", "name", "have length less than or equal to 512")),
		"LongDescription": call(create, in{Name: str("new"), Description: str(strings.Repeat("d", 2049))},
			constraint("'"+strings.Repeat("d", 2049)+"'", "description", "have length less than or equal to 2048")),
		"LongValue": call(create, in{Name: str("new"), SecretString: str(strings.Repeat("s", 65537))}, tooLong),
		"LongBinary": call(create, in{Name: str("new"), SecretBinary: make([]byte, 65537)}, refusal{
			tooLong.Code,
			strings.Replace(tooLong.Message, "secretString", "secretBinary", 1),
		}),
		"BothValues": call(create, in{Name: str("new"), SecretString: str("s"), SecretBinary: []byte("b")}, bothValues),
		"ShortToken": call(create, in{Name: str("new"), SecretString: str("s"), ClientRequestToken: str("t")},
			shortToken),
		"Exists": call(create, in{Name: str("db"), SecretString: str("a"), ClientRequestToken: str(tokenC)},
			exists),
		"ExistsWithTokenOfOtherValue": call(create,
			in{Name: str("db"), SecretString: str("b"), ClientRequestToken: str(tokenA)}, exists),
		"ExistsWithoutValue": call(create, in{Name: str("db")}, exists),
		"ScheduledForDeletion": call(create, in{Name: str("gone"), SecretString: str("g")}, refusal{
			"InvalidRequestException",
			"You can't create this secret because a secret with this name is already scheduled for deletion.",
		}),
		"TooManyTags": call(create, in{Name: str("new"), Tags: many},
			parameter("A secret can have no more than 50 tags.")),
		"ReservedTag": call(create, in{Name: str("new"), Tags: []types.Tag{{Key: str("AWS:x"), Value: str("")}}},
			parameter("Tag keys can't begin with aws:; that prefix is reserved for AWS.")),
		"TagWithoutKey": call(create, in{Name: str("new"), Tags: []types.Tag{{Value: str("v")}}},
			parameter("A tag must have a key.")),
		"SameTagTwice": call(create, in{Name: str("new"), Tags: []types.Tag{{Key: str("k")}, {Key: str("k")}}},
			parameter("The tag key k is given more than once.")),
		"LongTagKeyAndValue": call(create,
			in{Name: str("new"), Tags: []types.Tag{{
				Key:   str(strings.Repeat("k", 129)),
				Value: str(strings.Repeat("v", 257)),
			}}},
			refusal{"ValidationException", "2 validation errors detected: " +
				"Value '" + strings.Repeat("k", 129) + "' at 'tags.1.member.key' failed to satisfy constraint: " +
				"Member must have length less than or equal to 128; " +
				"Value '" + strings.Repeat("v", 257) + "' at 'tags.1.member.value' failed to satisfy constraint: " +
				"Member must have length less than or equal to 256"}),
	})
}

func TestWriteRefusals(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	type put = secretsmanager.PutSecretValueInput
	type update = secretsmanager.UpdateSecretInput
	doPut, doUpdate := (*secretsmanager.Client).PutSecretValue, (*secretsmanager.Client).UpdateSecret
	str := sdk.String
	inUse := refusal{
		"ResourceExistsException",
		"You can't use ClientRequestToken " + tokenA + " because that value is " +
			"already in use for a version of secret " + arnOf(t, c, "db") + ".",
	}
	noValue := refusal{"InvalidRequestException", "You must provide either SecretString or SecretBinary."}
	var labels []string
	for i := range 21 {
		labels = append(labels, fmt.Sprint("label", i))
	}
	checkRefusals(t, c, map[string]refusedCall{
		"PutToAbsent": call(doPut, put{SecretId: str("absent"), SecretString: str("s")}, notFound),
		"PutToMarked": call(doPut, put{SecretId: str("gone"), SecretString: str("s")}, marked),
		"PutNothing":  call(doPut, put{SecretId: str("db")}, noValue),
		"PutEmpty":    call(doPut, put{SecretId: str("db"), SecretString: str("")}, noValue),
		"PutBoth": call(doPut, put{SecretId: str("db"), SecretString: str("s"), SecretBinary: []byte("b")},
			bothValues),
		"PutTooMuch": call(doPut, put{SecretId: str("db"), SecretString: str(strings.Repeat("s", 65537))}, tooLong),
		"PutShortToken": call(doPut, put{SecretId: str("db"), SecretString: str("s"), ClientRequestToken: str("t")},
			shortToken),
		"PutOtherValueUnderToken": call(doPut,
			put{SecretId: str("db"), SecretString: str("s"), ClientRequestToken: str(tokenA)}, inUse),
		"PutOtherKindUnderToken": call(doPut,
			put{SecretId: str("db"), SecretBinary: []byte("a"), ClientRequestToken: str(tokenA)}, inUse),
		"PutNoLabels": call(doPut, put{SecretId: str("db"), SecretString: str("s"), VersionStages: []string{}},
			constraint("[]", "versionStages", "have length greater than or equal to 1")),
		"PutEmptyLabel": call(doPut, put{SecretId: str("db"), SecretString: str("s"), VersionStages: []string{""}},
			constraint("''", "versionStages.1.member", "have length greater than or equal to 1")),
		"PutManyLabels": call(doPut, put{SecretId: str("db"), SecretString: str("s"), VersionStages: labels[:19]},
			tooManyLabels),
		"PutTooManyLabels": call(doPut, put{SecretId: str("db"), SecretString: str("s"), VersionStages: labels},
			constraint(fmt.Sprint(labels), "versionStages", "have length less than or equal to 20")),

		"UpdateAbsent": call(doUpdate, update{SecretId: str("absent"), Description: str("d")}, notFound),
		"UpdateMarked": call(doUpdate, update{SecretId: str("gone"), Description: str("d")}, marked),
		"UpdateBoth": call(doUpdate, update{
			SecretId: str("db"), SecretString: str("s"),
			SecretBinary: []byte("b"),
		}, bothValues),
		"UpdateTooMuch": call(doUpdate, update{SecretId: str("db"), SecretString: str(strings.Repeat("s", 65537))},
			tooLong),
		"UpdateShortToken": call(doUpdate, update{
			SecretId: str("db"), SecretString: str("s"),
			ClientRequestToken: str("t"),
		}, shortToken),
		"UpdateSameValueUnderToken": call(doUpdate,
			update{SecretId: str("db"), SecretString: str("a"), ClientRequestToken: str(tokenA)}, inUse),
	})
}

func TestStageRefusals(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	type in = secretsmanager.UpdateSecretVersionStageInput
	stage := (*secretsmanager.Client).UpdateSecretVersionStage
	str := sdk.String
	parameter := func(message string) refusal { return refusal{"InvalidParameterException", message} }
	noVersion := refusal{
		"ResourceNotFoundException", "Secrets Manager can't find the specified secret value for VersionId: " + tokenC,
	}
	checkRefusals(t, c, map[string]refusedCall{
		"Absent": call(stage, in{SecretId: str("absent"), VersionStage: str("x"), MoveToVersionId: str(tokenA)},
			notFound),
		"Marked": call(stage, in{SecretId: str("gone"), VersionStage: str("x"), MoveToVersionId: str(tokenA)}, marked),
		"NothingToDo": call(stage, in{SecretId: str("db"), VersionStage: str("x")},
			parameter("You must provide MoveToVersionId, RemoveFromVersionId or both.")),
		"MoveWithoutSource": call(stage, in{
			SecretId: str("db"), VersionStage: str("AWSCURRENT"),
			MoveToVersionId: str(tokenA),
		},
			parameter("The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is "+
				"currently attached to "+
				"version "+tokenB+", so you must explicitly reference that version in RemoveFromVersionId.")),
		"MoveFromWrongSource": call(stage,
			in{
				SecretId: str("db"), VersionStage: str("AWSCURRENT"), MoveToVersionId: str(tokenB),
				RemoveFromVersionId: str(tokenA),
			},
			parameter("Version stage AWSCURRENT not found in version "+tokenA)),
		"RemoveCurrent": call(stage, in{
			SecretId: str("db"), VersionStage: str("AWSCURRENT"),
			RemoveFromVersionId: str(tokenB),
		},
			parameter("You can only move staging label AWSCURRENT to a different secret version. "+
				"It can’t be completely removed.")),
		"MoveToAbsentVersion": call(stage, in{
			SecretId: str("db"), VersionStage: str("x"),
			MoveToVersionId: str(tokenC),
		}, noVersion),
		"RemoveFromAbsentVersion": call(stage,
			in{SecretId: str("db"), VersionStage: str("x"), RemoveFromVersionId: str(tokenC)}, noVersion),
		"ShortMoveTo": call(stage, in{SecretId: str("db"), VersionStage: str("x"), MoveToVersionId: str("1")},
			parameter("MoveToVersionId must be 32-64 characters long.")),
		"ShortRemoveFrom": call(stage, in{SecretId: str("db"), VersionStage: str("x"), RemoveFromVersionId: str("1")},
			parameter("RemoveFromVersionId must be 32-64 characters long.")),
		"EmptyLabel": call(stage, in{SecretId: str("db"), VersionStage: str(""), MoveToVersionId: str(tokenA)},
			constraint("''", "versionStage", "have length greater than or equal to 1")),
	})
}

func TestDeleteAndTagRefusals(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	type remove = secretsmanager.DeleteSecretInput
	type restore = secretsmanager.RestoreSecretInput
	type tag = secretsmanager.TagResourceInput
	type untag = secretsmanager.UntagResourceInput
	doRemove, doRestore := (*secretsmanager.Client).DeleteSecret, (*secretsmanager.Client).RestoreSecret
	doTag, doUntag := (*secretsmanager.Client).TagResource, (*secretsmanager.Client).UntagResource
	str := sdk.String
	parameter := func(message string) refusal { return refusal{"InvalidParameterException", message} }
	window := parameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
	tags := []types.Tag{{Key: str("k"), Value: str("v")}}
	checkRefusals(t, c, map[string]refusedCall{
		"DeleteAbsent":      call(doRemove, remove{SecretId: str("absent")}, notFound),
		"DeleteMarked":      call(doRemove, remove{SecretId: str("gone")}, marked),
		"DeleteShortWindow": call(doRemove, remove{SecretId: str("db"), RecoveryWindowInDays: sdk.Int64(6)}, window),
		"DeleteLongWindow":  call(doRemove, remove{SecretId: str("db"), RecoveryWindowInDays: sdk.Int64(31)}, window),
		"DeleteWindowAndForce": call(doRemove,
			remove{SecretId: str("db"), RecoveryWindowInDays: sdk.Int64(7), ForceDeleteWithoutRecovery: sdk.Bool(true)},
			parameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")),
		"ForceDeleteBadName": call(doRemove, remove{SecretId: str("a b"), ForceDeleteWithoutRecovery: sdk.Bool(true)},
			badName),
		"RestoreAbsent": call(doRestore, restore{SecretId: str("absent")}, notFound),
		"TagAbsent":     call(doTag, tag{SecretId: str("absent"), Tags: tags}, notFound),
		"TagMarked":     call(doTag, tag{SecretId: str("gone"), Tags: tags}, marked),
		"TagReserved": call(doTag, tag{SecretId: str("db"), Tags: []types.Tag{{Key: str("aws:k")}}},
			parameter("Tag keys can't begin with aws:; that prefix is reserved for AWS.")),
		"UntagAbsent": call(doUntag, untag{SecretId: str("absent"), TagKeys: []string{"k"}}, notFound),
		"UntagMarked": call(doUntag, untag{SecretId: str("gone"), TagKeys: []string{"k"}}, marked),
		"UntagEmptyKey": call(doUntag, untag{SecretId: str("db"), TagKeys: []string{""}},
			constraint("''", "tagKeys.1.member", "have length greater than or equal to 1")),
	})
}
