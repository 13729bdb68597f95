package aws_test

import (
	"fmt"
	"strings"
	"testing"
)

const (
	wrongParameter = `Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can ` +
		`consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the ` +
		`following 3 symbols .-_`
	wrongPath = `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward ` +
		`slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or ` +
		`the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All ` +
		`sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.`
	wrongSelector = "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>"
)

func invalid(message string) refusal { return refusal{"ValidationException", message} }

type parameterRefusal struct {
	Operation, Body string
	Want            refusal
}

func checkParameterRefusals(t *testing.T, f *fixture, refusals map[string]parameterRefusal) {
	t.Helper()
	for name, test := range refusals {
		if got := f.refusedParameter(t, test.Operation, test.Body); got != test.Want {
			t.Errorf("%s: got %v, want %v", name, got, test.Want)
		}
	}
}

func TestParameterNameRefusals(t *testing.T) {
	t.Parallel()
	f, _ := stored(t, "String")
	put := func(name string, want refusal) parameterRefusal {
		return parameterRefusal{"PutParameter", fmt.Sprintf(`{"Name":%q,"Value":"v","Type":"String"}`, name), want}
	}
	get := func(name string, want refusal) parameterRefusal {
		return parameterRefusal{"GetParameter", fmt.Sprintf(`{"Name":%q}`, name), want}
	}
	remove := func(name string, want refusal) parameterRefusal {
		return parameterRefusal{"DeleteParameter", fmt.Sprintf(`{"Name":%q}`, name), want}
	}
	byPath := func(path string) parameterRefusal {
		return parameterRefusal{"GetParametersByPath", fmt.Sprintf(`{"Path":%q}`, path), invalid(wrongPath)}
	}
	long := strings.Repeat("n", 1011-len(parameterARN)) // and the slash is one too many
	checkParameterRefusals(t, f, map[string]parameterRefusal{
		"PutUnqualified":    put("prod/db", invalid("Parameter name must be a fully qualified name.")),
		"PutEndsInSlash":    put("/prod/", invalid("Parameter name must not end with slash.")),
		"PutCharacters":     put("/prod/a@b", invalid(wrongParameter)),
		"PutBlank":          put("/prod/a b", invalid(wrongParameter)),
		"PutEmptyLevel":     put("/prod//db", invalid(wrongParameter)),
		"PutSelector":       put("/prod/db:3", invalid(wrongParameter)),
		"PutARN":            put(parameterARN+"/db", invalid("Parameter name must be a fully qualified name.")),
		"PutSSM":            put("/SSM-own", invalid(wrongParameter)),
		"PutAWS":            put("awsOwn", invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`)),
		"PutAWSPath":        put("/Aws/own", refusal{"AccessDeniedException", "No access to reserved parameter name: /Aws/own."}),
		"PutSixteenLevels":  put(strings.Repeat("/l", 16), refusal{"HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of 15 levels."}),
		"PutLong":           put(long, invalid("The ARN of the parameter can have a maximum of 1011 characters.")),
		"PutVeryLong":       put(strings.Repeat("n", 2049), constraint("'"+strings.Repeat("n", 2049)+"'", "name", "have length less than or equal to 2048")),
		"GetUnqualified":    get("prod/db", invalid(wrongParameter)),
		"GetEndsInSlash":    get("/prod/", invalid(wrongParameter)),
		"GetSSM":            get("/ssm/x", invalid(wrongParameter)),
		"GetTwoSelectors":   get("/prod/db:1:2", invalid(wrongSelector)),
		"GetEmptySelector":  get("/prod/db:", invalid(wrongSelector)),
		"GetOtherARN":       get("arn:aws:secretsmanager:eu-west-1:000000000000:secret:db", invalid(wrongSelector)),
		"GetNoParameter":    get("arn:aws:ssm:eu-west-1:000000000000:document/db", invalid(wrongParameter)),
		"GetEmpty":          get("", constraint("''", "name", "have length greater than or equal to 1")),
		"GetForeign":        get(strings.Replace(parameterARN, account, "111111111111", 1)+"/db", refusal{"AccessDeniedException", "User: arn:aws:iam::000000000000:user/test is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:111111111111:parameter/db because no resource-based policy allows the ssm:GetParameter action"}),
		"DeleteAbsent":      remove("/absent", refusal{"ParameterNotFound", ""}),
		"DeleteVersion":     remove("/db:1", invalid(wrongParameter)),
		"PathUnqualified":   byPath("prod"),
		"PathEmptyLevel":    byPath("/prod//db"),
		"PathCharacters":    byPath("/prod/*"),
		"PathLong":          {"GetParametersByPath", `{"Path":"` + strings.Repeat("/", 2049) + `"}`, constraint("'"+strings.Repeat("/", 2049)+"'", "path", "have length less than or equal to 2048")},
		"PathMissing":       {"GetParametersByPath", `{}`, constraint("null", "path", "not be null")},
		"PathTooMany":       {"GetParametersByPath", `{"Path":"/","MaxResults":11}`, constraint("'11'", "maxResults", "have value less than or equal to 10")},
		"NamesMissing":      {"GetParameters", `{}`, constraint("null", "names", "not be null")},
		"NamesTooMany":      {"GetParameters", `{"Names":["a","b","c","d","e","f","g","h","i","j","k"]}`, constraint("'[a, b, c, d, e, f, g, h, i, j, k]'", "names", "have length less than or equal to 10")},
		"DescribeTooMany":   {"DescribeParameters", `{"MaxResults":51}`, constraint("'51'", "maxResults", "have value less than or equal to 50")},
		"NoSuchOperation":   {"SendCommand", `{}`, refusal{"UnknownOperationException", `the in-memory AWS does not support the operation "SendCommand" of ssm; see sandbox/aws/README.md`}},
		"WrongTypeOfMember": {"GetParameter", `{"Name":7}`, refusal{"SerializationException", "NUMBER_VALUE can not be converted to a String"}},
	})
	// One character less is a name.
	equal(t, send(t, f.requestTo(t, "ssm", "AmazonSSM.PutParameter", `{"Name":"`+long[1:]+`","Value":"v","Type":"String"}`)),
		answer{200, `{"Tier":"Standard","Version":1}`})
}

func TestPutParameterRefusals(t *testing.T) {
	t.Parallel()
	f, _ := stored(t, "String", "/db")
	put := func(members string, want refusal) parameterRefusal {
		return parameterRefusal{"PutParameter", "{" + members + "}", want}
	}
	const key = `{"Key":"k","Value":"v"}`
	big := strings.Repeat("v", 4097)
	standardTier := invalid("Standard tier parameters support a maximum parameter value of 4096 characters. To create a " +
		"larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see " +
		"https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html")
	nested := invalid(`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`)
	leaveOut := invalid("the in-memory AWS does not support allowed patterns and parameter policies; remove AllowedPattern and Policies")
	var many []string
	for i := range 51 {
		many = append(many, fmt.Sprintf(`{"Key":"k%d","Value":"v"}`, i))
	}
	checkParameterRefusals(t, f, map[string]parameterRefusal{
		"Exists":       put(`"Name":"/db","Value":"v","Type":"String"`, refusal{"ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."}),
		"NoType":       put(`"Name":"/new","Value":"v","Overwrite":true`, invalid("A parameter type is required when you create a parameter.")),
		"BadType":      put(`"Name":"/new","Value":"v","Type":"Text"`, constraint("'Text'", "type", "satisfy enum value set: [SecureString, StringList, String]")),
		"BadTier":      put(`"Name":"/new","Value":"v","Tier":"Best"`, constraint("'Best'", "tier", "satisfy enum value set: [Advanced, Intelligent-Tiering, Standard]")),
		"NoValue":      put(`"Name":"/new","Type":"String"`, constraint("null", "value", "not be null")),
		"EmptyValue":   put(`"Name":"/new","Value":"","Type":"String"`, constraint("''", "value", "have length greater than or equal to 1")),
		"Standard":     put(`"Name":"/new","Type":"SecureString","Value":"`+big+`"`, standardTier),
		"Advanced":     put(`"Name":"/new","Type":"String","Tier":"Advanced","Value":"`+big+big+`"`, invalid("Advanced tier parameters support a maximum parameter value of 8192 characters.")),
		"Nested":       put(`"Name":"/new","Type":"String","Value":"a {{\nssm:b }} c"`, nested),
		"Overwrites":   put(`"Name":"/db","Value":"v","Overwrite":true,"Tags":[`+key+`]`, invalid("Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.")),
		"KeyOfString":  put(`"Name":"/new","Value":"v","Type":"String","KeyId":"alias/mine"`, invalid("KeyId is required for SecureString type parameter only.")),
		"DataType":     put(`"Name":"/new","Value":"v","Type":"String","DataType":"Text"`, invalid("The following data type is not supported: Text (Data type names are all lowercase.)")),
		"Pattern":      put(`"Name":"/new","Value":"v","Type":"String","AllowedPattern":"^v$"`, leaveOut),
		"Policies":     put(`"Name":"/new","Value":"v","Type":"String","Policies":"[]"`, leaveOut),
		"ReservedTag":  put(`"Name":"/new","Value":"v","Type":"String","Tags":[{"Key":"aws:k","Value":"v"}]`, invalid("Tag keys can't begin with aws:; that prefix is reserved for AWS.")),
		"ManyTags":     put(`"Name":"/new","Value":"v","Type":"String","Tags":[`+strings.Join(many, ",")+`]`, refusal{"TooManyTagsError", "A parameter can have no more than 50 tags."}),
		"TagsOfAbsent": {"ListTagsForResource", `{"ResourceType":"Parameter","ResourceId":"/absent"}`, refusal{"InvalidResourceId", ""}},
		"TagsOfNode":   {"ListTagsForResource", `{"ResourceType":"ManagedInstance","ResourceId":"mi-1"}`, refusal{"InvalidResourceType", "the in-memory AWS supports only the resource type Parameter"}},
		"TagNothing":   {"AddTagsToResource", `{"ResourceType":"Parameter","ResourceId":"/db"}`, constraint("null", "tags", "not be null")},
		"UntagNothing": {"RemoveTagsFromResource", `{"ResourceType":"Parameter","ResourceId":"/db"}`, constraint("null", "tagKeys", "not be null")},
		"LabelAbsent":  {"LabelParameterVersion", `{"Name":"/absent","Labels":["l"]}`, refusal{"ParameterNotFound", ""}},
		"LabelVersion": {"LabelParameterVersion", `{"Name":"/db","ParameterVersion":2,"Labels":["l"]}`, refusal{"ParameterVersionNotFound", "Systems Manager could not find version 2 of /db. Verify the version and try again."}},
		"LabelNothing": {"LabelParameterVersion", `{"Name":"/db"}`, constraint("null", "labels", "not be null")},
	})
	// No refusal has left anything.
	equal(t, f.refusedParameter(t, "GetParameter", `{"Name":"/new"}`), refusal{"ParameterNotFound", ""})
}

// TestParameterLimits are of what is there already.
func TestParameterLimits(t *testing.T) {
	t.Parallel()
	f, client := stored(t, "String", "/db")
	for _, body := range []string{
		`{"Name":"/db","Labels":["a","b","c","d","e","f","g","h","i"]}`, `{"Name":"/db","Labels":["a","j"]}`,
	} {
		equal(t, send(t, f.requestTo(t, "ssm", "AmazonSSM.LabelParameterVersion", body)),
			answer{200, `{"InvalidLabels":[],"ParameterVersion":1}`})
	}
	equal(t, f.refusedParameter(t, "LabelParameterVersion", `{"Name":"/db","Labels":["k"]}`), refusal{
		"ParameterVersionLabelLimitExceeded", "A parameter version can have maximum 10 labels. Move one or more labels to " +
			"another version and try again.",
	})
	equal(t, send(t, f.requestTo(t, "ssm", "AmazonSSM.PutParameter",
		`{"Name":"/db","Value":"v","Tier":"Advanced","Overwrite":true}`)), answer{200, `{"Tier":"Advanced","Version":2}`})
	equal(t, f.refusedParameter(t, "PutParameter", `{"Name":"/db","Value":"v","Tier":"Standard","Overwrite":true}`), invalid(
		"This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter "+
			"tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a "+
			"standard parameter."))
	got, _ := read(t, client, "/db")
	equal(t, got.Version, int64(2))
}

func TestParameterFilterRefusals(t *testing.T) {
	t.Parallel()
	f, _ := stored(t, "String", "/db")
	describe := func(filters string, want refusal) parameterRefusal {
		return parameterRefusal{"DescribeParameters", `{"ParameterFilters":[` + filters + `]}`, want}
	}
	byPath := func(key, want string) parameterRefusal {
		return parameterRefusal{"GetParametersByPath", `{"Path":"/","ParameterFilters":[{"Key":"` + key + `","Values":["v"]}]}`, refusal{"InvalidFilterKey", want}}
	}
	reserved := invalid(`Filters for common parameters can't be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.`)
	checkParameterRefusals(t, f, map[string]parameterRefusal{
		"Key":          describe(`{"Key":"Nam"}`, constraint("'Nam'", "parameterFilters.1.member.key", "satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType")),
		"Option":       describe(`{"Key":"Name","Option":"Recursively","Values":["v"]}`, constraint("'Recursively'", "parameterFilters.1.member.option", "have length less than or equal to 10")),
		"Value":        describe(`{"Key":"Name","Values":[""]}`, constraint("''", "parameterFilters.1.member.values.1.member", "have length greater than or equal to 1")),
		"Label":        describe(`{"Key":"Label","Values":["v"]}`, refusal{"InvalidFilterKey", "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]."}),
		"NoValues":     describe(`{"Key":"Name"}`, refusal{"InvalidFilterValue", "The following filter values are missing : null for filter key Name."}),
		"Twice":        describe(`{"Key":"Name","Values":["v"]},{"Key":"Name","Values":["w"]}`, refusal{"InvalidFilterKey", "The following filter is duplicated in the request: Name. A request can contain only one occurrence of a specific filter."}),
		"OptionOfName": describe(`{"Key":"Name","Option":"Recursive","Values":["v"]}`, refusal{"InvalidFilterOption", "The following filter option is not valid: Recursive. Valid options include: [BeginsWith, Contains, Equals]."}),
		"OptionOfTag":  describe(`{"Key":"tag:k","Option":"Contains","Values":["v"]}`, refusal{"InvalidFilterOption", "The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals]."}),
		"OptionOfPath": describe(`{"Key":"Path","Option":"Equals","Values":["/v"]}`, refusal{"InvalidFilterOption", "The following filter option is not valid: Equals. Valid options include: [Recursive, OneLevel]."}),
		"Path":         describe(`{"Key":"Path","Values":["v"]}`, invalid(wrongPath)),
		"ReservedPath": describe(`{"Key":"Path","Values":["/aws/service"]}`, reserved),
		"Type":         describe(`{"Key":"Type","Values":["Text"]}`, refusal{"InvalidFilterOption", "The following filter value is not valid: Text. Valid values include: [String, StringList, SecureString]."}),
		"Tier":         describe(`{"Key":"Tier","Values":["Best"]}`, refusal{"InvalidFilterOption", "The following filter value is not valid: Best. Valid values include: [Standard, Advanced, Intelligent-Tiering]."}),
		"Deprecated":   {"DescribeParameters", `{"Filters":[{"Key":"Name","Values":["v"]}]}`, invalid("the in-memory AWS does not support Filters, which AWS deprecates; use ParameterFilters")},
		"TagByPath":    byPath("tag:k", "The following filter key is not valid: tag:k. Valid filter keys include: [Type, KeyId]."),
		"NameByPath":   byPath("Name", "The following filter key is not valid: Name. Valid filter keys include: [Type, KeyId]."),
		"LabelsByPath": {"GetParametersByPath", `{"Path":"/","ParameterFilters":[{"Key":"Label","Option":"BeginsWith","Values":["v"]}]}`, refusal{"InvalidFilterOption", "The following filter option is not valid: BeginsWith. Valid options include: [Equals]."}},
	})
}
