package stacks_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/crd"
	"eso-aws/stacks"
)

// TestManifestsFitTheCharts: each stack file that must load, with each chart that the
// program has nothing against, renders what that chart's API takes.
func TestManifestsFitTheCharts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../internal/config/testdata/valid/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, version := range []string{"0.9.20", "0.14.4", "0.16.1", "0.17.0", "0.18.2", "0.19.2", "0.20.4", "1.3.2", "2.0.0", "2.14.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			schemas, err := crd.For(semver.MustParse(version))
			require.NoError(t, err)
			fit := 0
			for _, file := range files {
				values, encrypted := configtest.Stack(t, file)
				delete(values, "eso-aws:chart") // a folder has a version of its own
				values["eso-aws:chartVersion"] = version
				loaded, err := config.Load(configtest.Input(values, encrypted...))
				if err == nil && raw(&loaded) {
					_, err = config.Load(configtest.Input(values, encrypted...))
				}
				if err != nil {
					assert.Regexp(t, "chart "+version+"|there is no such field", err.Error(), file)
					continue
				}
				fit++
				for _, line := range refusals(schemas, &loaded) {
					t.Errorf("%s: %s", filepath.Base(file), line)
				}
			}
			t.Logf("%d of %d files are for chart %s too", fit, len(files), version)
			assert.Greater(t, fit, len(files)/2)
		})
	}
}

// raw tells whether there are fields that are the user's own.
func raw(c *plan.Plan) bool {
	return slices.ContainsFunc(c.Secrets, func(secret config.Secret) bool { return secret.Spec != nil })
}

// refusals are what the API of a configuration's chart refuses for sure.
func refusals(schemas *crd.Schemas, c *plan.Plan) []string {
	var lines []string
	for _, manifest := range stacks.Manifests(c) {
		kind, _ := manifest["kind"].(string)
		for _, problem := range schemas.Check(c.APIVersion, kind, manifest) {
			if !problem.Unsure {
				lines = append(lines, kind+" "+problem.String())
			}
		}
	}
	return lines
}
