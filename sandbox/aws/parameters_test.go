package aws_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"eso-aws/sandbox/aws"
)

func TestParameterTypes(t *testing.T) {
	t.Parallel()
	for _, kind := range []types.ParameterType{"String", "StringList", "SecureString"} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f, client := stored(t, kind)
			equal(t, putParameter(t, client, &ssm.PutParameterInput{
				Name: sdk.String("/app/db"), Value: sdk.String("a,b"), Type: kind,
			}), &ssm.PutParameterOutput{Version: 1, Tier: "Standard"})
			want := &types.Parameter{
				ARN: sdk.String(parameterARN + "/app/db"), DataType: sdk.String("text"), LastModifiedDate: &start,
				Name: sdk.String("/app/db"), Type: kind, Value: sdk.String("a,b"), Version: 1,
			}
			got, _ := read(t, client, "/app/db")
			equal(t, got, want)

			sealed := must[*ssm.GetParameterOutput](t)(client.GetParameter(t.Context(),
				&ssm.GetParameterInput{Name: sdk.String("/app/db")})).Parameter
			if kind == "SecureString" {
				blob, err := base64.StdEncoding.DecodeString(*sealed.Value)
				if err != nil || len(blob) < 100 || strings.Contains(string(blob), "a,b") {
					t.Errorf("the sealed value is %q, want an opaque one", *sealed.Value)
				}
				want.Value = sealed.Value
			}
			equal(t, sealed, want)

			// The wire has numbers for times, and no member that is empty.
			equal(t, send(t, f.requestTo(t, "ssm", "AmazonSSM.GetParameter", `{"Name":"/app/db","WithDecryption":true}`)),
				answer{http.StatusOK, `{"Parameter":{"ARN":"` + parameterARN + `/app/db","DataType":"text",` +
					`"LastModifiedDate":1772366400.000,"Name":"/app/db","Type":"` + string(kind) + `","Value":"a,b","Version":1}}`})
		})
	}
}

// TestParameterNames reads what was put, by name, ARN and with blanks around it.
func TestParameterNames(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "String", "flat", "/rooted", "/a/b.c_d-E/9", "/"+strings.Repeat("l/", 14)+"name")
	for name, want := range map[string]string{
		"flat": "flat", "/rooted": "/rooted", "/a/b.c_d-E/9": "/a/b.c_d-E/9", " flat ": "flat",
		parameterARN + "/flat": "flat", parameterARN + "/rooted": "/rooted", parameterARN + "/a/b.c_d-E/9": "/a/b.c_d-E/9",
		parameterARN + "/flat:1": "flat",
	} {
		got, refused := read(t, client, name)
		if refused != (refusal{}) || *got.Value != want {
			t.Errorf("%s: got %v %v, want %s", name, got, refused, want)
		}
	}
	for _, absent := range []string{
		"rooted", "/flat", "/a", "/A/b.c_d-E/9", "/aws/service/x", strings.Replace(parameterARN, "eu-west-1", "us-east-1", 1) + "/flat",
	} {
		_, refused := read(t, client, absent)
		equal(t, refused, refusal{"ParameterNotFound", ""})
	}
}

// TestParameterErrorTypes has the SDK know the errors that the operator asks for.
func TestParameterErrorTypes(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "String", "/a")
	_, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: sdk.String("/b")})
	if absent := new(types.ParameterNotFound); !errors.As(err, &absent) {
		t.Errorf("got %v, want ParameterNotFound", err)
	}
	_, err = client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: sdk.String("/a:7")})
	if absent := new(types.ParameterVersionNotFound); !errors.As(err, &absent) {
		t.Errorf("got %v, want ParameterVersionNotFound", err)
	}
}

func TestParameterVersions(t *testing.T) {
	t.Parallel()
	f, client := stored(t, "SecureString", "/db")
	putParameter(t, client, &ssm.PutParameterInput{
		Name: sdk.String("/db"), Value: sdk.String("second"), Description: sdk.String("rotated"), Overwrite: sdk.Bool(true),
	})
	f.clock.Advance(time.Hour)
	rotate(t, client, "/db", "third")
	label := func(version int64, labels ...string) *ssm.LabelParameterVersionOutput {
		return must[*ssm.LabelParameterVersionOutput](t)(client.LabelParameterVersion(t.Context(),
			&ssm.LabelParameterVersionInput{Name: sdk.String("/db"), ParameterVersion: &version, Labels: labels}))
	}
	equal(t, label(1, "prod", "old", "9th", "AWS-own", "ssmlike", "b d"), &ssm.LabelParameterVersionOutput{
		InvalidLabels: []string{"9th", "AWS-own", "ssmlike", "b d"}, ParameterVersion: 1,
	})
	// A label moves to the version that gets it; without a version to the current.
	equal(t, label(2, "prod"), &ssm.LabelParameterVersionOutput{InvalidLabels: []string{}, ParameterVersion: 2})
	equal(t, must[*ssm.LabelParameterVersionOutput](t)(client.LabelParameterVersion(t.Context(),
		&ssm.LabelParameterVersionInput{Name: sdk.String("/db"), Labels: []string{"new"}})),
		&ssm.LabelParameterVersionOutput{InvalidLabels: []string{}, ParameterVersion: 3})

	type one struct {
		Value, Selector string
		Version         int64
	}
	for selector, want := range map[string]one{
		"": {"third", "", 3}, ":1": {"/db", ":1", 1}, ":2": {"second", ":2", 2}, ":3": {"third", ":3", 3},
		":old": {"/db", ":old", 1}, ":prod": {"second", ":prod", 2}, ":new": {"third", ":new", 3},
	} {
		got, _ := read(t, client, "/db"+selector)
		equal(t, one{*got.Value, sdk.ToString(got.Selector), got.Version}, want)
	}
	for _, selector := range []string{"4", "0", "Prod", "9th"} {
		_, refused := read(t, client, "/db:"+selector)
		equal(t, refused, refusal{"ParameterVersionNotFound", "Systems Manager could not find version " + selector +
			" of /db. Verify the version and try again."})
	}

	// What a request leaves out stays.
	later := start.Add(time.Hour)
	equal(t, must[*ssm.DescribeParametersOutput](t)(client.DescribeParameters(t.Context(), nil)),
		&ssm.DescribeParametersOutput{Parameters: []types.ParameterMetadata{{
			ARN: sdk.String(parameterARN + "/db"), DataType: sdk.String("text"), Description: sdk.String("rotated"),
			KeyId: sdk.String("alias/aws/ssm"), LastModifiedDate: &later,
			LastModifiedUser: sdk.String("arn:aws:iam::000000000000:user/test"), Name: sdk.String("/db"),
			Policies: []types.ParameterInlinePolicy{}, Tier: "Standard", Type: "SecureString", Version: 3,
		}}})

	must[*ssm.DeleteParameterOutput](t)(client.DeleteParameter(t.Context(),
		&ssm.DeleteParameterInput{Name: sdk.String("/db")}))
	_, refused := read(t, client, "/db")
	equal(t, refused, refusal{"ParameterNotFound", ""})
}

// TestParameterVersionLimit keeps a hundred versions, and those with a label.
func TestParameterVersionLimit(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "String", "/db")
	for range 100 {
		rotate(t, client, "/db", "next")
	}
	_, refused := read(t, client, "/db:1")
	equal(t, refused.Code, "ParameterVersionNotFound")
	must[*ssm.LabelParameterVersionOutput](t)(client.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{
		Name: sdk.String("/db"), ParameterVersion: sdk.Int64(2), Labels: []string{"kept"},
	}))
	_, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: sdk.String("/db"), Value: sdk.String("next"), Overwrite: sdk.Bool(true),
	})
	equal(t, refusalOf(t, err), refusal{"ParameterMaxVersionLimitExceeded", "You attempted to create a new version of " +
		"/db by calling the PutParameter API with the overwrite flag. Version 2, the oldest version, can't be deleted " +
		"because it has a label associated with it. Move the label to another version of the parameter, and try again."})
}

func TestParameterTiers(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "String")
	for i, test := range []struct {
		Asked types.ParameterTier
		Size  int
		Want  types.ParameterTier
	}{
		{"", 4096, "Standard"},
		{"Intelligent-Tiering", 4096, "Standard"},
		{"Intelligent-Tiering", 4097, "Advanced"},
		{"Intelligent-Tiering", 1, "Advanced"},
		{"", 8192, "Advanced"},
	} {
		equal(t, putParameter(t, client, &ssm.PutParameterInput{
			Name: sdk.String("/big"), Value: sdk.String(strings.Repeat("v", test.Size)), Type: "String", Tier: test.Asked,
			Overwrite: sdk.Bool(true),
		}), &ssm.PutParameterOutput{Tier: test.Want, Version: int64(i + 1)})
	}
}

func TestGetParameters(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "String", "/a", "/b")
	rotate(t, client, "/b", "second")
	got := must[*ssm.GetParametersOutput](t)(client.GetParameters(t.Context(), &ssm.GetParametersInput{
		Names: []string{"/b:1", "/absent", "/a", "/b:7", "a/b"},
	}))
	one := func(name, selector string) types.Parameter {
		p := types.Parameter{
			ARN: sdk.String(parameterARN + name), DataType: sdk.String("text"), LastModifiedDate: &start,
			Name: &name, Type: "String", Value: &name, Version: 1,
		}
		if selector != "" {
			p.Selector = &selector
		}
		return p
	}
	equal(t, got, &ssm.GetParametersOutput{
		Parameters: []types.Parameter{one("/b", ":1"), one("/a", "")}, InvalidParameters: []string{"/absent", "/b:7", "a/b"},
	})
}

func TestParameterTags(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "String")
	name, kind := sdk.String("/tagged"), types.ResourceTypeForTaggingParameter
	putParameter(t, client, &ssm.PutParameterInput{
		Name: name, Value: sdk.String("v"), Type: "String", Tags: []types.Tag{tagOf("managed-by", "external-secrets"), tagOf("team", "blue")},
	})
	want := func(tags ...types.Tag) {
		t.Helper()
		got := must[*ssm.ListTagsForResourceOutput](t)(client.ListTagsForResource(t.Context(),
			&ssm.ListTagsForResourceInput{ResourceId: name, ResourceType: kind}))
		equal(t, got.TagList, tags)
	}
	want(tagOf("managed-by", "external-secrets"), tagOf("team", "blue"))
	must[*ssm.AddTagsToResourceOutput](t)(client.AddTagsToResource(t.Context(), &ssm.AddTagsToResourceInput{
		ResourceId: name, ResourceType: kind, Tags: []types.Tag{tagOf("team", "red"), tagOf("stage", "")},
	}))
	rotate(t, client, "/tagged", "w")
	want(tagOf("managed-by", "external-secrets"), tagOf("stage", ""), tagOf("team", "red"))
	must[*ssm.RemoveTagsFromResourceOutput](t)(client.RemoveTagsFromResource(t.Context(),
		&ssm.RemoveTagsFromResourceInput{ResourceId: name, ResourceType: kind, TagKeys: []string{"team", "absent"}}))
	want(tagOf("managed-by", "external-secrets"), tagOf("stage", ""))
}

func tagOf(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }

func TestPutParameter(t *testing.T) {
	t.Parallel()
	// Nobody is asked whether the sandbox may put parameters.
	f := newFixture(t, aws.Options{Authorize: func(a aws.Access) bool { return a.Principal.ARN != "" }})
	for _, value := range []string{"first", "second"} {
		if err := f.PutParameter(region, "/rotated", value); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"first", "second"} {
		got, _ := read(t, f.ssm(), fmt.Sprintf("/rotated:%d", i+1))
		equal(t, *got.Value, want)
		equal(t, got.Type, types.ParameterTypeSecureString)
	}
	elsewhere := f.ssm(func(o *ssm.Options) { o.Region = "us-east-1" })
	_, refused := read(t, elsewhere, "/rotated")
	equal(t, refused, refusal{"ParameterNotFound", ""})
	err := f.PutParameter(region, "no/slash", "hidden")
	want := `putting parameter "no/slash" in region "eu-west-1": ValidationException: Parameter name must be a fully ` +
		`qualified name.`
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}
