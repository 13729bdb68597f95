package config_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
)

// TestLoadLimits: what is too large for a case of its own in testdata/invalid.
func TestLoadLimits(t *testing.T) {
	t.Parallel()
	text := func(value any) string {
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		return string(encoded)
	}
	many := map[string]any{}
	for i := range 800 {
		many[fmt.Sprintf("secret-%d", i)] = map[string]any{"extract": fmt.Sprintf("payments/a-name-that-is-long/%d", i)}
	}
	for name, test := range map[string]struct {
		stack  string
		change map[string]string
		want   string
	}{
		"Annotations": {
			stack:  "local",
			change: map[string]string{"annotations": text(map[string]string{"a": strings.Repeat("b", 256<<10)})},
			want:   `eso-aws:annotations: must be at most 262144 bytes, but is 262145`,
		},
		"Policies": {
			stack:  "dev",
			change: map[string]string{"secrets": text(many)},
			want: `eso-aws:secrets: must fit into 10 managed policies, as many as a role can have, but 800 names take 13; ` +
				`add "payments/a-name-that-is-long/" to permissions.prefixes, which covers 800 of them, if the operator may read everything below it`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(configtest.With(configtest.File(t, "../../Pulumi."+test.stack+".yaml"), test.change))
			assert.EqualError(t, err, test.want)
		})
	}
}
