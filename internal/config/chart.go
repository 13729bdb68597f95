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
)

// The versions of the operator's API.
const (
	APIv1      = "external-secrets.io/v1"
	APIv1beta1 = "external-secrets.io/v1beta1"
)

// maxChartFile bounds what is read of a Chart.yaml: they have a kilobyte or two.
const maxChartFile = 1 << 20

var ociReference = regexp.MustCompile(`^oci://[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$`)

// chart is the operator's chart; a local one knows its version itself.
func (l *loader) readChart() Chart {
	reference := l.text(KeyChart)
	at := path{KeyChart}
	chart := Chart{Reference: reference}
	switch {
	case isPath(reference):
		version, err := localVersion(reference)
		if err != nil {
			l.reject(at, reference, err.Error(), "the path of the operator's chart, a folder or a .tgz file")
		}
		chart.Version = version
		return chart
	case strings.HasPrefix(reference, "oci://"):
		if !ociReference.MatchString(reference) {
			l.reject(at, reference, "is no reference to a chart",
				"oci://<registry>/<path>, with no tag: chartVersion is the version")
		}
	case strings.ContainsAny(reference, `/\`):
		l.reject(at, reference, "is neither a chart's name nor a path that exists",
			"external-secrets, the path of a folder or .tgz file, or an oci:// reference")
	default:
		chart.Repository = l.repository()
	}
	chart.Version = l.exactVersion(path{KeyChartVersion}, l.text(KeyChartVersion))
	return chart
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
	version, err := parseVersion(value)
	if err != nil {
		l.reject(p, value, err.Error(), "an exact version in quotes, such as 2.14.0")
	}
	return version
}

// parseVersion reads the version of a chart that the program can install.
func parseVersion(value string) (semver.Version, error) {
	version, err := semver.Parse(strings.TrimPrefix(value, "v"))
	switch {
	case err != nil:
		return semver.Version{}, errors.New("is no version")
	case version.LT(semver.Version{Minor: 9}):
		return semver.Version{}, errors.New("is older than 0.9.0, the first that will do")
	}
	return version, nil
}

// apiVersion is the configured one, or what the chart serves.
func (l *loader) apiVersion(chart semver.Version, values map[string]any) string {
	at := path{KeyAPIVersion}
	servesV1 := chart.GTE(semver.Version{Minor: 16})
	value := l.text(KeyAPIVersion)
	switch {
	case value == "" && servesV1:
		return APIv1
	case value == "":
		return APIv1beta1
	case value != APIv1 && value != APIv1beta1:
		l.reject(at, value, "is no version of the operator's API", APIv1+" or "+APIv1beta1)
	case l.failed(KeyChart) || l.failed(KeyChartVersion):
	case value == APIv1 && !servesV1:
		l.reject(at, value, fmt.Sprintf("is not served by chart %s, but from 0.16.0 on", chart), APIv1beta1)
	case value == APIv1beta1 && !servesV1beta1(chart, values):
		l.reject(at, value, fmt.Sprintf("is not served by chart %s, but up to 0.16, and from 1.3.0 on with "+
			"crds.unsafeServeV1Beta1 in chartValues", chart), APIv1)
	}
	return value
}

func servesV1beta1(chart semver.Version, values map[string]any) bool {
	if chart.LT(semver.Version{Minor: 17}) {
		return true
	}
	crds, _ := values["crds"].(map[string]any)
	return crds["unsafeServeV1Beta1"] == true && chart.GTE(semver.Version{Major: 1, Minor: 3})
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
	var chart struct{ Version string }
	if err := yaml.Unmarshal(content, &chart); err != nil {
		return semver.Version{}, errors.New("has a Chart.yaml that is not YAML")
	}
	version, err := parseVersion(chart.Version)
	if err != nil {
		return semver.Version{}, fmt.Errorf("has a Chart.yaml whose version %q %w", chart.Version, err)
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
