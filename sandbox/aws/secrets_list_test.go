package aws_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"eso-aws/sandbox/aws"
)

// library creates secrets a minute apart, in this order; the last is marked for
// deletion.
func library(t *testing.T) (*secretsmanager.Client, *fixture) {
	t.Helper()
	f := newFixture(t, aws.Options{})
	c := f.secrets()
	for _, s := range []struct{ name, description, key, value string }{
		{"prod/app/db", "Main database of the shop", "team", "data"},
		{"prod/app2/key", "one and two", "Team", "Data"},
		{"dev/CamelCase9", "one", "stage", "dev"},
		{"Prod/upper", "", "", ""},
		{"prod/removed", "one", "team", "data"},
	} {
		in := &secretsmanager.CreateSecretInput{
			Name: &s.name, SecretString: sdk.String("value of " + s.name), ClientRequestToken: sdk.String(tokenA),
			Description: &s.description,
		}
		if s.key != "" {
			in.Tags = []types.Tag{{Key: &s.key, Value: &s.value}}
		}
		must[*secretsmanager.CreateSecretOutput](t)(c.CreateSecret(t.Context(), in))
		f.clock.Advance(time.Minute)
	}
	must[*secretsmanager.DeleteSecretOutput](t)(c.DeleteSecret(t.Context(),
		&secretsmanager.DeleteSecretInput{SecretId: sdk.String("prod/removed")}))
	return c, f
}

func names(secrets []types.SecretListEntry) []string {
	var all []string
	for _, s := range secrets {
		all = append(all, *s.Name)
	}
	return all
}

func TestFilters(t *testing.T) {
	t.Parallel()
	c, _ := library(t)
	const db, key, camel, upper = "prod/app/db", "prod/app2/key", "dev/CamelCase9", "Prod/upper"
	by := func(key string, values ...string) types.Filter {
		return types.Filter{Key: types.FilterNameStringType(key), Values: values}
	}
	for name, test := range map[string]struct {
		Filters []types.Filter
		Want    []string
	}{
		"None":                  {nil, []string{db, key, camel, upper}},
		"NameIsPrefix":          {[]types.Filter{by("name", "prod/app")}, []string{db, key}},
		"NameIsCaseSensitive":   {[]types.Filter{by("name", "Prod")}, []string{upper}},
		"NameInside":            {[]types.Filter{by("name", "app")}, nil},
		"NameAnyValue":          {[]types.Filter{by("name", "dev", "Prod")}, []string{camel, upper}},
		"NameNegated":           {[]types.Filter{by("name", "!prod/")}, []string{camel, upper}},
		"TagKeyIsPrefix":        {[]types.Filter{by("tag-key", "te")}, []string{db}},
		"TagKeyIsCaseSensitive": {[]types.Filter{by("tag-key", "Team")}, []string{key}},
		"TagKeyNegated":         {[]types.Filter{by("tag-key", "!team")}, []string{key, camel, upper}},
		"TagValueIsPrefix":      {[]types.Filter{by("tag-value", "d")}, []string{db, camel}},
		"TagsAreNotPaired": {
			[]types.Filter{by("tag-key", "team", "stage"), by("tag-value", "dev")},
			[]string{camel},
		},
		"DescriptionIgnoresCase": {[]types.Filter{by("description", "MAIN data")}, []string{db}},
		"DescriptionByWords":     {[]types.Filter{by("description", "o t")}, []string{db, key}},
		"DescriptionTwice":       {[]types.Filter{by("description", "one"), by("description", "two")}, []string{key}},
		"DescriptionNegated":     {[]types.Filter{by("description", "!one")}, []string{db, upper}},
		"AllInName":              {[]types.Filter{by("all", "case")}, []string{camel}},
		"AllInCamelCase":         {[]types.Filter{by("all", "CamelCase9")}, []string{camel}},
		"AllInDigits":            {[]types.Filter{by("all", "app 2")}, []string{key}},
		"AllInDescription":       {[]types.Filter{by("all", "SHOP")}, []string{db}},
		"AllInTags":              {[]types.Filter{by("all", "stage")}, []string{camel}},
		"AllAcrossAttributes":    {[]types.Filter{by("all", "data key")}, []string{key}},
		"AllInsideWord":          {[]types.Filter{by("all", "rod")}, nil},
		"AllPunctuation":         {[]types.Filter{by("all", "+")}, nil},
		"AllNegated":             {[]types.Filter{by("all", "!prod")}, []string{camel}},
		"PrimaryRegion":          {[]types.Filter{by("primary-region", region)}, nil},
		"OwningServiceNegated":   {[]types.Filter{by("owning-service", "!rds")}, []string{db, key, camel, upper}},
		"EveryFilter":            {[]types.Filter{by("name", "prod"), by("tag-value", "Data")}, []string{key}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := must[*secretsmanager.ListSecretsOutput](t)(c.ListSecrets(t.Context(),
				&secretsmanager.ListSecretsInput{Filters: test.Filters}))
			equal(t, names(list.SecretList), test.Want)
			if test.Filters == nil {
				return
			}
			batch := must[*secretsmanager.BatchGetSecretValueOutput](t)(c.BatchGetSecretValue(t.Context(),
				&secretsmanager.BatchGetSecretValueInput{Filters: test.Filters}))
			var values, want []string
			for _, v := range batch.SecretValues {
				values = append(values, *v.SecretString)
			}
			for _, n := range test.Want {
				want = append(want, "value of "+n)
			}
			equal(t, values, want)
			equal(t, batch.Errors, []types.APIErrorType{})
		})
	}
}

// TestWords pins the splitting of words, as AWS's own search was seen to do it.
func TestWords(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	for _, name := range []string{"uat/COMPANY/x", "uat/COMPANYthings/x"} {
		if err := f.PutSecret(region, name, "s"); err != nil {
			t.Fatal(err)
		}
	}
	for word, want := range map[string][]string{
		"company": {"uat/COMPANY/x"},
		"compan":  {"uat/COMPANY/x", "uat/COMPANYthings/x"},
		"Ythings": {"uat/COMPANYthings/x"},
		"things":  nil,
		"N":       nil,
		"pany":    nil,
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			list := must[*secretsmanager.ListSecretsOutput](t)(f.secrets().ListSecrets(t.Context(),
				&secretsmanager.ListSecretsInput{Filters: []types.Filter{{Key: "all", Values: []string{word}}}}))
			equal(t, names(list.SecretList), want)
		})
	}
}

func TestListSecrets(t *testing.T) {
	t.Parallel()
	c, _ := library(t)
	list := must[*secretsmanager.ListSecretsOutput](t)(c.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{
		IncludePlannedDeletion: sdk.Bool(true), SortOrder: "desc", MaxResults: sdk.Int32(1),
	}))
	created, end := start.Add(4*time.Minute), start.Add(5*time.Minute).Add(30*day)
	equal(t, list, &secretsmanager.ListSecretsOutput{
		SecretList: []types.SecretListEntry{{
			ARN: sdk.String(arnOf(t, c, "prod/removed")), Name: sdk.String("prod/removed"),
			Description: sdk.String("one"),
			CreatedDate: &created, LastChangedDate: &created, DeletedDate: &end,
			Tags:                   []types.Tag{{Key: sdk.String("team"), Value: sdk.String("data")}},
			SecretVersionsToStages: map[string][]string{tokenA: {"AWSCURRENT"}},
		}},
		NextToken: list.NextToken,
	})
}

func TestSort(t *testing.T) {
	t.Parallel()
	c, f := library(t)
	read := func(id string) {
		t.Helper()
		must[*secretsmanager.GetSecretValueOutput](t)(c.GetSecretValue(t.Context(),
			&secretsmanager.GetSecretValueInput{SecretId: &id}))
	}
	read("Prod/upper")
	f.clock.Advance(day)
	read("dev/CamelCase9")
	must[*secretsmanager.UpdateSecretOutput](t)(c.UpdateSecret(t.Context(),
		&secretsmanager.UpdateSecretInput{SecretId: sdk.String("prod/app/db"), Description: sdk.String("changed")}))
	const db, key, camel, upper = "prod/app/db", "prod/app2/key", "dev/CamelCase9", "Prod/upper"
	for name, test := range map[string]struct {
		Body string
		Want []string
	}{
		"Default":           {`{}`, []string{db, key, camel, upper}},
		"Descending":        {`{"SortOrder":"desc"}`, []string{upper, camel, key, db}},
		"Created":           {`{"SortBy":"created-date","SortOrder":"asc"}`, []string{db, key, camel, upper}},
		"Name":              {`{"SortBy":"name"}`, []string{upper, camel, db, key}},
		"Changed":           {`{"SortBy":"last-changed-date"}`, []string{key, camel, upper, db}},
		"Accessed":          {`{"SortBy":"last-accessed-date"}`, []string{db, key, upper, camel}},
		"AccessedRecently":  {`{"SortBy":"last-accessed-date","SortOrder":"desc"}`, []string{camel, upper, key, db}},
		"AccessedInTwoTime": {`{"SortBy":"last-accessed-date","MaxResults":2}`, []string{db, key}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var list struct{ SecretList []struct{ Name string } }
			if err := json.Unmarshal([]byte(send(t, f.request(t, "ListSecrets", test.Body)).Body), &list); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range list.SecretList {
				got = append(got, s.Name)
			}
			equal(t, got, test.Want)
		})
	}
}

// TestPages turns pages of secrets that share their date of creation, while one
// that was listed and one that was not are deleted.
func TestPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	c := f.secrets()
	for i := range 7 {
		if err := f.PutSecret(region, fmt.Sprint("s", i), "v"); err != nil {
			t.Fatal(err)
		}
	}
	pages := secretsmanager.NewListSecretsPaginator(c, &secretsmanager.ListSecretsInput{MaxResults: sdk.Int32(3)})
	var got [][]string
	for pages.HasMorePages() {
		got = append(got, names(must[*secretsmanager.ListSecretsOutput](t)(pages.NextPage(t.Context())).SecretList))
		if len(got) == 1 {
			for _, id := range []string{"s2", "s3"} {
				must[*secretsmanager.DeleteSecretOutput](t)(c.DeleteSecret(t.Context(),
					&secretsmanager.DeleteSecretInput{SecretId: &id}))
			}
		}
	}
	equal(t, got, [][]string{{"s0", "s1", "s2"}, {"s4", "s5", "s6"}})
}

func TestPageTokensBelongToTheirList(t *testing.T) {
	t.Parallel()
	c, _ := library(t)
	first := must[*secretsmanager.ListSecretsOutput](t)(c.ListSecrets(t.Context(),
		&secretsmanager.ListSecretsInput{MaxResults: sdk.Int32(1)}))
	for name, in := range map[string]*secretsmanager.ListSecretsInput{
		"OtherOrder":   {NextToken: first.NextToken, SortOrder: "desc"},
		"OtherFilters": {NextToken: first.NextToken, Filters: []types.Filter{{Key: "name", Values: []string{"p"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.ListSecrets(t.Context(), in)
			equal(t, refusalOf(t, err), refusal{"InvalidNextTokenException", "Invalid token"})
		})
	}
}

func TestBatchGetSecretValue(t *testing.T) {
	t.Parallel()
	c, _ := refusedFixture(t)
	db := arnOf(t, c, "db")
	got := must[*secretsmanager.BatchGetSecretValueOutput](t)(c.BatchGetSecretValue(t.Context(),
		&secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"absent", db, "empty", "gone", "a b"}}))
	wrong := func(id string, r refusal) types.APIErrorType {
		return types.APIErrorType{SecretId: &id, ErrorCode: &r.Code, Message: &r.Message}
	}
	equal(t, got, &secretsmanager.BatchGetSecretValueOutput{
		SecretValues: []types.SecretValueEntry{{
			ARN: &db, Name: sdk.String("db"), CreatedDate: &start, SecretString: sdk.String("b"),
			VersionId: sdk.String(tokenB), VersionStages: []string{"AWSCURRENT"},
		}},
		Errors: []types.APIErrorType{
			wrong("absent", notFound),
			wrong("empty", refusal{
				"ResourceNotFoundException",
				"Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
			}),
			wrong("gone", marked),
			wrong("a b", badName),
		},
	})
}

func TestBatchPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	var all []string
	for i := range 23 {
		name := fmt.Sprintf("s%02d", i)
		all = append(all, name)
		if err := f.PutSecret(region, name, "v"); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		Max  *int32
		Want [][]string
	}{
		"Default": {nil, [][]string{all[:20], all[20:]}},
		"Ten":     {sdk.Int32(10), [][]string{all[:10], all[10:20], all[20:]}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages := secretsmanager.NewBatchGetSecretValuePaginator(f.secrets(),
				&secretsmanager.BatchGetSecretValueInput{
					Filters: []types.Filter{{Key: "name", Values: []string{"s"}}}, MaxResults: test.Max,
				})
			var got [][]string
			for pages.HasMorePages() {
				var page []string
				batch := must[*secretsmanager.BatchGetSecretValueOutput](t)(pages.NextPage(t.Context()))
				for _, v := range batch.SecretValues {
					page = append(page, *v.Name)
				}
				got = append(got, page)
			}
			equal(t, got, test.Want)
		})
	}
}

// TestConcurrency is for the race detector, and counts: of many that create one
// secret one succeeds, and every rotation leaves one current and one previous
// version.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	f := newFixture(t, aws.Options{})
	const callers = 16
	var created, refused int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			c := f.secrets()
			_, err := c.CreateSecret(t.Context(),
				&secretsmanager.CreateSecretInput{Name: sdk.String("one"), SecretString: sdk.String("s")})
			mu.Lock()
			if err == nil {
				created++
			} else {
				refused++
			}
			mu.Unlock()
			if err := f.PutSecret(region, "rotated", "v"); err != nil {
				t.Error(err)
			}
			if _, err := c.GetSecretValue(t.Context(),
				&secretsmanager.GetSecretValueInput{SecretId: sdk.String("rotated")}); err != nil {
				t.Error(err)
			}
			if _, err := c.ListSecrets(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	equal(t, []int{created, refused}, []int{1, callers - 1})
	versions := must[*secretsmanager.ListSecretVersionIdsOutput](t)(f.secrets().ListSecretVersionIds(t.Context(),
		&secretsmanager.ListSecretVersionIdsInput{SecretId: sdk.String("rotated"), IncludeDeprecated: sdk.Bool(true)}))
	stages := map[string]int{}
	for _, v := range versions.Versions {
		stages[fmt.Sprint(v.VersionStages)]++
	}
	equal(t, stages, map[string]int{"[AWSCURRENT]": 1, "[AWSPREVIOUS]": 1, "[]": callers - 2})
}
