package config

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/blang/semver"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/chart"
)

// The versions of the operator's API.
const (
	APIv1      = chart.APIv1
	APIv1beta1 = chart.APIv1beta1
)

// maxChartFile bounds what is read of a Chart.yaml: they have a kilobyte or two.
const maxChartFile = 1 << 20

var ociReference = regexp.MustCompile(`^oci://[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$`)

// chart is the operator's chart; a local one knows its version itself.
func (l *loader) readChart() Chart {
	reference := l.text(KeyChart)
	at := path{KeyChart}
	read := Chart{Reference: reference}
	switch {
	case isPath(reference):
		version, err := localVersion(reference)
		if err != nil {
			l.reject(at, reference, err.Error(), "the path of the operator's chart, a folder or a .tgz file")
		}
		read.Version = version
		return read
	case strings.HasPrefix(reference, "oci://"):
		if !ociReference.MatchString(reference) {
			l.reject(at, reference, "is no reference to a chart",
				"oci://<registry>/<path>, with no tag: chartVersion is the version")
		}
	case strings.ContainsAny(reference, `/\`):
		l.reject(at, reference, "is neither a chart's name nor a path that exists",
			"external-secrets, the path of a folder or .tgz file, or an oci:// reference")
	default:
		read.Repository = l.repository()
	}
	read.Version = l.exactVersion(path{KeyChartVersion}, l.text(KeyChartVersion))
	return read
}

func (l *loader) repository() string {
	value := l.text(KeyChartRepository)
	u, err := url.Parse(value)
	switch {
	case err == nil && u.User != nil:
		l.say(path{KeyChartRepository}, "[secret]: must have no user or password; write the URL alone")
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		l.reject(path{KeyChartRepository}, value, "must be an http or https URL",
			l.settings[KeyChartRepository].fallback)
	}
	return value
}

func (l *loader) exactVersion(p path, value string) semver.Version {
	version, err := chart.Parse(value)
	if err != nil {
		l.say(p, fmt.Sprintf("%s: %v; set one in quotes, such as %s", l.shown(p, value), err,
			l.settings[KeyChartVersion].fallback))
	}
	return version
}

// apiVersion is the configured one, or what the chart serves.
func (l *loader) apiVersion(version semver.Version, values map[string]any) string {
	value := l.text(KeyAPIVersion)
	if value == "" {
		return chart.For(version).API()
	}
	for _, found := range l.release().CheckAPI(value, values) {
		found.Value = nil
		l.say(path{KeyAPIVersion}, l.shown(path{KeyAPIVersion}, value)+": "+found.String())
	}
	return value
}

// isPath agrees with Helm, which looks for a file of that name first.
func isPath(reference string) bool {
	if strings.HasPrefix(reference, "oci://") {
		return false
	}
	_, err := os.Stat(reference)
	return err == nil || filepath.IsAbs(reference) || strings.HasPrefix(reference, ".") ||
		strings.HasSuffix(reference, ".tgz")
}

// localVersion is the version in a local chart's Chart.yaml.
func localVersion(reference string) (semver.Version, error) {
	content, err := chartFile(reference)
	if err != nil {
		return semver.Version{}, err
	}
	var file struct{ Version string }
	if err := yaml.Unmarshal(content, &file); err != nil {
		return semver.Version{}, errors.New("has a Chart.yaml that is not YAML")
	}
	version, err := chart.Parse(file.Version)
	if err != nil {
		return semver.Version{}, fmt.Errorf("the version %q in its Chart.yaml %w", file.Version, err)
	}
	return version, nil
}

func chartFile(reference string) ([]byte, error) {
	info, err := os.Stat(reference)
	if err != nil {
		return nil, errors.New("is not there")
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
		return nil, errors.New("is no .tgz file with a Chart.yaml in it")
	}
	return content, nil
}

// packedChartFile is <chart>/Chart.yaml of an archive.
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
		folder, base := filepath.Split(filepath.Clean(header.Name))
		if base == "Chart.yaml" && strings.Count(folder, string(filepath.Separator)) == 1 {
			return io.ReadAll(io.LimitReader(archive, maxChartFile))
		}
	}
}
