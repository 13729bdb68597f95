package aws_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"eso-aws/sandbox/aws"
)

// TestParameterOperationsAsk has each operation ask for its own action on the
// parameter's ARN, whether there is one or not.
func TestParameterOperationsAsk(t *testing.T) {
	t.Parallel()
	for operation, body := range map[string]string{
		"AddTagsToResource":      `{"ResourceType":"Parameter","ResourceId":"/app/db","Tags":[{"Key":"k","Value":"v"}]}`,
		"DeleteParameter":        `{"Name":"/app/db"}`,
		"DescribeParameters":     `{}`,
		"GetParameter":           `{"Name":"/app/db:1"}`,
		"GetParameters":          `{"Names":["/app/db"]}`,
		"GetParametersByPath":    `{"Path":"/app/"}`,
		"LabelParameterVersion":  `{"Name":"/app/db","Labels":["l"]}`,
		"ListTagsForResource":    `{"ResourceType":"Parameter","ResourceId":"/app/db"}`,
		"PutParameter":           `{"Name":"/app/db","Value":"v","Type":"String"}`,
		"RemoveTagsFromResource": `{"ResourceType":"Parameter","ResourceId":"/app/db","TagKeys":["k"]}`,
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			f, asked := watched(t, func(aws.Access) bool { return false })
			got := f.refusedParameter(t, operation, body)
			arn := map[string]string{
				"DescribeParameters": "arn:aws:ssm:eu-west-1:000000000000:*", "GetParametersByPath": parameterARN + "/app/",
			}[operation]
			if arn == "" {
				arn = parameterARN + "/app/db"
			}
			action := "ssm:" + operation
			equal(t, asked(), []aws.Access{{
				Principal: aws.Principal{ARN: "arn:aws:iam::000000000000:user/test", UserID: "test"}, Action: action, Resource: arn,
			}})
			equal(t, got, refusal{"AccessDeniedException", "User: arn:aws:iam::000000000000:user/test is not authorized to " +
				"perform: " + action + " on resource: " + arn + " because no identity-based policy allows the " + action +
				" action"})
		})
	}
}

func statement(effect, actions, resource string) string {
	return fmt.Sprintf(`{"Effect":%q,"Action":[%s],"Resource":%q}`, effect, actions, resource)
}

// TestParameterPolicies does what the operator does, by policies of a role.
func TestParameterPolicies(t *testing.T) {
	t.Parallel()
	const read = `"ssm:GetParameter*"`
	denied := func(action, resource, reason string) string {
		return deniedTo("eso", "me", action, resource, reason).Message
	}
	none := func(action string) string { return "because no identity-based policy allows the " + action + " action" }
	byPath := func(path string) func(context.Context, *ssm.Client) error {
		return func(ctx context.Context, c *ssm.Client) error {
			out, err := c.GetParametersByPath(ctx, &ssm.GetParametersByPathInput{
				Path: &path, Recursive: sdk.Bool(true), WithDecryption: sdk.Bool(true),
			})
			if err != nil {
				return err
			}
			if got := parameterNames(out.Parameters); !slices.Equal(got, []string{"/app/db", "/app/private"}) {
				return fmt.Errorf("%s has %v", path, got)
			}
			return nil
		}
	}
	get := func(name string) func(context.Context, *ssm.Client) error {
		return func(ctx context.Context, c *ssm.Client) error {
			_, err := c.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: sdk.Bool(true)})
			return err
		}
	}
	describe := func(ctx context.Context, c *ssm.Client) error {
		_, err := c.DescribeParameters(ctx, nil)
		return err
	}
	getBoth := func(ctx context.Context, c *ssm.Client) error {
		_, err := c.GetParameters(ctx, &ssm.GetParametersInput{Names: []string{"/app/db", "/web"}})
		return err
	}
	pushTagged := func(ctx context.Context, c *ssm.Client) error {
		_, err := c.PutParameter(ctx, &ssm.PutParameterInput{
			Name: sdk.String("/app/new"), Value: sdk.String("v"), Type: "String", Tags: []types.Tag{tagOf("managed-by", "eso")},
		})
		return err
	}
	app, web := parameterARN+"/app", parameterARN+"/web"
	readApp := statement("Allow", read, app+"/*")
	for name, test := range map[string]struct {
		Statements string
		Do         func(context.Context, *ssm.Client) error
		Want       string
	}{
		"Get":            {readApp, get("/app/db"), ""},
		"GetVersion":     {readApp, get("/app/db:1"), ""},
		"GetByARN":       {readApp, get(app + "/db"), ""},
		"GetOther":       {readApp, get("/web"), denied("ssm:GetParameter", web, none("ssm:GetParameter"))},
		"GetAbsent":      {readApp, get("/absent"), denied("ssm:GetParameter", parameterARN+"/absent", none("ssm:GetParameter"))},
		"OneOfTwo":       {readApp, getBoth, denied("ssm:GetParameters", web, none("ssm:GetParameters"))},
		"PathBelow":      {readApp, byPath("/app"), denied("ssm:GetParametersByPath", app, none("ssm:GetParametersByPath"))},
		"PathWithSlash":  {readApp, byPath("/app/"), ""},
		"Path":           {statement("Allow", read, app), byPath("/app"), ""},
		"PathNotSlash":   {statement("Allow", read, app), byPath("/app/"), denied("ssm:GetParametersByPath", app+"/", none("ssm:GetParametersByPath"))},
		"PathIsEnough":   {statement("Allow", read, app) + "," + statement("Deny", read, app+"/private"), byPath("/app"), ""},
		"GetIsNotPath":   {statement("Allow", read, app+"*") + "," + statement("Deny", read, app+"/private"), get("/app/private"), denied("ssm:GetParameter", app+"/private", "with an explicit deny in an identity-based policy")},
		"OnlyOneLevel":   {`{"Effect":"Allow","Action":"ssm:GetParametersByPath","Resource":"*","Condition":{"Bool":{"ssm:Recursive":"false"}}}`, byPath("/app"), denied("ssm:GetParametersByPath", app, none("ssm:GetParametersByPath"))},
		"Describe":       {statement("Allow", `"ssm:DescribeParameters"`, "*"), describe, ""},
		"DescribeSome":   {statement("Allow", `"ssm:DescribeParameters"`, parameterARN+"/*"), describe, denied("ssm:DescribeParameters", "arn:aws:ssm:eu-west-1:000000000000:*", none("ssm:DescribeParameters"))},
		"ByTag":          {`{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*","Condition":{"StringEquals":{"ssm:resourceTag/team":"blue"}}}`, get("/app/db"), ""},
		"ByGlobalTag":    {`{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}`, get("/app/db"), ""},
		"ByOtherTag":     {`{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*","Condition":{"StringEquals":{"ssm:resourceTag/team":"blue"}}}`, get("/web"), denied("ssm:GetParameter", web, none("ssm:GetParameter"))},
		"PushTagged":     {statement("Allow", `"ssm:PutParameter","ssm:AddTagsToResource"`, app+"/*"), pushTagged, ""},
		"PushOnlyTags":   {`{"Effect":"Allow","Action":"ssm:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["managed-by"]},"Bool":{"ssm:Overwrite":"false"}}}`, pushTagged, ""},
		"PushWithoutTag": {statement("Allow", `"ssm:PutParameter"`, app+"/*"), pushTagged, denied("ssm:AddTagsToResource", app+"/new", none("ssm:AddTagsToResource"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, client := stored(t, "SecureString", "/app/private", "/web")
			putParameter(t, client, &ssm.PutParameterInput{
				Name: sdk.String("/app/db"), Value: sdk.String("v"), Type: "SecureString", Tags: []types.Tag{tagOf("team", "blue")},
			})
			f.role(t, "eso", rootTrust, test.Statements)
			var want refusal
			if test.Want != "" {
				want = refusal{"AccessDeniedException", test.Want}
			}
			checkRefusal(t, test.Do(t.Context(), f.ssmAs(f.assume(t, roleARN))), want)
		})
	}
}

// TestParameterKMS reads and writes a SecureString of a customer's key.
func TestParameterKMS(t *testing.T) {
	t.Parallel()
	const key = "arn:aws:kms:eu-west-1:000000000000:key/1234"
	const all = `{"Effect":"Allow","Action":"ssm:*","Resource":"*"}`
	with := func(action, context string) string {
		return all + `,{"Effect":"Allow","Action":"` + action + `","Resource":"` + key + `","Condition":{"StringEquals":{
			"kms:ViaService":"ssm.eu-west-1.amazonaws.com","kms:EncryptionContext:PARAMETER_ARN":"` + context + `"}}}`
	}
	noKey := func(action string) refusal {
		r := deniedTo("eso", "me", action, key, "because no identity-based policy allows the "+action+" action")
		r.Message += " (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: ...; Proxy: null)"
		return r
	}
	requestID := regexp.MustCompile(`Request ID: \w+`)
	for name, test := range map[string]struct {
		KeyID, Statements string
		Read, Write       refusal
	}{
		"Without":      {"1234", all, noKey("kms:Decrypt"), noKey("kms:Encrypt")},
		"Decrypt":      {"1234", with("kms:Decrypt", parameterARN+"/db"), refusal{}, noKey("kms:Encrypt")},
		"Encrypt":      {"1234", with("kms:Encrypt", parameterARN+"/db"), noKey("kms:Decrypt"), refusal{}},
		"OtherContext": {"1234", with("kms:*", parameterARN+"/other"), noKey("kms:Decrypt"), noKey("kms:Encrypt")},
		"Both":         {key, with("kms:*", parameterARN+"/db"), refusal{}, refusal{}},
		"AWSKey":       {"alias/aws/ssm", all, refusal{}, refusal{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, client := stored(t, "String")
			put := &ssm.PutParameterInput{
				Name: sdk.String("/db"), Value: sdk.String("v"), Type: "SecureString", KeyId: &test.KeyID, Overwrite: sdk.Bool(true),
			}
			putParameter(t, client, put)
			f.role(t, "eso", rootTrust, test.Statements)
			eso := f.ssmAs(f.assume(t, roleARN))
			check := func(err error, want refusal) {
				t.Helper()
				var got refusal
				if err != nil {
					got = refusalOf(t, err)
					got.Message = requestID.ReplaceAllString(got.Message, "Request ID: ...")
				}
				equal(t, got, want)
			}
			name, yes := sdk.String("/db"), sdk.Bool(true)
			_, err := eso.GetParameter(t.Context(), &ssm.GetParameterInput{Name: name, WithDecryption: yes})
			check(err, test.Read)
			_, err = eso.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"/db"}, WithDecryption: yes})
			check(err, test.Read)
			_, err = eso.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: sdk.String("/"), WithDecryption: yes})
			check(err, test.Read)
			// What stays sealed needs no key.
			_, err = eso.GetParameter(t.Context(), &ssm.GetParameterInput{Name: name})
			check(err, refusal{})
			_, err = eso.PutParameter(t.Context(), put)
			check(err, test.Write)
		})
	}
	t.Run("AdvancedNeedsMore", func(t *testing.T) {
		t.Parallel()
		f, _ := stored(t, "String")
		f.role(t, "eso", rootTrust, with("kms:Encrypt", parameterARN+"/db"))
		_, err := f.ssmAs(f.assume(t, roleARN)).PutParameter(t.Context(), &ssm.PutParameterInput{
			Name: sdk.String("/db"), Value: sdk.String("v"), Type: "SecureString", KeyId: sdk.String(key), Tier: "Advanced",
		})
		got := refusalOf(t, err)
		got.Message = requestID.ReplaceAllString(got.Message, "Request ID: ...")
		equal(t, got, noKey("kms:GenerateDataKey"))
	})
}

// TestParameterLog has the action and the ARN, and never a value.
func TestParameterLog(t *testing.T) {
	t.Parallel()
	var written strings.Builder
	f := newFixture(t, aws.Options{Log: logTo(&written)})
	putParameter(t, f.ssm(), &ssm.PutParameterInput{Name: sdk.String("/db"), Value: sdk.String("hunter2"), Type: "SecureString"})
	read(t, f.ssm(), "/db")
	read(t, f.ssm(), "/absent")
	const user = "arn:aws:iam::000000000000:user/test"
	equal(t, logged(t, written.String()), []logLine{
		{"ssm:PutParameter", parameterARN + "/db", region, user, "OK"},
		{"ssm:GetParameter", parameterARN + "/db", region, user, "OK"},
		{"ssm:GetParameter", parameterARN + "/absent", region, user, "ParameterNotFound"},
	})
	if strings.Contains(written.String(), "hunter2") {
		t.Error("the log holds the value of a parameter")
	}
}
