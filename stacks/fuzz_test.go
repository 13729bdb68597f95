package stacks_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/internal/chart"
	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/iam"
	"eso-aws/internal/problem"
	"eso-aws/stacks"
)

// FuzzLoad proves that no stack file makes the program panic, and that the API accepts all objects of accepted
// files. A seed other than 0 grafts parts of the known files onto the given one.
func FuzzLoad(f *testing.F) {
	pool := newPool(f)
	for i, content := range pool.files {
		f.Add(content, uint64(0))
		f.Add(content, uint64(i+1))
	}
	releases := releaseCache{}
	f.Fuzz(func(t *testing.T, content []byte, seed uint64) {
		if seed != 0 {
			content = pool.graft(content, rand.New(rand.NewPCG(seed, 0)))
		}
		judge(t, &releases, content)
	})
}

// TestGrafts runs a few such grafts each time, and more with -grafts.
func TestGrafts(t *testing.T) {
	t.Parallel()
	pool, releases, accepted := newPool(t), releaseCache{}, 0
	for i := range *grafts {
		random := rand.New(rand.NewPCG(uint64(i), *salt))
		if judge(t, &releases, pool.graft(pool.valid[random.IntN(len(pool.valid))], random)) {
			accepted++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("of %d grafts %d are accepted", *grafts, accepted)
	assert.Greater(t, accepted, *grafts/10)
}

var (
	grafts = flag.Int("grafts", 2000, "how many changed stack files to try")
	salt   = flag.Uint64("salt", 1, "a number for others than the usual ones")
)

// judge loads a stack file, and reports whether it is accepted.
func judge(t *testing.T, releases *releaseCache, content []byte) bool {
	t.Helper()
	values, encrypted, err := configtest.Parse(content)
	if err != nil || slices.ContainsFunc(slices.Collect(maps.Keys(values)), unreadable) ||
		!strings.HasPrefix(values["eso-aws:chart"]+"oci://", "oci://") {
		return false // nothing that Pulumi reads, or a chart that is on this machine or not
	}
	defer func() {
		if t.Failed() {
			t.Logf("the stack file:\n%s", content)
		}
	}()
	loaded, err := config.Load(configtest.Input(values, encrypted...))
	_, again := config.Load(configtest.Input(values, encrypted...))
	assert.Equal(t, fmt.Sprint(err), fmt.Sprint(again))
	if err != nil {
		reported(t, err)
		return false
	}
	strict(t, values, encrypted, len(loaded.Warnings) > 0)
	for _, secret := range loaded.Secrets {
		require.NotNil(t, secret.From)
		secret.Spec = nil // which is the user's own
	}
	assert.Empty(t, refusals(releases.of(loaded.Chart.Version), loaded))
	assert.Empty(t, malformed(stacks.Manifests(loaded)))
	if !loaded.OnEKS() {
		return true
	}
	policies, problems := iam.Permissions("111122223333", loaded.Grants()...)
	assert.Empty(t, problems)
	for _, policy := range policies {
		assert.LessOrEqual(t, policy.Size(), iam.MaxPolicySize)
	}
	return true
}

// unreadable matches a key that Pulumi rejects.
func unreadable(key string) bool { return strings.Count(key, ":") != 1 }

// reported requires one line for each problem, which begins with its path, and no defect of the program.
func reported(t *testing.T, err error) {
	t.Helper()
	problems, _ := errors.AsType[problem.Error](err)
	for _, p := range problems {
		assert.NotEqual(t, problem.Internal, p.Kind, p.String())
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		assert.Regexp(t, `^[^ :]+:.*: `, line)
		assert.NotContains(t, lines[:i], line)
	}
}

// strict requires that strict: true turns warnings into errors, and changes nothing else.
func strict(t *testing.T, values map[string]string, encrypted []string, warned bool) {
	t.Helper()
	_, err := config.Load(configtest.Input(configtest.With(values, map[string]string{"strict": "true"}), encrypted...))
	assert.Equal(t, warned, err != nil, "strict: %v", err)
}

var (
	objectName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	labelName  = regexp.MustCompile(`^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$`)
)

// malformed returns what an API server would reject in the metadata of objects, which CRDs do not cover, and
// duplicate names.
func malformed(manifests []map[string]any) []string {
	var found []string
	seen := map[string]bool{}
	for _, manifest := range manifests {
		metadata := manifest["metadata"].(map[string]any)
		name, _ := metadata["name"].(string)
		namespace, _ := metadata["namespace"].(string)
		id := fmt.Sprint(manifest["kind"], " ", namespace, "/", name)
		if seen[id] {
			found = append(found, id+": is there twice")
		}
		seen[id] = true
		if !objectName.MatchString(name) || len(name) > 253 ||
			namespace != "" && (!objectName.MatchString(namespace) || len(namespace) > 63 || strings.Contains(namespace, ".")) {
			found = append(found, id+": is no name")
		}
		labels, _ := metadata["labels"].(map[string]string)
		for key, value := range labels {
			if !isQualified(key) || value != "" && !labelName.MatchString(value) {
				found = append(found, fmt.Sprintf("%s: label %q: %q", id, key, value))
			}
		}
		annotations, _ := metadata["annotations"].(map[string]string)
		for key := range annotations {
			if !isQualified(key) {
				found = append(found, fmt.Sprintf("%s: annotation %q", id, key))
			}
		}
	}
	return found
}

func isQualified(key string) bool {
	prefix, name, ok := strings.Cut(key, "/")
	if !ok {
		return labelName.MatchString(key)
	}
	return labelName.MatchString(name) && objectName.MatchString(prefix) && len(prefix) <= 253
}

// releaseCache has the charts, because compiling their CRDs is slow.
type releaseCache struct{ byChart sync.Map }

func (c *releaseCache) of(version semver.Version) *chart.Release {
	version.Pre, version.Build = nil, nil
	release, _ := c.byChart.LoadOrStore(version.String(), chart.For(version))
	return release.(*chart.Release)
}

// pool has the known stack files, including those that must load, and their values by the name of the member.
type pool struct {
	files  [][]byte
	valid  [][]byte
	values map[string][]any
	names  []string
}

func newPool(tb testing.TB) *pool {
	tb.Helper()
	p := &pool{values: map[string][]any{"": oddities()}}
	paths, err := filepath.Glob("../internal/config/testdata/*valid/*.yaml")
	require.NoError(tb, err)
	require.NotEmpty(tb, paths)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(tb, err)
		p.files = append(p.files, content)
		if filepath.Base(filepath.Dir(path)) == "valid" {
			p.valid = append(p.valid, content)
		}
		var file map[string]any
		require.NoError(tb, yaml.Unmarshal(content, &file))
		p.collect(file["config"])
	}
	p.names = slices.Sorted(maps.Keys(p.values))
	return p
}

// oddities are unusual values.
func oddities() []any {
	return []any{
		nil, true, 0, -1, 1.5, "", " ", "*", "x", "X", "-", ".", "..", "a/b", "{{ .x }}", "{{ . | upper }}", "{{", "${x}",
		"0s", "1h", "arn:aws:iam::111122223333:role/x", strings.Repeat("a", 64), strings.Repeat("a", 254), "é", "\x00",
		[]any{},
		map[string]any{},
		[]any{nil},
		map[string]any{"": ""},
	}
}

func (p *pool) collect(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			p.values[name] = append(p.values[name], v[name])
			p.collect(v[name])
		}
	case []any:
		for _, entry := range v {
			p.collect(entry)
		}
	}
}

// graft returns a file with some values replaced, removed or added.
func (p *pool) graft(content []byte, random *rand.Rand) []byte {
	var file map[string]any
	if yaml.Unmarshal(content, &file) != nil {
		return content
	}
	config, ok := file["config"].(map[string]any)
	if !ok {
		return content
	}
	for range 1 + random.IntN(4) {
		p.change(config, random)
	}
	changed, err := yaml.Marshal(file)
	if err != nil {
		return content
	}
	return changed
}

// change changes one member of an object or of its descendants.
func (p *pool) change(object map[string]any, random *rand.Rand) {
	names := slices.Sorted(maps.Keys(object))
	if len(names) == 0 {
		names = []string{"x"}
	}
	name := names[random.IntN(len(names))]
	below := object[name]
	if list, ok := below.([]any); ok && len(list) > 0 {
		below = list[random.IntN(len(list))]
	}
	if below, ok := below.(map[string]any); ok && random.IntN(8) > 0 {
		p.change(below, random)
		return
	}
	switch random.IntN(8) {
	case 0:
		delete(object, name)
	case 1:
		other := p.names[random.IntN(len(p.names))]
		object[other] = p.pick(other, random)
	case 2:
		object[name] = p.pick("", random)
	case 3:
		object[name] = p.pick(p.names[random.IntN(len(p.names))], random)
	case 4:
		object[fmt.Sprint(name, p.pick("", random))] = object[name]
	default:
		object[name] = p.pick(name, random)
	}
}

// pick returns one of the values of the members with that name.
func (p *pool) pick(name string, random *rand.Rand) any {
	values := p.values[name]
	if len(values) == 0 {
		values = p.values[""]
	}
	return copied(values[random.IntN(len(values))])
}

// copied returns a deep copy of a value.
func copied(value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := map[string]any{}
		for name, member := range v {
			m[name] = copied(member)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, entry := range v {
			list[i] = copied(entry)
		}
		return list
	default:
		return value
	}
}
