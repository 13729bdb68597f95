package main_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/plan"
	"eso-aws/internal/role"
	"eso-aws/internal/schema"
	"eso-aws/irsa"
	"eso-aws/podidentity"
)

var update = flag.Bool("update", false, "rewrite the parts of the documentation that are generated from code")

// TestSecurityTable checks that docs/security.md lists exactly the permissions that
// the code grants.
func TestSecurityTable(t *testing.T) {
	t.Parallel()
	const issuer, account = "<issuer>", "<account>"
	permissions, problems := iam.Permissions("111122223333", iam.Grants{
		Region:  "us-east-1",
		Secrets: []string{"NAME"}, Prefixes: []string{"PREFIX"}, ListSecrets: true, BatchGet: true,
		KMSKeys:    []string{"arn:aws:kms:us-east-1:111122223333:key/KEY"},
		Parameters: []string{"/NAME"}, ParameterPaths: []string{"/PATH"},
		TaggedParameters: []iam.Tagged{{Prefix: "/PATH", Tags: map[string]string{"TAG": "VALUE"}}},
		Tagged:           []iam.Tagged{{Prefix: "PREFIX", Tags: map[string]string{"TAG": "VALUE"}}},
		AssumeRoles:      []string{"arn:aws:iam::444455556666:role/ROLE"}, TagSession: true,
	})
	require.Empty(t, problems)
	operator := role.Args{
		Partition:      iam.AWS,
		ServiceAccount: iam.ServiceAccount{Namespace: plan.OperatorNamespace, Name: plan.OperatorName},
	}
	byIRSA, problems := irsa.TrustPolicy(&irsa.RoleArgs{
		Args: operator, ProviderARN: "arn:aws:iam::111122223333:oidc-provider/ISSUER", Issuer: "https://ISSUER",
	})
	require.Empty(t, problems)
	byPodIdentity, problems := podidentity.TrustPolicy(&podidentity.RoleArgs{
		Args: operator, ClusterARN: "arn:aws:eks:us-east-1:111122223333:cluster/CLUSTER",
	})
	require.Empty(t, problems)

	rows := []string{"| Auth | Action | By or on | Only |", "| --- | --- | --- | --- |"}
	add := func(auth string, documents ...iam.Document) {
		for _, row := range iam.Table(documents...) {
			auth := auth
			if auth == "both" && row.Action == "sts:TagSession" {
				auth = "podIdentity" // only these sessions have tags
			}
			on := strings.Join(append(slices.Clone(row.Resources), strings.Fields(row.Principal)...), " ")
			cells := []string{auth, schema.Code(row.Action), schema.Code(on), schema.Code(row.Conditions...)}
			rows = append(rows, "| "+strings.Join(cells, " | ")+" |")
		}
	}
	add("irsa", byIRSA)
	add("podIdentity", byPodIdentity)
	add("both", permissions...)
	table := strings.NewReplacer("111122223333", account, "444455556666", "<other account>", "us-east-1", "<region>",
		"PREFIX", "<prefix>", "PATH", "<path>", "TAG", "<tag>", "VALUE", "<value>", "NAME", "<name>", "KEY", "<id>",
		"ROLE", "<role>", "ISSUER", issuer, "CLUSTER", "<cluster>",
	).Replace(strings.Join(rows, "\n"))
	inDocument(t, "docs/security.md", "permissions", table)
}

// inDocument checks that the text between the marks of that name is the wanted one.
func inDocument(t *testing.T, path, name, want string) {
	t.Helper()
	begin, end := "<!-- "+name+", from the code: go test . -update -->\n\n", "\n\n<!-- end of "+name+" -->"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(content), begin)
	require.True(t, found, "%s: missing mark %q", path, begin)
	got, after, found := strings.Cut(rest, end)
	require.True(t, found, "%s: missing mark %q", path, end)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(before+begin+want+end+after), 0o600))
		return
	}
	assert.Equal(t, want, got, "to rewrite it, run: go test . -update")
}
