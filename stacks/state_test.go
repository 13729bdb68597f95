package stacks_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
)

// stateResource is a resource in testdata/state-<stack>.json: a state that was exported from
// a deployed stack before the stack file got a plan and checks of its own. Accounts, hashes,
// URLs and the path of the chart have been replaced, and the providers left out.
type stateResource struct {
	URN    string
	Inputs map[string]any
}

// replacements make states of different clusters comparable.
var replacements = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`"[^"]*/chart"`), `"CHART"`},
	{regexp.MustCompile(`\b[0-9]{12}\b`), "ACCOUNT"},
	{regexp.MustCompile(`\bid/[0-9A-F]{16,32}\b`), "id/ISSUER"},
	{regexp.MustCompile(`\b[0-9a-f]{16}(-[a-z0-9-]+)?\b`), "HASH"},
	{regexp.MustCompile(`(eso-aws/credentials(":"|'\]}=))[^"\\]*`), "${1}HASH"},
	{regexp.MustCompile(`https?://127\.0\.0\.1:[0-9]+`), "URL"},
}

// TestStateOfEarlierPrograms: the state of a stack that an earlier program deployed is
// updated with no change. Each resource keeps its name and its parents, and all inputs that
// the program registers are those in the state, where providers have added defaults.
func TestStateOfEarlierPrograms(t *testing.T) { //nolint:paralleltest // it sets PATH
	awsCLI(t)
	chart := filepath.Join(t.TempDir(), "chart")
	require.NoError(t, os.Mkdir(chart, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(chart, "Chart.yaml"), []byte("version: 0.20.4"), 0o600))
	changes := map[string]string{
		"chart": chart, "chartValues": `{"webhook":{"create":false},"certController":{"create":false}}`,
	}
	for _, stack := range []string{"local", "dev", "training"} { //nolint:paralleltest // as above
		t.Run(stack, func(t *testing.T) {
			got, err := run(deployed(t, stack, changes))
			require.NoError(t, err)
			content, err := os.ReadFile("testdata/state-" + stack + ".json")
			require.NoError(t, err)
			var state []stateResource
			require.NoError(t, json.Unmarshal(content, &state))
			inputs := map[string]map[string]any{}
			for _, found := range state {
				inputs[found.URN] = found.Inputs
			}
			registered := map[string]bool{"urn:pulumi:" + stack + "::eso-aws::pulumi:pulumi:Stack::eso-aws-" + stack: true}
			for _, found := range got.Resources {
				urn := string(found.URN)
				if strings.Contains(urn, "::pulumi:") {
					continue
				}
				registered[urn] = true
				delete(found.Inputs, "compat") // which the provider keeps to itself
				assert.Subset(t, flattened(t, inputs[urn]), flattened(t, plainInputs(found.Inputs)), urn)
			}
			assert.Equal(t, slices.Sorted(maps.Keys(inputs)), slices.Sorted(maps.Keys(registered)))
		})
	}
}

// deployed are the options of a committed stack as the sandbox deploys it.
func deployed(t *testing.T, stack string, changes map[string]string) graph.Options {
	t.Helper()
	if stack != "local" {
		e := newEKS(t, stack, changes)
		e.options.Organization = "organization"
		e.options.Config["eso-aws:kubeconfig"] = e.kubeconfig()
		return e.options
	}
	api := &apiServer{}
	config := configtest.With(localConfig(t), changes)
	config = configtest.With(config, map[string]string{"kubeconfig": api.start(t), "endpoint": "http://127.0.0.1:4566"})
	local := options(config)
	local.Organization = "organization"
	local.Outputs = map[string]func(resource.PropertyMap) resource.PropertyMap{
		"kubernetes:core/v1:Secret": func(inputs resource.PropertyMap) resource.PropertyMap {
			metadata := maps.Clone(inputs["metadata"].ObjectValue())
			metadata["resourceVersion"] = resource.NewProperty("235")
			outputs := maps.Clone(inputs)
			outputs["metadata"] = resource.NewProperty(metadata)
			return outputs
		},
	}
	return local
}

// plainInputs are inputs with secrets in plain text.
func plainInputs(inputs resource.PropertyMap) map[string]any {
	return inputs.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		if !v.IsSecret() {
			return nil, false
		}
		return plainInputs(resource.PropertyMap{"v": v.SecretValue().Element})["v"], true
	})
}

// flattened turns inputs into a map from their paths to their scalar values, with the
// replacements.
func flattened(t *testing.T, inputs any) map[string]any {
	t.Helper()
	encoded, err := json.Marshal(inputs)
	require.NoError(t, err)
	text := string(encoded)
	for _, r := range replacements {
		text = r.pattern.ReplaceAllString(text, r.with)
	}
	var decoded any
	require.NoError(t, json.Unmarshal([]byte(text), &decoded))
	flat := map[string]any{}
	flatten("", decoded, flat)
	return flat
}

func flatten(path string, value any, into map[string]any) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			flatten(path+"/"+name, member, into)
		}
	case []any:
		for i, entry := range v {
			flatten(path+"/"+strconv.Itoa(i), entry, into)
		}
	default:
		into[path] = v
	}
}
