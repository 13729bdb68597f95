package plan

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/blang/semver"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/chart"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// maxChartFile limits the size of a Chart.yaml, which usually has a kilobyte or two.
const maxChartFile = 1 << 20

var ociReference = regexp.MustCompile(`^oci://[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$`)

// newChart locates the chart. The version of a local chart is that of its Chart.yaml.
func newChart(file *stackfile.Decoded, problems *problem.List) Chart {
	reference, at := file.Chart, problem.Path{stackfile.KeyChart}
	found := Chart{Reference: reference, release: chart.For(semver.Version{})}
	refuse := func(at problem.Path, value string, kind problem.Kind, rule, fix string) {
		problems.Add(problem.Problem{Path: at, Value: value, Kind: kind, Rule: rule, Fix: fix})
	}
	switch {
	case isPath(reference):
		version, err := localVersion(reference)
		if err != nil {
			refuse(at, reference, problem.NotFound, err.Error(),
				"set it to the path of the operator's chart, a directory or a .tgz file")
		}
		return found.at(version, err == nil)
	case strings.HasPrefix(reference, "oci://"):
		if !ociReference.MatchString(reference) {
			refuse(at, reference, problem.Syntax, "must be an OCI reference without a tag",
				"write oci://<registry>/<path>, and the version in chartVersion")
		}
	case strings.ContainsAny(reference, `/\`):
		refuse(at, reference, problem.NotFound, "must be the name of a chart or a path that exists",
			"set it to external-secrets, the path of a directory or .tgz file, or an oci:// reference")
	default:
		found.Repository = file.ChartRepository
	}
	version, err := chart.Parse(file.ChartVersion)
	if err != nil {
		refuse(problem.Path{stackfile.KeyChartVersion}, file.ChartVersion, problem.Version, err.Error(),
			"write an exact version in quotes, such as "+file.Default(stackfile.KeyChartVersion))
	}
	return found.at(version, err == nil && !problems.Failed(at))
}

// at returns the chart with a version, and whether that could be read.
func (c Chart) at(version semver.Version, known bool) Chart {
	c.Version, c.Known = version, known
	if known {
		c.release = chart.For(version)
	}
	return c
}

// Release returns what is known about the version. One that could not be read supports
// everything.
func (c Chart) Release() *chart.Release { return c.release }

// isPath reports whether a reference is a path. As in Helm, an existing file takes precedence.
func isPath(reference string) bool {
	if strings.HasPrefix(reference, "oci://") {
		return false
	}
	_, err := os.Stat(reference)
	return err == nil || filepath.IsAbs(reference) || strings.HasPrefix(reference, ".") ||
		strings.HasSuffix(reference, ".tgz")
}

// IsPath reports whether the chart is a file or a directory.
func (c Chart) IsPath() bool { return isPath(c.Reference) }

// localVersion returns the version in the Chart.yaml of a local chart.
func localVersion(reference string) (semver.Version, error) {
	content, err := chartFile(reference)
	if err != nil {
		return semver.Version{}, err
	}
	var metadata struct{ Version string }
	if err := yaml.Unmarshal(content, &metadata); err != nil {
		return semver.Version{}, errors.New("has a Chart.yaml that is not valid YAML")
	}
	version, err := chart.Parse(metadata.Version)
	if err != nil {
		return semver.Version{}, fmt.Errorf("has a Chart.yaml with version %q, which %w", metadata.Version, err)
	}
	return version, nil
}

func chartFile(reference string) ([]byte, error) {
	info, err := os.Stat(reference)
	if err != nil {
		return nil, errors.New("does not exist")
	}
	if info.IsDir() {
		content, err := os.ReadFile(filepath.Join(reference, "Chart.yaml")) //nolint:gosec // the path is the user's own
		if err != nil {
			return nil, errors.New("has no Chart.yaml that can be read")
		}
		return content, nil
	}
	content, err := packedChartFile(reference)
	if err != nil {
		return nil, errors.New("must be a .tgz file that contains a Chart.yaml")
	}
	return content, nil
}

// packedChartFile returns <chart>/Chart.yaml of an archive.
func packedChartFile(name string) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the path is the user's own
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if err != nil {
			return nil, err
		}
		directory, base := filepath.Split(filepath.Clean(header.Name))
		if base == "Chart.yaml" && strings.Count(directory, string(filepath.Separator)) == 1 {
			return io.ReadAll(io.LimitReader(archive, maxChartFile))
		}
	}
}
