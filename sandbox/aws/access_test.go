package aws_test

import (
	"strings"
	"sync"
	"testing"

	"eso-aws/sandbox/aws"
)

// operations has a request for every operation on one secret.
var operations = map[string]string{
	"CreateSecret":             `{"Name":"made"}`,
	"DeleteSecret":             `{"SecretId":"db"}`,
	"DescribeSecret":           `{"SecretId":"db"}`,
	"GetSecretValue":           `{"SecretId":"db"}`,
	"ListSecretVersionIds":     `{"SecretId":"db"}`,
	"PutSecretValue":           `{"SecretId":"db","SecretString":"s","ClientRequestToken":"` + tokenA + `"}`,
	"RestoreSecret":            `{"SecretId":"db"}`,
	"TagResource":              `{"SecretId":"db","Tags":[{"Key":"k","Value":"v"}]}`,
	"UntagResource":            `{"SecretId":"db","TagKeys":["k"]}`,
	"UpdateSecret":             `{"SecretId":"db","Description":"d"}`,
	"UpdateSecretVersionStage": `{"SecretId":"db","VersionStage":"x","MoveToVersionId":"` + tokenA + `"}`,
}

// watched returns a fixture with the secret db, which remembers what its Authorize was
// asked.
func watched(t *testing.T, allow func(aws.Access) bool) (*fixture, func() []aws.Access) {
	t.Helper()
	var mu sync.Mutex
	var asked []aws.Access
	f := newFixture(t, aws.Options{Authorize: func(a aws.Access) bool {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, a)
		return allow(a)
	}})
	if err := f.PutSecret(region, "db", "s"); err != nil {
		t.Fatal(err)
	}
	return f, func() []aws.Access {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
}

// TestEveryOperationAsks refuses everything: each operation asks once, for its own
// action on the secret's ARN, and obeys.
func TestEveryOperationAsks(t *testing.T) {
	t.Parallel()
	for operation, body := range operations {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			f, asked := watched(t, func(aws.Access) bool { return false })
			got := send(t, f.request(t, operation, body))
			accesses := asked()
			if len(accesses) != 1 {
				t.Fatalf("asked %d times, want once: %v", len(accesses), accesses)
			}
			arn := accesses[0].Resource
			secret := "db"
			if operation == "CreateSecret" {
				secret = "made"
			}
			if !strings.HasPrefix(arn, "arn:aws:secretsmanager:eu-west-1:000000000000:secret:"+secret+"-") {
				t.Errorf("asked for resource %s, want the ARN of %s", arn, secret)
			}
			action := "secretsmanager:" + operation
			equal(t, accesses, []aws.Access{{
				Principal: aws.Principal{ARN: "arn:aws:iam::000000000000:user/test", UserID: "test"},
				Action:    action, Resource: arn,
			}})
			equal(t, got, answer{400, `{"__type":"AccessDeniedException","message":"User: ` +
				`arn:aws:iam::000000000000:user/test is not authorized to perform: ` + action + ` on resource: ` + arn +
				` because no identity-based policy allows the ` + action + ` action"}`})
		})
	}
}

// TestListingAsks covers the operations on all secrets, with and without what
// they take besides their own permission.
func TestListingAsks(t *testing.T) {
	t.Parallel()
	const filtered = `{"Filters":[{"Key":"name","Values":["d"]}]}`
	denied := func(action string) string {
		return `{"__type":"AccessDeniedException","message":"User: arn:aws:iam::000000000000:user/test is not ` +
			`authorized to perform: secretsmanager:` + action + ` on resource: * because no identity-based policy ` +
			`allows the secretsmanager:` + action + ` action"}`
	}
	for name, test := range map[string]struct{ Operation, Body, Denied string }{
		"List":           {"ListSecrets", `{}`, "ListSecrets"},
		"Batch":          {"BatchGetSecretValue", `{"SecretIdList":["db"]}`, "BatchGetSecretValue"},
		"BatchByFilters": {"BatchGetSecretValue", filtered, "ListSecrets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := watched(t, func(a aws.Access) bool { return a.Action != "secretsmanager:"+test.Denied })
			equal(t, send(t, f.request(t, test.Operation, test.Body)), answer{400, denied(test.Denied)})
		})
	}
	t.Run("BatchAsksForEachSecret", func(t *testing.T) {
		t.Parallel()
		f, asked := watched(t, func(aws.Access) bool { return true })
		send(t, f.request(t, "BatchGetSecretValue", filtered))
		var got [][2]string
		for _, a := range asked() {
			got = append(got, [2]string{a.Action, a.Resource})
		}
		equal(t, got, [][2]string{
			{"secretsmanager:BatchGetSecretValue", "*"},
			{"secretsmanager:ListSecrets", "*"},
			{"secretsmanager:GetSecretValue", arnOf(t, f.secrets(), "db")},
		})
	})
	t.Run("AbsentSecretIsAskedForByName", func(t *testing.T) {
		t.Parallel()
		f, asked := watched(t, func(aws.Access) bool { return true })
		send(t, f.request(t, "GetSecretValue", `{"SecretId":"absent"}`))
		equal(t, asked()[0].Resource, "absent")
	})
}
