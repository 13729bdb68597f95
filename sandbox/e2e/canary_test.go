package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoSecretInStateOrLogs looks for random values where they must not be.
func TestNoSecretInStateOrLogs(t *testing.T) {
	take(t)
	value, rotated := rand.Text(), rand.Text()
	store(t, "zio-lucene/datadog-api-key", value)
	kubeconfig, err := os.ReadFile(own(t).Kubeconfig())
	must(t, err)
	s := newStack(t, nil)
	delete(s.project.Overlay, "eso-aws:kubeconfig")
	s.edit(t, func(c config) { c["eso-aws:refreshInterval"] = "2s" })
	s.setSecret(t, "kubeconfig", string(kubeconfig)) // its content, so that it gets into the state
	s.setSecret(t, "accessKeyId", env.canary.AccessKeyID)
	s.setSecret(t, "secretAccessKey", env.canary.SecretAccessKey)
	s.must(t, "preview", "--diff")
	s.must(t, up("--diff")...)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": value}))
	store(t, "zio-lucene/datadog-api-key", rotated)
	eventually(t, func() error { return holds(t, "datadog-api-key", map[string]string{"api-key": rotated}) })
	s.must(t, "refresh", "--yes", "--diff")
	exported := s.must(t, "stack", "export")
	if !strings.Contains(exported, "localstack-credentials") {
		t.Fatal("the exported state is not this stack's")
	}

	texts := map[string]string{"what pulumi printed": s.output.String()}
	for _, dir := range []string{
		filepath.Join(s.project.Dir, "pulumi", "state"),
		filepath.Join(own(t).dir, "logs"), filepath.Join(own(t).dir, "node"),
	} {
		readAll(t, dir, texts)
	}
	canaries := map[string]string{
		"the secret's value": value, "the rotated value": rotated, "the access key": env.canary.AccessKeyID,
		"the secret access key": env.canary.SecretAccessKey, "the kubeconfig's token": own(t).Token(),
	}
	for where, text := range texts {
		for what, canary := range canaries {
			if strings.Contains(text, canary) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(canary))) {
				t.Errorf("%s is in %s", what, where)
			}
		}
	}
}

// setSecret stores an encrypted value in the stack's config, from standard input.
func (s *stack) setSecret(t testing.TB, key, value string) {
	t.Helper()
	cmd := s.command(t.Context(), "config", "set", "--secret", key)
	cmd.Stdin = strings.NewReader(value)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pulumi config set --secret %s: %v\n%s", key, err, out)
	}
}

// readAll adds the files below a folder.
func readAll(t *testing.T, dir string, into map[string]string) {
	t.Helper()
	files := 0
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		into[path] = string(data)
		files++
		return err
	}))
	if files == 0 {
		t.Fatalf("%q holds no file to look into", dir)
	}
}
