package operator_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/problem"
	"eso-aws/operator"
)

func TestCheckValues(t *testing.T) {
	t.Parallel()
	const role, identity = "eks.amazonaws.com/role-arn", "eso-aws/identity"
	values := map[string]any{
		"extraEnv": []any{
			"A=b",
			map[string]any{"name": "AWS_SECRETSMANAGER_ENDPOINT"},
			map[string]any{"name": "A"},
			map[string]any{"name": "A"},
			map[string]any{"name": 1},
		},
		"crds": map[string]any{"annotations": map[string]any{"helm.sh/resource-policy": "delete"}},
		"serviceAccount": map[string]any{
			"name": "mine", "create": false, "annotations": map[string]any{role: "arn", "a": "b"},
		},
		"podAnnotations": map[string]any{identity: "x", "a": "b"},
	}
	unnamed := func(entry string) problem.Problem {
		return problem.Problem{
			Path: problem.Path{"extraEnv", entry}, Kind: problem.Required,
			Rule: "must be a map with a name", Fix: "write {name: X, value: y}",
		}
	}
	always := []problem.Problem{
		unnamed("[0]"),
		{
			Path: problem.Path{"extraEnv", "[1]", "name"}, Value: "AWS_SECRETSMANAGER_ENDPOINT", Kind: problem.Reserved,
			Rule: "is set by endpoint", Fix: "set endpoint instead",
		},
		{
			Path: problem.Path{"extraEnv", "[3]", "name"}, Value: "A", Kind: problem.Duplicate,
			Rule: "must be unique", Fix: "remove one of the entries",
		},
		unnamed("[4]"),
		{
			Path: problem.Path{"crds", "annotations", "helm.sh/resource-policy"}, Kind: problem.Reserved,
			Rule: "is set by keepCRDs", Fix: "set keepCRDs instead",
		},
	}
	assert.Equal(t, always, operator.CheckValues(values, false))
	// With an identity there is no emulator, and the endpoints of AWS may be set.
	assert.Equal(t, append(slices.Delete(slices.Clone(always), 1, 2),
		problem.Problem{
			Path: problem.Path{"serviceAccount", "name"}, Kind: problem.Reserved,
			Rule: "must be external-secrets, because the role trusts that service account", Fix: "remove it",
		},
		problem.Problem{
			Path: problem.Path{"serviceAccount", "annotations", role}, Kind: problem.Reserved,
			Rule: "is set by auth and role", Fix: "set these instead",
		},
		problem.Problem{
			Path: problem.Path{"podAnnotations", identity}, Kind: problem.Reserved,
			Rule: "is set by this program", Fix: "remove it",
		},
		problem.Problem{
			Path: problem.Path{"serviceAccount", "create"}, Kind: problem.Conflict,
			Rule: "must be true, because the role trusts the chart's service account", Fix: "remove it",
		},
	), operator.CheckValues(values, true))
}

// TestCheckValuesAccepts: no values, those of other settings' keys, and the chart's own
// service account.
func TestCheckValuesAccepts(t *testing.T) {
	t.Parallel()
	assert.Empty(t, operator.CheckValues(nil, true))
	assert.Empty(t, operator.CheckValues(map[string]any{
		"crds": false, "serviceAccount": map[string]any{"create": true}, "podAnnotations": nil,
		"extraEnv": []any{map[string]any{"name": "A"}, map[string]any{"name": "B"}},
	}, true))
}
