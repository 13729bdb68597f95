package crds

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// reference is a value that a template uses. A map that is handed to the template of the images is not
// used whole: an image uses four members of it.
var reference = regexp.MustCompile(`("image" )?\.Values((?:\.[A-Za-z0-9_]+)+)`)

// ChartValues returns the sorted paths of the chart's values below which anything is allowed: what is no
// map or an empty one, and maps that a template uses whole. They are nil where the release's module does
// not have the chart.
func (r Release) ChartValues(ctx context.Context) ([]string, error) {
	if r.typesOnly {
		return nil, nil
	}
	dir, err := download(ctx, r.module)
	if err != nil {
		return nil, err
	}
	chart := filepath.Join(dir, "deploy", "charts", "external-secrets")
	content, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the chart's values: %w", err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(content, &values); err != nil {
		return nil, fmt.Errorf("reading the chart's values: %w", err)
	}
	used, err := usedValues(filepath.Join(chart, "templates"))
	if err != nil {
		return nil, err
	}
	// The values of subcharts are theirs.
	used["global"], used["bitwarden-sdk-server"] = true, true
	found := pathsOf("", values, used)
	for path := range used {
		if !slices.ContainsFunc(found, func(known string) bool {
			return path == known || strings.HasPrefix(path, known+".") || strings.HasPrefix(known, path+".")
		}) {
			found = append(found, path)
		}
	}
	return slices.Sorted(slices.Values(found)), nil
}

// usedValues are the paths that templates use, and whether one of them uses a path whole.
func usedValues(templates string) (map[string]bool, error) {
	used := map[string]bool{}
	err := filepath.WalkDir(templates, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		for _, match := range reference.FindAllStringSubmatch(string(text), -1) {
			path := strings.TrimPrefix(match[2], ".")
			used[path] = used[path] || match[1] == ""
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the chart's templates: %w", err)
	}
	return used, nil
}

// pathsOf are the paths of values below a path.
func pathsOf(path string, values map[string]any, whole map[string]bool) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := strings.TrimPrefix(path+"."+name, ".")
		if object, ok := values[name].(map[string]any); ok && len(object) > 0 && !whole[at] {
			found = append(found, pathsOf(at, object, whole)...)
			continue
		}
		found = append(found, at)
	}
	return found
}
