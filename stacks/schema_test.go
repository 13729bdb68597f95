package stacks_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/chart"
	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/stacks"
)

// TestManifestsFitTheCharts: each stack file that must load, with each chart that the
// program has nothing against, renders what that chart's API takes.
func TestManifestsFitTheCharts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../internal/config/testdata/valid/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	newer := semver.Version{Major: 99} // than all that are known
	for _, version := range append(chart.Versions(), newer) {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			release := chart.For(version)
			fit := 0
			for _, file := range files {
				values, encrypted := configtest.Stack(t, file)
				delete(values, "eso-aws:chart") // a folder has a version of its own
				values["eso-aws:chartVersion"] = version.String()
				loaded, err := config.Load("eso-aws", values, encrypted, nil)
				if err == nil && raw(&loaded) {
					_, err = config.Load("eso-aws", values, encrypted, stacks.Manifests)
				}
				if err != nil {
					assert.Regexp(t, "chart "+version.String()+"|unknown (field|value|function)", err.Error(), file)
					continue
				}
				fit++
				for _, line := range refusals(release, &loaded) {
					t.Errorf("%s: %s", filepath.Base(file), line)
				}
			}
			t.Logf("%d of %d files are for chart %s too", fit, len(files), version)
			assert.Greater(t, fit, len(files)/2)
		})
	}
}

// raw tells whether there are fields that are the user's own.
func raw(c *config.Config) bool {
	return slices.ContainsFunc(c.Secrets, func(secret config.Secret) bool { return secret.Spec != nil })
}

// refusals are what the API of a configuration's chart refuses for sure.
func refusals(release *chart.Release, c *config.Config) []string {
	var lines []string
	for _, manifest := range stacks.Manifests(c) {
		kind, _ := manifest["kind"].(string)
		for _, problem := range release.CheckObject(c.APIVersion, kind, manifest) {
			if !problem.Warning {
				lines = append(lines, kind+" "+problem.String())
			}
		}
	}
	return lines
}
