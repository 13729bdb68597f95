package aws_test

import (
	"fmt"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

func parameterNames(parameters []types.Parameter) []string {
	var all []string
	for _, p := range parameters {
		all = append(all, *p.Name)
	}
	return all
}

func TestGetParametersByPath(t *testing.T) {
	t.Parallel()
	_, client := stored(t, "SecureString", "/prod/app/db", "/prod/app/key", "/prod/app2/db", "/prod/top", "/prod", "flat")
	for name, test := range map[string]struct {
		Path      string
		Recursive bool
		Want      []string
	}{
		"OneLevel":      {"/prod", false, []string{"/prod/top"}},
		"Recursive":     {"/prod", true, []string{"/prod/app/db", "/prod/app/key", "/prod/app2/db", "/prod/top"}},
		"TrailingSlash": {"/prod/app/", false, []string{"/prod/app/db", "/prod/app/key"}},
		"NoPrefix":      {"/prod/ap", true, nil},
		"NotItself":     {"/prod/top", true, nil},
		"Root":          {"/", false, []string{"/prod", "flat"}},
		"All":           {"/", true, []string{"/prod", "/prod/app/db", "/prod/app/key", "/prod/app2/db", "/prod/top", "flat"}},
		"Absent":        {"/absent", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := must[*ssm.GetParametersByPathOutput](t)(client.GetParametersByPath(t.Context(),
				&ssm.GetParametersByPathInput{Path: &test.Path, Recursive: &test.Recursive, WithDecryption: sdk.Bool(true)}))
			equal(t, parameterNames(got.Parameters), test.Want)
			for _, p := range got.Parameters {
				equal(t, *p.Value, *p.Name)
			}
		})
	}
}

// TestParameterPages lists while parameters come and go.
func TestParameterPages(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 23 {
		all = append(all, fmt.Sprintf("/p/%02d", i))
	}
	_, client := stored(t, "String", all...)
	pages := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{Path: sdk.String("/p")})
	described := ssm.NewDescribeParametersPaginator(client, &ssm.DescribeParametersInput{MaxResults: sdk.Int32(20)})
	var sizes, describedSizes []int
	var listed []string
	for pages.HasMorePages() {
		page := must[*ssm.GetParametersByPathOutput](t)(pages.NextPage(t.Context()))
		sizes, listed = append(sizes, len(page.Parameters)), append(listed, parameterNames(page.Parameters)...)
		if len(sizes) == 1 {
			must[*ssm.DeleteParameterOutput](t)(client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: &all[0]}))
			rotate(t, client, all[1], "rotated")
		}
	}
	for described.HasMorePages() {
		page := must[*ssm.DescribeParametersOutput](t)(described.NextPage(t.Context()))
		describedSizes = append(describedSizes, len(page.Parameters))
	}
	equal(t, listed, all)
	equal(t, sizes, []int{10, 10, 3})
	equal(t, describedSizes, []int{20, 2})

	first := must[*ssm.GetParametersByPathOutput](t)(client.GetParametersByPath(t.Context(),
		&ssm.GetParametersByPathInput{Path: sdk.String("/p")}))
	for _, token := range []*string{first.NextToken, sdk.String("made-up")} {
		_, err := client.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: sdk.String("/"), NextToken: token})
		equal(t, refusalOf(t, err), refusal{"InvalidNextToken", "The specified token isn't valid."})
	}
}

func filterOf(key, option string, values ...string) types.ParameterStringFilter {
	f := types.ParameterStringFilter{Key: &key, Values: values}
	if option != "" {
		f.Option = &option
	}
	return f
}

func TestParameterFilters(t *testing.T) {
	t.Parallel()
	const db, key, flat = "/prod/app/db", "/prod/key", "flat"
	_, client := stored(t, "String", flat)
	putParameter(t, client, &ssm.PutParameterInput{
		Name: sdk.String(db), Value: sdk.String("v"), Type: "SecureString", KeyId: sdk.String("alias/mine"),
		Tags: []types.Tag{tagOf("team", "blue"), tagOf("stage", "prod")}, Tier: "Advanced",
	})
	putParameter(t, client, &ssm.PutParameterInput{
		Name: sdk.String(key), Value: sdk.String("v"), Type: "SecureString", Tags: []types.Tag{tagOf("team", "bluegreen")},
	})
	must[*ssm.LabelParameterVersionOutput](t)(client.LabelParameterVersion(t.Context(),
		&ssm.LabelParameterVersionInput{Name: sdk.String(key), Labels: []string{"live"}}))
	for name, test := range map[string]struct {
		Filters []types.ParameterStringFilter
		Want    []string
	}{
		"None":           {nil, []string{db, key, flat}},
		"NameEquals":     {[]types.ParameterStringFilter{filterOf("Name", "", db, flat)}, []string{db, flat}},
		"NameBeginsWith": {[]types.ParameterStringFilter{filterOf("Name", "BeginsWith", "/prod/a")}, []string{db}},
		"NameContains":   {[]types.ParameterStringFilter{filterOf("Name", "Contains", "d/k")}, []string{key}},
		"Type":           {[]types.ParameterStringFilter{filterOf("Type", "Equals", "String", "StringList")}, []string{flat}},
		"Tier":           {[]types.ParameterStringFilter{filterOf("Tier", "", "Advanced")}, []string{db}},
		"DataType":       {[]types.ParameterStringFilter{filterOf("DataType", "", "text")}, []string{db, key, flat}},
		"KeyId":          {[]types.ParameterStringFilter{filterOf("KeyId", "BeginsWith", "alias/aws")}, []string{key}},
		"PathOneLevel":   {[]types.ParameterStringFilter{filterOf("Path", "", "/prod")}, []string{key}},
		"PathRecursive":  {[]types.ParameterStringFilter{filterOf("Path", "Recursive", "/prod/")}, []string{db, key}},
		"PathRoot":       {[]types.ParameterStringFilter{filterOf("Path", "Recursive", "/")}, []string{db, key, flat}},
		"Tag":            {[]types.ParameterStringFilter{filterOf("tag:team", "Equals", "blue")}, []string{db}},
		"TagBeginsWith":  {[]types.ParameterStringFilter{filterOf("tag:team", "BeginsWith", "blue")}, []string{db, key}},
		"TagIsThere":     {[]types.ParameterStringFilter{filterOf("tag:stage", "")}, []string{db}},
		"TagsArePaired":  {[]types.ParameterStringFilter{filterOf("tag:stage", "", "blue")}, nil},
		"Both":           {[]types.ParameterStringFilter{filterOf("tag:team", "BeginsWith", "blue"), filterOf("Path", "OneLevel", "/prod")}, []string{key}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := must[*ssm.DescribeParametersOutput](t)(client.DescribeParameters(t.Context(),
				&ssm.DescribeParametersInput{ParameterFilters: test.Filters}))
			var listed []string
			for _, p := range got.Parameters {
				listed = append(listed, *p.Name)
			}
			equal(t, listed, test.Want)
		})
	}
	for name, filter := range map[string]types.ParameterStringFilter{
		"Label": filterOf("Label", "", "live"), "KeyId": filterOf("KeyId", "", "alias/aws/ssm"),
	} {
		t.Run("ByPath"+name, func(t *testing.T) {
			t.Parallel()
			got := must[*ssm.GetParametersByPathOutput](t)(client.GetParametersByPath(t.Context(),
				&ssm.GetParametersByPathInput{
					Path: sdk.String("/"), Recursive: sdk.Bool(true), ParameterFilters: []types.ParameterStringFilter{filter},
				}))
			equal(t, parameterNames(got.Parameters), []string{key})
		})
	}
	shared := must[*ssm.DescribeParametersOutput](t)(client.DescribeParameters(t.Context(),
		&ssm.DescribeParametersInput{Shared: sdk.Bool(true)}))
	equal(t, shared, &ssm.DescribeParametersOutput{Parameters: []types.ParameterMetadata{}})
}
