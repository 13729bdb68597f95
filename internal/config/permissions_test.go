package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/iam"
)

const (
	secretARN    = "arn:aws:secretsmanager:us-east-1:" + account + ":secret:"
	parameterARN = "arn:aws:ssm:us-east-1:" + account + ":parameter/"
)

// TestLoadPermissions: what the operator's role may do is what the secrets need.
func TestLoadPermissions(t *testing.T) {
	t.Parallel()
	read := func(on ...string) []iam.Row {
		return []iam.Row{
			{Action: "secretsmanager:DescribeSecret", Resources: on}, {Action: "secretsmanager:GetSecretValue", Resources: on},
		}
	}
	list := iam.Row{Action: "secretsmanager:ListSecrets", Resources: []string{"*"}}
	batch := iam.Row{Action: "secretsmanager:BatchGetSecretValue", Resources: []string{"*"}}
	const role = "arn:aws:iam::444455556666:role/reader"
	for name, test := range map[string]struct {
		change map[string]string
		want   []iam.Row
	}{
		"Remotes": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":{"key":"x","version":"AWSPREVIOUS"}},"extract":["y",
				"arn:aws:secretsmanager:us-east-1:444455556666:secret:z-AbCdEf"],"namespaces":["one","two"]}}`},
			want: read(secretARN+"x-??????", secretARN+"y-??????", "arn:aws:secretsmanager:us-east-1:444455556666:secret:z-AbCdEf"),
		},
		"Path": {
			change: map[string]string{"secrets": `{"a":{"find":{"path":"prod/","name":"db"}}}`},
			want:   append(read(secretARN+"prod/*"), batch, list),
		},
		"NameThatBegins": {
			change: map[string]string{"secrets": `{"a":{"find":{"name":"^team/db-[a-z]+"}}}`},
			want:   append(read(secretARN+"team/db-*"), list),
		},
		"NameThatIsWhole": {
			change: map[string]string{"secrets": `{"a":{"find":{"name":"^team/db$"}}}`},
			want:   append(read(secretARN+"team/db-??????"), list),
		},
		"NameOfGrantedPrefixes": {
			change: map[string]string{"secrets": `{"a":{"find":{"name":"db"}}}`, "permissions": `{"prefixes":["team/"]}`},
			want:   append(read(secretARN+"team/*"), list),
		},
		"Tags": {
			change: map[string]string{"secrets": `{"a":{"find":{"path":"prod/","tags":{"env":"prod"}}}}`},
			want: []iam.Row{batch, list, {
				Action: "secretsmanager:GetSecretValue", Resources: []string{secretARN + "prod/*"}, Conditions: []string{"aws:ResourceTag/env = prod"},
			}},
		},
		"Parameters": {
			change: map[string]string{
				"store":   `{"service":"ParameterStore"}`,
				"secrets": `{"a":{"data":{"k":"/p/x","l":{"key":"y","version":"3"}},"find":["/app",{"tags":{"env":"prod"}}]}}`,
			},
			want: []iam.Row{
				{Action: "ssm:GetParameter", Resources: []string{parameterARN + "p/x", parameterARN + "y"}},
				{Action: "ssm:GetParametersByPath", Resources: []string{parameterARN + "app", parameterARN + "app/*"}},
				{Action: "ssm:DescribeParameters", Resources: []string{"*"}},
				{Action: "tag:GetResources", Resources: []string{"*"}},
				{Action: "ssm:GetParameter", Resources: []string{parameterARN + "*"}, Conditions: []string{"aws:ResourceTag/env = prod"}},
			},
		},
		"ParameterThatRefersToASecret": {
			change: map[string]string{
				"store": `{"service":"ParameterStore"}`, "secrets": `{"a":{"data":{"k":"/aws/reference/secretsmanager/prod/db"}}}`,
			},
			want: append(read(secretARN+"prod/db-??????"), iam.Row{
				Action: "ssm:GetParameter", Resources: []string{parameterARN + "aws/reference/secretsmanager/prod/db"},
			}),
		},
		"Stores": {
			change: map[string]string{
				"stores": `{"eu":{"region":"eu-west-1"},"other":{"role":"` + role + `"},
					"own":{"scope":"namespace","serviceAccount":"reader"}}`,
				"secrets": `{"a":{"data":{"k":"a"},"store":"eu"},"b":{"data":{"k":"b"},"store":"other"},
					"c":{"data":{"k":"c"},"store":"own"},"d":{"data":{"k":"d"}}}`,
				"permissions": `{"kmsKeys":["arn:aws:kms:eu-west-1:111122223333:key/a","arn:aws:kms:us-east-1:111122223333:key/b"]}`,
			},
			want: append(read("arn:aws:secretsmanager:eu-west-1:"+account+":secret:a-??????", secretARN+"d-??????"),
				iam.Row{Action: "sts:AssumeRole", Resources: []string{role}},
				iam.Row{
					Action: "kms:Decrypt", Resources: []string{"arn:aws:kms:us-east-1:111122223333:key/b"},
					Conditions: []string{"kms:ViaService = secretsmanager.us-east-1.amazonaws.com"},
				}, iam.Row{
					Action: "kms:Decrypt", Resources: []string{"arn:aws:kms:eu-west-1:111122223333:key/a"},
					Conditions: []string{"kms:ViaService = secretsmanager.eu-west-1.amazonaws.com"},
				}),
		},
		"RoleAlone": {
			change: map[string]string{"store": `{"role":"` + role + `"}`},
			want:   []iam.Row{{Action: "sts:AssumeRole", Resources: []string{role}}},
		},
		"NothingOfItsOwn": {
			change: map[string]string{"store": `{"scope":"namespace","serviceAccount":"reader"}`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := load(configtest.With(configtest.File(t, "../../Pulumi.dev.yaml"), test.change))
			require.NoError(t, err)
			assert.Equal(t, test.want, iam.Table(granted(t, got)...))
		})
	}
}
