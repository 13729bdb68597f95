package aws_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/go-jose/go-jose/v4"
)

const stsAudience = "sts.amazonaws.com"

func webIdentity(token string) *sts.AssumeRoleWithWebIdentityInput {
	return &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: sdk.String(roleARN), RoleSessionName: sdk.String("eso"), WebIdentityToken: &token,
	}
}

// TestIRSA goes the whole way: a pod's token, a session, and a secret.
func TestIRSA(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", irsaTrust, `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue",
		"Resource":"arn:aws:secretsmanager:eu-west-1:000000000000:secret:app/db-??????"}`)

	got := must[*sts.AssumeRoleWithWebIdentityOutput](t)(
		f.sts().AssumeRoleWithWebIdentity(t.Context(), webIdentity(cluster.token(t, stsAudience))))
	role := must[*iam.GetRoleOutput](t)(f.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: sdk.String("eso")})).Role
	id := *role.RoleId + ":eso"
	expires := start.Add(time.Hour)
	equal(t, got, &sts.AssumeRoleWithWebIdentityOutput{
		AssumedRoleUser: &ststypes.AssumedRoleUser{
			Arn: sdk.String("arn:aws:sts::000000000000:assumed-role/eso/eso"), AssumedRoleId: &id,
		},
		Audience: sdk.String(stsAudience), Provider: sdk.String(provider), SubjectFromWebIdentityToken: sdk.String(subject),
		Credentials: &ststypes.Credentials{
			AccessKeyId: got.Credentials.AccessKeyId, SecretAccessKey: got.Credentials.SecretAccessKey,
			SessionToken: got.Credentials.SessionToken, Expiration: &expires,
		},
	})
	if !strings.HasPrefix(*got.Credentials.AccessKeyId, "ASIA") || len(*got.Credentials.SecretAccessKey) != 40 {
		t.Error("the credentials do not look like AWS's")
	}
	who := must[*sts.GetCallerIdentityOutput](t)(f.stsAs(got.Credentials).GetCallerIdentity(t.Context(), nil))
	equal(t, who, &sts.GetCallerIdentityOutput{
		Account: sdk.String(account), Arn: got.AssumedRoleUser.Arn, UserId: &id,
	})
	client := f.as(got.Credentials)
	equal(t, get(t, client, "app/db"), refusal{})
	equal(t, get(t, client, "web/db"), deniedTo("eso", "eso", "secretsmanager:GetSecretValue", f.secretARN(t, "web/db"),
		"because no identity-based policy allows the secretsmanager:GetSecretValue action"))

	f.clock.Advance(time.Hour)
	equal(t, get(t, client, "app/db"), refusal{
		"ExpiredTokenException", "The security token included in the request is expired",
	})
}

func TestWebIdentityRefusals(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", irsaTrust, "")
	other := newIssuing(t)
	invalid := func(format string, args ...any) refusal {
		return refusal{"InvalidIdentityToken", fmt.Sprintf(format, args...)}
	}
	const notJWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
	const noKey = "Couldn't retrieve verification key from your identity provider,  " +
		"please reference AssumeRoleWithWebIdentity documentation for requirements"
	denied := refusal{"AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"}
	seconds := func(n int32) func(*sts.AssumeRoleWithWebIdentityInput) {
		return func(in *sts.AssumeRoleWithWebIdentityInput) { in.DurationSeconds = &n }
	}
	none := func(*sts.AssumeRoleWithWebIdentityInput) {}
	other.id = "second"
	unknownKey := other.token(t, stsAudience)
	other.id = "first"
	for name, test := range map[string]struct {
		Token  string
		Change func(*sts.AssumeRoleWithWebIdentityInput)
		Want   refusal
	}{
		"Good":            {cluster.token(t, stsAudience), none, refusal{}},
		"GoodOfTwo":       {cluster.token(t, "x", claim("aud", []string{"x", stsAudience})), none, refusal{}},
		"NoJWT":           {"secret", none, invalid(notJWT)},
		"OtherAlgorithm":  {sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: make([]byte, 32)}, "first", map[string]any{"iss": issuer}), none, invalid(notJWT)},
		"OtherIssuer":     {cluster.token(t, stsAudience, claim("iss", "https://other.test")), none, invalid("No OpenIDConnect provider found in your account for https://other.test")},
		"IssuerNoScheme":  {cluster.token(t, stsAudience, claim("iss", "oidc.test/id/ABC")), none, invalid("No OpenIDConnect provider found in your account for oidc.test/id/ABC")},
		"OtherAudience":   {cluster.token(t, "pods.eks.amazonaws.com"), none, invalid("Incorrect token audience")},
		"ForgedSignature": {other.token(t, stsAudience), none, invalid("Provided token is not valid: the signature is not valid")},
		"UnknownKey":      {unknownKey, none, invalid(noKey)},
		"Expired": {
			cluster.token(t, stsAudience, claim("exp", start.Unix())), none,
			refusal{"ExpiredTokenException", fmt.Sprintf("Token expired: current date/time %d must be before the "+
				"expiration date/time %[1]d", start.Unix())},
		},
		"NotYet": {
			cluster.token(t, stsAudience, claim("nbf", start.Add(2*time.Minute).Unix())), none,
			invalid("Provided token is not valid: the token is not valid yet, or has no end"),
		},
		"Endless": {
			cluster.token(t, stsAudience, func(c map[string]any) { delete(c, "exp") }), none,
			invalid("Provided token is not valid: the token is not valid yet, or has no end"),
		},
		"OtherSubject": {cluster.token(t, stsAudience, claim("sub", "system:serviceaccount:default:default")), none, denied},
		"NoRole": {cluster.token(t, stsAudience), func(in *sts.AssumeRoleWithWebIdentityInput) {
			in.RoleArn = sdk.String("arn:aws:iam::000000000000:role/absent")
		}, denied},
		"NoRoleARN": {cluster.token(t, stsAudience), func(in *sts.AssumeRoleWithWebIdentityInput) {
			in.RoleArn = sdk.String("arn:aws:iam::000000000000:user/absent")
		}, refusal{"ValidationError", "arn:aws:iam::000000000000:user/absent is invalid"}},
		"TooLong": {cluster.token(t, stsAudience), seconds(7200), refusal{
			"ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
		}},
		"TooShort": {cluster.token(t, stsAudience), seconds(60), refusal{
			"ValidationError", "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy " +
				"constraint: Member must have value greater than or equal to 900",
		}},
		"NoToken": {"x", none, refusal{
			"ValidationError", "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: " +
				"Member must have length between 4 and 20000",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := webIdentity(test.Token)
			test.Change(in)
			_, err := f.sts().AssumeRoleWithWebIdentity(t.Context(), in)
			checkRefusal(t, err, test.Want)
		})
	}
}

// TestIssuerKeys wants keys to be kept, and fetched again when they change.
func TestIssuerKeys(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", irsaTrust, "")
	assume := func(token string) {
		t.Helper()
		must[*sts.AssumeRoleWithWebIdentityOutput](t)(f.sts().AssumeRoleWithWebIdentity(t.Context(), webIdentity(token)))
	}
	assume(cluster.token(t, stsAudience))
	assume(cluster.token(t, stsAudience))
	equal(t, cluster.fetched.Load(), int32(1))
	cluster.key, cluster.id = newIssuing(t).key, "second"
	assume(cluster.token(t, stsAudience))
	equal(t, cluster.fetched.Load(), int32(2))
}
