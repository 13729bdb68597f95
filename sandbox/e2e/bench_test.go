package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// BenchmarkUp compares an up that adds a hundred secrets with kubectl, which applies the same hundred
// manifests and waits for them in the same cluster. Only the ratio is meaningful, because one machine runs
// everything.
func BenchmarkUp(b *testing.B) {
	takeFree(b)
	const secretsAdded = 100
	for b.Loop() {
		up, applied := benchmark(b, secretsAdded)
		b.ReportMetric(up.Seconds(), "up-s")
		b.ReportMetric(applied.Seconds(), "kubectl-s")
		b.ReportMetric(up.Seconds()/applied.Seconds(), "up/kubectl")
	}
}

func benchmark(b *testing.B, n int) (up, applied time.Duration) {
	must(b, own(b).AWS().PutSecret(region, "zio-lucene/datadog-api-key", "dummy"))
	s := newStack(b, nil)
	s.up(b)
	s.edit(b, func(c config) {
		for i := range n {
			secretsOf(c)[fmt.Sprintf("bench-%03d", i)] = secret("key", "zio-lucene/datadog-api-key")
		}
	})
	started := time.Now()
	s.up(b)
	up = time.Since(started)

	manifests := filepath.Join(b.TempDir(), "manifests.yaml")
	must(b, os.WriteFile(manifests, s.manifests(b, "bench-", "kubectl-"), 0o600))
	started = time.Now()
	kubectl(b, "apply", "--server-side", "--filename", manifests)
	kubectl(b, "wait", "--for=condition=Ready", "--timeout=5m", "--filename", manifests)
	applied = time.Since(started)
	kubectl(b, "delete", "--filename", manifests)
	return up, applied
}

// manifests returns the stack's ExternalSecrets with the name prefix, with another prefix.
func (s *stack) manifests(tb testing.TB, prefix, other string) []byte {
	tb.Helper()
	var documents []string
	for _, r := range s.resources(tb) {
		metadata, _ := r.Inputs["metadata"].(map[string]any)
		name, _ := metadata["name"].(string)
		if !strings.HasSuffix(r.Type, ":ExternalSecret") || !strings.HasPrefix(name, prefix) {
			continue
		}
		renamed := other + strings.TrimPrefix(name, prefix)
		spec := r.Inputs["spec"].(map[string]any)
		spec["target"].(map[string]any)["name"] = renamed
		document, err := yaml.Marshal(object{
			"apiVersion": r.Inputs["apiVersion"], "kind": r.Inputs["kind"], "spec": spec,
			"metadata": object{"name": renamed, "namespace": metadata["namespace"]},
		})
		must(tb, err)
		documents = append(documents, string(document))
	}
	return []byte(strings.Join(documents, "---\n"))
}
