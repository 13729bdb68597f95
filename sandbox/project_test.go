package sandbox_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"eso-aws/sandbox"
	"eso-aws/sandbox/build"
)

const (
	projectFile = "name: eso-aws\nruntime: go\nconfig:\n  target: {type: string}\n"
	stackFile   = `# A comment.
config:
  eso-aws:target: local
  eso-aws:endpoint: http://host.k3d.internal:4566
  eso-aws:chartValues:
    webhook: {port: 9443, create: true}
    replicaCount: 2
`
)

// newProject is a project of a checkout with two stacks.
func newProject(t *testing.T) sandbox.Project {
	t.Helper()
	p := sandbox.Project{
		Dir: filepath.Join(t.TempDir(), "sandbox"), Checkout: filepath.Join(t.TempDir(), "checkout"),
		Overlay: sandbox.Overlay{
			"eso-aws:endpoint":    "http://127.0.0.1:1",
			"eso-aws:chartValues": map[string]any{"webhook": map[string]any{"create": false}},
		},
	}
	write(t, projectFile, p.Checkout, "Pulumi.yaml")
	write(t, stackFile, p.Checkout, "Pulumi.local.yaml")
	write(t, "secretsprovider: passphrase\n", p.Checkout, "Pulumi.bare.yaml")
	return p
}

func write(t *testing.T, content string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// files returns the content of every file below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	content := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			content[strings.TrimPrefix(path, dir+"/")] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// generated decodes a generated file.
func generated(t *testing.T, p sandbox.Project, name string) (content map[string]any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, p.Dir, "project", name)), &content); err != nil {
		t.Fatal(err)
	}
	return content
}

func TestWrite(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	before := files(t, p.Checkout)
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"name": "eso-aws", "runtime": "go", "main": "../../../002/checkout",
		"config": map[string]any{"target": map[string]any{"type": "string"}},
	}
	if diff := cmp.Diff(want, generated(t, p, "Pulumi.yaml")); diff != "" {
		t.Errorf("Pulumi.yaml (-want +got):\n%s", diff)
	}
	main := filepath.Join(p.Dir, "project", "../../../002/checkout")
	if got, err := filepath.EvalSymlinks(main); err != nil || !sameFile(t, got, p.Checkout) {
		t.Errorf("main is %q (%v), want %q", got, err, p.Checkout)
	}
	want = map[string]any{"config": map[string]any{
		"eso-aws:target":   "local",
		"eso-aws:endpoint": "http://127.0.0.1:1",
		"eso-aws:chartValues": map[string]any{
			"webhook": map[string]any{"port": 9443, "create": false}, "replicaCount": 2,
		},
	}}
	if diff := cmp.Diff(want, generated(t, p, "Pulumi.local.yaml")); diff != "" {
		t.Errorf("Pulumi.local.yaml (-want +got):\n%s", diff)
	}
	want = map[string]any{"secretsprovider": "passphrase", "config": map[string]any(p.Overlay)}
	if diff := cmp.Diff(want, generated(t, p, "Pulumi.bare.yaml")); diff != "" {
		t.Errorf("Pulumi.bare.yaml (-want +got):\n%s", diff)
	}
	if got := len(files(t, filepath.Join(p.Dir, "project"))); got != 3 {
		t.Errorf("there are %d files, want 3", got)
	}
	if diff := cmp.Diff(before, files(t, p.Checkout)); diff != "" {
		t.Errorf("the checkout (-before +after):\n%s", diff)
	}
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	first, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	return os.SameFile(first, second)
}

func TestWriteOfAPrebuiltProgram(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.Program = "/opt/program"
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "go", "options": map[string]any{"binary": "/opt/program"}}
	if diff := cmp.Diff(want, generated(t, p, "Pulumi.yaml")["runtime"]); diff != "" {
		t.Errorf("the runtime (-want +got):\n%s", diff)
	}
}

func TestWriteAgain(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(p.Dir, "project")
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name := range files(t, project) {
		if err := os.Chtimes(filepath.Join(project, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	// What the CLI has written stays as long as the checkout's file is the same.
	local := filepath.Join(project, "Pulumi.local.yaml")
	set := "encryptionsalt: v1:abc\n" + strings.Replace(read(t, local), "target: local", "target: other", 1)
	write(t, set, local)
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(set, read(t, local)); diff != "" {
		t.Errorf("with the checkout unchanged, Pulumi.local.yaml (-before +after):\n%s", diff)
	}
	// With an edited one, the salt stays alone: what was encrypted needs it.
	for _, replicas := range []int{3, 4} {
		edited := strings.Replace(stackFile, "replicaCount: 2", fmt.Sprint("replicaCount: ", replicas), 1)
		write(t, edited, p.Checkout, "Pulumi.local.yaml")
		if err := p.Write(); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"encryptionsalt": "v1:abc", "config": map[string]any{
			"eso-aws:target":   "local",
			"eso-aws:endpoint": "http://127.0.0.1:1",
			"eso-aws:chartValues": map[string]any{
				"webhook": map[string]any{"port": 9443, "create": false}, "replicaCount": replicas,
			},
		}}
		if diff := cmp.Diff(want, generated(t, p, "Pulumi.local.yaml")); diff != "" {
			t.Errorf("Pulumi.local.yaml (-want +got):\n%s", diff)
		}
	}
	for _, name := range []string{"Pulumi.yaml", "Pulumi.bare.yaml"} {
		info, err := os.Stat(filepath.Join(project, name))
		if err != nil || !info.ModTime().Equal(old) {
			t.Errorf("%s has not changed and was written at %s (%v)", name, info.ModTime(), err)
		}
	}
}

// pulumi stack rm deletes the stack's file.
func TestWriteOfADeletedFile(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	before := files(t, p.Dir)
	remove(t, p.Dir, "project/Pulumi.local.yaml")
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, files(t, p.Dir)); diff != "" {
		t.Errorf("the project (-before +after):\n%s", diff)
	}
}

// A checkout's own salt is the one that counts.
func TestWriteOfACheckoutWithASalt(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	write(t, "encryptionsalt: v1:checkout\n", p.Checkout, "Pulumi.local.yaml")
	write(t, "encryptionsalt: v1:generated\n", p.Dir, "project/Pulumi.local.yaml")
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"encryptionsalt": "v1:checkout", "config": map[string]any(p.Overlay)}
	if diff := cmp.Diff(want, generated(t, p, "Pulumi.local.yaml")); diff != "" {
		t.Errorf("Pulumi.local.yaml (-want +got):\n%s", diff)
	}
}

// Editors empty a file before they write it: the project keeps the last file that could be read.
func TestWriteOfAnEmptyFile(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if err := p.Write(); err != nil {
		t.Fatal(err)
	}
	before := files(t, p.Dir)
	for _, name := range []string{"Pulumi.local.yaml", "Pulumi.yaml"} {
		for _, content := range []string{"", "# being edited\n", "text"} {
			was, err := os.ReadFile(filepath.Join(p.Checkout, name))
			if err != nil {
				t.Fatal(err)
			}
			write(t, content, p.Checkout, name)
			if err := p.Write(); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s with %q: got %v, want an error that names it", name, content, err)
			}
			if diff := cmp.Diff(before, files(t, p.Dir)); diff != "" {
				t.Errorf("%s with %q: the project (-before +after):\n%s", name, content, diff)
			}
			write(t, string(was), p.Checkout, name)
		}
	}
}

func TestWriteFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T, sandbox.Project){
		"Pulumi.yaml":       func(t *testing.T, p sandbox.Project) { t.Helper(); remove(t, p.Checkout, "Pulumi.yaml") },
		"Pulumi.local.yaml": func(t *testing.T, p sandbox.Project) { t.Helper(); write(t, "a: [", p.Checkout, "Pulumi.local.yaml") },
		"project/Pulumi.bare.yaml": func(t *testing.T, p sandbox.Project) {
			t.Helper()
			write(t, "a: [", p.Dir, "project/Pulumi.bare.yaml")
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			spoil(t, p)
			if err := p.Write(); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want an error that names %q", err, name)
			}
		})
	}
}

// A file that is being edited keeps no other stack from being deployed.
func TestWriteBesideABrokenFile(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	write(t, "config: [", p.Checkout, "Pulumi.a.yaml")
	write(t, "config: [", p.Checkout, "Pulumi.z.yaml")
	err := p.Write()
	for _, name := range []string{"Pulumi.a.yaml", "Pulumi.z.yaml"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want an error that names %s", err, name)
		}
	}
	want := []string{"Pulumi.bare.yaml", "Pulumi.local.yaml", "Pulumi.yaml"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(files(t, filepath.Join(p.Dir, "project"))))); diff != "" {
		t.Errorf("the project's files (-want +got):\n%s", diff)
	}
}

func remove(t *testing.T, path ...string) {
	t.Helper()
	if err := os.Remove(filepath.Join(path...)); err != nil {
		t.Fatal(err)
	}
}

func TestOverlayYAML(t *testing.T) {
	t.Parallel()
	got, err := newProject(t).Overlay.YAML()
	want := "eso-aws:chartValues:\n  webhook:\n    create: false\neso-aws:endpoint: http://127.0.0.1:1\n"
	if err != nil || got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

// binaries are scripts that print what they are and by which name they were called.
func binaries(t *testing.T, languageHost string) build.Binaries {
	t.Helper()
	dir := t.TempDir()
	b := build.Binaries{
		Kubernetes: dir + "/kubernetes", Pulumi: dir + "/real/pulumi", Provider: dir + "/provider",
		AWSProvider: dir + "/aws-provider", LanguageHost: languageHost,
	}
	for _, path := range []string{b.Kubernetes, b.Pulumi, b.Provider, b.AWSProvider, languageHost} {
		if path != "" {
			write(t, path, path)
		}
	}
	return b
}

func TestInstall(t *testing.T) {
	t.Parallel()
	for name, host := range map[string]string{
		"StandIn": filepath.Join(t.TempDir(), "other", "pulumi-language-go"), "Official": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, b := newProject(t), binaries(t, host)
			for range 2 { // a second time replaces what there is
				if err := p.Install(b); err != nil {
					t.Fatal(err)
				}
			}
			want := map[string]string{
				"bin/kubectl": b.Kubernetes, "bin/pulumi": b.Pulumi,
				"pulumi/home/plugins/resource-kubernetes-v4.25.0/pulumi-resource-kubernetes": b.Provider,
				"pulumi/home/plugins/resource-aws-v6.83.2/pulumi-resource-aws":               b.AWSProvider,
			}
			if host != "" {
				want["bin/pulumi-language-go"] = host
			}
			if diff := cmp.Diff(want, files(t, p.Dir)); diff != "" {
				t.Errorf("what is installed (-want +got):\n%s", diff)
			}
			// The CLI looks for its language host beside its resolved path.
			executable, err := filepath.EvalSymlinks(p.Pulumi())
			if err != nil {
				t.Fatal(err)
			}
			beside := filepath.Join(filepath.Dir(executable), "pulumi-language-go")
			if host != "" && !sameFile(t, beside, host) || host == "" && executable != b.Pulumi {
				t.Errorf("the CLI is really %q", executable)
			}
			if info, err := os.Stat(filepath.Join(p.Dir, "pulumi/state")); err != nil || !info.IsDir() {
				t.Errorf("the folder of the state: %v", err)
			}
		})
	}
}

// A newer build replaces the links of an older one, and leaves the older one's files as they are.
func TestInstallOfANewerBuild(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	older := binaries(t, filepath.Join(t.TempDir(), "pulumi-language-go"))
	newer := binaries(t, filepath.Join(t.TempDir(), "pulumi-language-go"))
	for _, b := range []build.Binaries{older, newer} {
		if err := p.Install(b); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, p.Pulumi()); got != newer.Pulumi {
		t.Errorf("pulumi is %q, want %q", got, newer.Pulumi)
	}
	if got := read(t, older.Pulumi); got != older.Pulumi {
		t.Errorf("the older build's pulumi is now %q", got)
	}
}

func TestEnv(t *testing.T) {
	t.Setenv("PATH", "/bin:/sbin")
	p := sandbox.Project{Dir: "/box", Checkout: "/checkout", AWS: sandbox.Access{
		Endpoint: "http://127.0.0.1:1", AccessKeyID: "key", SecretAccessKey: "secret",
	}}
	want := []string{
		"PATH=/box/bin:/bin:/sbin",
		"PULUMI_HOME=/box/pulumi/home",
		"PULUMI_BACKEND_URL=file:///box/pulumi/state?metadata=skip",
		"PULUMI_CONFIG_PASSPHRASE=open sesame",
		"PULUMI_OPTION_CWD=/box/project",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_SUPPRESS_NEO_LINK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"CGO_ENABLED=0",
		"GOWORK=off",
		"AWS_ENDPOINT_URL=http://127.0.0.1:1",
		"AWS_ACCESS_KEY_ID=key",
		"AWS_SECRET_ACCESS_KEY=secret",
		"AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_EC2_METADATA_DISABLED=true",
	}
	if diff := cmp.Diff(want, p.Env("open sesame")); diff != "" {
		t.Errorf("the environment (-want +got):\n%s", diff)
	}

	// What runs Pulumi has the rest of this process's environment, and nothing of the user's AWS.
	for _, name := range []string{"AWS_PROFILE", "AWS_ENDPOINT_URL_STS", "AWS_SESSION_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		t.Setenv(name, "of-the-user")
	}
	t.Setenv("OTHER", "kept")
	got := map[string]string{}
	for _, variable := range p.Environ("open sesame") {
		name, value, _ := strings.Cut(variable, "=")
		got[name] = value
	}
	if got["OTHER"] != "kept" || got["HOME"] != os.Getenv("HOME") || got["PATH"] != "/box/bin:/bin:/sbin" {
		t.Errorf("the environment of Pulumi is %q", got)
	}
	aws := map[string]string{}
	for name, value := range got {
		if strings.HasPrefix(name, "AWS_") || strings.Contains(name, "PASSPHRASE") {
			aws[name] = value
		}
	}
	wantAWS := map[string]string{
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
		"PULUMI_CONFIG_PASSPHRASE": "open sesame",
	}
	if diff := cmp.Diff(wantAWS, aws); diff != "" {
		t.Errorf("what Pulumi knows of AWS (-want +got):\n%s", diff)
	}
}
