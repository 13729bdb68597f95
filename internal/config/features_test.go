package config_test

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/chart"
	"eso-aws/internal/configtest"
	"eso-aws/internal/plan"
	"eso-aws/internal/stackfile"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// features are what a stack file shows, as a set of words. A path of the language has *
// for names that are the user's.
type features map[string]bool

func (f features) add(format string, args ...any) { f[fmt.Sprintf(format, args...)] = true }

// choices are the settings of a few values, beside those of the language.
func choices() map[string][]string {
	flag := []string{"true", "false"}
	return map[string][]string{
		stackfile.KeyTarget:           {stackfile.Local, stackfile.EKS},
		stackfile.KeyAuth:             {plan.IRSA, plan.PodIdentity},
		stackfile.KeyAPIVersion:       {chart.APIv1, chart.APIv1beta1},
		stackfile.KeyKeepCRDs:         flag,
		"strict":                      flag,
		stackfile.KeyPodIdentityAgent: flag,
	}
}

// featuresOf are those of a stack file: of what is written, and of what it comes to.
func featuresOf(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(content, &file))
	f := features{}
	for full, value := range file.Config {
		key, ours := strings.CutPrefix(full, "eso-aws:")
		field, known := languageField(key)
		switch {
		case !ours:
			f.add("%s", full)
		case known:
			f.typed(key, field.Type, field.Tag, value)
		default:
			f.plain(key, value)
			if _, ok := choices()[key]; ok {
				f.add("%s=%v", key, value)
			}
		}
	}
	values, encrypted := configtest.Stack(t, path)
	for _, key := range encrypted {
		f.add("%s: encrypted", key)
	}
	loaded, err := load(values, encrypted...)
	require.NoError(t, err)
	f.loaded(loaded)
	return sortedKeys(f)
}

// loaded are those of what a file comes to.
func (f features) loaded(c *plan.Plan) {
	f.add("chart %s", c.Chart.Version)
	f.add("partition %s", c.Cluster.Partition)
	f.add("secrets %s", few(len(c.Secrets)))
	f.add("stores %s", few(len(c.Stores)))
	f.add("namespaces %s", few(len(c.Namespaces)))
	f.add("warnings %s", few(len(c.Warnings)))
	for _, secret := range c.Secrets {
		keys, known := secret.Keys()
		f.add("keys %s, known %t", few(len(keys)), known)
		f.add("interval 0 %t", secret.RefreshInterval == 0)
	}
	regions := map[string]bool{}
	for _, store := range c.Stores {
		regions[store.Region] = true
	}
	f.add("regions %s", few(len(regions)))
}

// few is a number of which it matters whether it is one.
func few(n int) string {
	if n > 2 {
		return "several"
	}
	return fmt.Sprint(n)
}

// typed are those of a value of the language.
func (f features) typed(at string, t reflect.Type, tag reflect.StructTag, value any) {
	f.add("%s", at)
	switch t.Kind() { //nolint:exhaustive // the others are in no type of the language
	case reflect.Pointer:
		f.typed(at, t.Elem(), tag, value)
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok {
			f.add("%s: one", at)
			f.typed(at, t.Elem(), tag, value)
			return
		}
		f.add("%s: list", at)
		f.add("%s: list of %s", at, few(len(list)))
		for _, entry := range list {
			f.typed(at, t.Elem(), tag, entry)
		}
	case reflect.Map:
		object, _ := value.(map[string]any)
		for _, name := range sortedKeys(object) {
			if t.Elem().Kind() == reflect.Interface {
				f.plain(at+"."+name, object[name])
				continue
			}
			f.typed(at+".*", t.Elem(), tag, object[name])
		}
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			f.add("%s: text", at)
			f.text(at, value)
			return
		}
		for _, field := range reflect.VisibleFields(t) {
			if name := field.Tag.Get("json"); name != "" && object[name] != nil {
				f.typed(at+"."+name, field.Type, field.Tag, object[name])
			}
		}
	case reflect.Bool:
		f.add("%s=%v", at, value)
	default:
		if tag.Get("enum") != "" {
			f.add("%s=%v", at, value)
			return
		}
		f.text(at, value)
	}
}

var (
	expression = regexp.MustCompile(`\{\{.*?\}\}`)
	function   = regexp.MustCompile(`(^|[\s(|-])([a-z][A-Za-z0-9]+)`)
)

// text are those of a text: what it begins with, and a template's functions.
func (f features) text(at string, value any) {
	text := fmt.Sprint(value)
	for _, beginning := range []string{"arn:", "/", "^", "uuid/", "AWS"} {
		if strings.HasPrefix(text, beginning) {
			f.add("%s: begins with %s", at, beginning)
		}
	}
	for _, action := range expression.FindAllString(text, -1) {
		for _, match := range function.FindAllStringSubmatch(strings.Trim(action, "{}"), -1) {
			f.add("function %s", match[2])
		}
	}
}

// plain are those of a value that is not the language's: the paths in it.
func (f features) plain(at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			f.plain(at+"."+name, v[name])
		}
	case []any:
		for _, entry := range v {
			f.plain(at+"[]", entry)
		}
	default:
		f.add("%s", at)
	}
}

// languageField is what the language says of a setting that is a map, or a policy of the secrets.
func languageField(key string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[stackfile.File]()) {
		kind := field.Type.Kind()
		ours := kind == reflect.Map || kind == reflect.Struct || strings.HasSuffix(key, "Policy")
		if field.Tag.Get("json") == key && ours && key != stackfile.KeyChartValues {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// wantedFeatures are those that the cases must show.
func wantedFeatures(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("../../Pulumi.yaml")
	require.NoError(t, err)
	var project struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(content, &project))
	f := features{}
	for key := range project.Config {
		field, known := languageField(key)
		switch values, few := choices()[key]; {
		case known:
			f.want(key, field.Type, field.Tag)
		case few:
			for _, value := range values {
				f.add("%s=%s", key, value)
			}
		case key == stackfile.KeyChartValues: // has no value of its own
		default:
			f.add("%s", key)
		}
	}
	for _, key := range []string{stackfile.KeyKubeconfig, stackfile.KeyChartValues, stackfile.KeyEndpoint, "secretAccessKey"} {
		f.add("eso-aws:%s: encrypted", key)
	}
	return sortedKeys(f)
}

// want are all features that a type of the language has.
func (f features) want(at string, t reflect.Type, tag reflect.StructTag) {
	f.add("%s", at)
	if _, ok := reflect.Zero(t).Interface().(stackfile.Shorthand); ok {
		f.add("%s: text", at)
	}
	switch t.Kind() { //nolint:exhaustive // the others have no features
	case reflect.Pointer:
		f.want(at, t.Elem(), tag)
	case reflect.Slice:
		f.add("%s: list", at)
		if tag.Get("single") != "" {
			f.add("%s: one", at)
		}
		f.want(at, t.Elem(), tag)
	case reflect.Map:
		if t.Elem().Kind() != reflect.Interface {
			f.want(at+".*", t.Elem(), "")
		}
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(t) {
			if name := field.Tag.Get("json"); name != "" {
				f.want(at+"."+name, field.Type, field.Tag)
			}
		}
	case reflect.Bool:
		f.add("%s=true", at)
		f.add("%s=false", at)
	case reflect.String:
		for value := range strings.FieldsSeq(tag.Get("enum")) {
			f.add("%s=%s", at, value)
		}
	}
}
