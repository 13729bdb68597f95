package stacks_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/chart"
	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/stacks"
)

// TestManifestsFitTheCharts proves that each valid stack file renders objects that the API of each accepted chart
// allows.
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
				loaded, err := config.Load(configtest.Input(values, encrypted...))
				if err != nil {
					problems, _ := errors.AsType[problem.Error](err)
					assert.NotEmpty(t, problems, "%s: %v", file, err)
					for _, p := range problems {
						assert.Contains(t, []problem.Kind{problem.Version, problem.Unknown}, p.Kind, "%s: %s", file, p)
					}
					continue
				}
				fit++
				for _, line := range refusals(release, loaded) {
					t.Errorf("%s: %s", filepath.Base(file), line)
				}
			}
			t.Logf("%d of %d files are for chart %s too", fit, len(files), version)
			assert.Greater(t, fit, len(files)/2)
		})
	}
}

// refusals returns what the API of a configuration's chart certainly rejects.
func refusals(release *chart.Release, p *plan.Plan) []string {
	var lines []string
	for _, manifest := range stacks.Manifests(p) {
		kind, _ := manifest["kind"].(string)
		for _, problem := range release.CheckObject(p.APIVersion, kind, manifest) {
			if !problem.Warning {
				lines = append(lines, kind+" "+problem.String())
			}
		}
	}
	return lines
}
