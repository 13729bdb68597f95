package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"eso-aws/sandbox/build"
)

// Project is a Pulumi project that runs a checkout's program in a sandbox: a Pulumi.yaml with the checkout
// as its main, and the checkout's stack files with an overlay of connection settings. Pulumi has no
// overlays, and it writes to stack files: the project keeps the checkout unchanged.
type Project struct {
	Dir      string // holds the project, Pulumi's home and its state
	Checkout string // the program's folder
	Overlay  Overlay
	AWS      Access
	Program  string // a prebuilt binary of the program; if empty, each run builds it
}

// Overlay holds the program's settings that depend on the sandbox, by config key.
type Overlay map[string]any

// Overlay returns this sandbox's connection settings for a stack that uses an AWS emulator. See
// [Overlay.For] for other stacks.
func (s *Sandbox) Overlay() Overlay {
	return Overlay{
		"eso-aws:kubeconfig":  s.Kubeconfig(),
		"eso-aws:kubeContext": "sandbox",
		"eso-aws:endpoint":    s.Endpoint(),
		"eso-aws:chart":       s.opts.Binaries.Chart,
		// The API server calls webhooks at a Service's address, but the cluster has no network.
		"eso-aws:chartValues": map[string]any{
			"webhook":        map[string]any{"create": false},
			"certController": map[string]any{"create": false},
		},
	}
}

// YAML returns the overlay in the format of a stack file.
func (o Overlay) YAML() (string, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(map[string]any(o)); err != nil {
		return "", fmt.Errorf("encoding the overlay: %w", err)
	}
	return text.String(), nil
}

// Write generates the project. It rewrites a file only if its source has changed, so it can be called often,
// and what `pulumi config set` writes stays until then.
func (p Project) Write() error {
	project, err := readYAML(filepath.Join(p.Checkout, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	main, err := filepath.Rel(p.path(), p.Checkout)
	if err != nil {
		return fmt.Errorf("finding the relative path from %q to the program: %w", p.path(), err)
	}
	project["main"] = main
	if p.Program != "" {
		project["runtime"] = map[string]any{"name": "go", "options": map[string]any{"binary": p.Program}}
	}
	if err := p.write("Pulumi.yaml", project); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(p.Checkout, "Pulumi.*.yaml"))
	if err != nil {
		return fmt.Errorf("finding stack files: %w", err)
	}
	var problems []error
	for _, file := range files { // an invalid file does not affect the others
		problems = append(problems, p.writeStack(file))
	}
	return errors.Join(problems...)
}

func (p Project) writeStack(file string) error {
	stack, err := readYAML(file)
	if err != nil {
		return err
	}
	name := filepath.Base(file)
	config, _ := stack["config"].(map[string]any)
	stack["config"] = merge(config, p.Overlay.For(config))
	if _, ok := stack["encryptionsalt"]; !ok {
		before, err := readYAML(filepath.Join(p.path(), name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if salt, ok := before["encryptionsalt"]; ok {
			// The CLI generated the salt and needs it to decrypt. It is appended to the file, but not
			// part of the comparison.
			return p.write(name, stack, "encryptionsalt: "+fmt.Sprint(salt)+"\n")
		}
	}
	return p.write(name, stack)
}

// write writes one file of the project, unless its content is what was written last.
func (p Project) write(name string, content map[string]any, more ...string) error {
	var text bytes.Buffer
	fmt.Fprintf(&text,
		"# Generated for the sandbox from the checkout's %s. Edit that file; this one follows it.\n", name)
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(content); err != nil {
		return fmt.Errorf("encoding %q: %w", name, err)
	}
	source, generated := filepath.Join(p.Dir, "sources", name), filepath.Join(p.path(), name)
	_, gone := os.Stat(generated) // pulumi stack rm deletes it
	if last, err := os.ReadFile(source); gone == nil && err == nil && bytes.Equal(last, text.Bytes()) {
		return nil
	}
	whole := text.String() + strings.Join(more, "")
	if err := replaceFile(generated, whole); err != nil {
		return err
	}
	return replaceFile(source, text.String())
}

// replaceFile replaces a file atomically, because pulumi may be reading it.
func replaceFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("creating the project's folder: %w", err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return os.Rename(path+".new", path)
}

// merge returns a with the values of b. It merges maps key by key and replaces all other values.
func merge(a, b map[string]any) map[string]any {
	merged := maps.Clone(a)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range b {
		under, ok := merged[key].(map[string]any)
		over, ok2 := value.(map[string]any)
		if ok && ok2 {
			value = merge(under, over)
		}
		merged[key] = value
	}
	return merged
}

func readYAML(path string) (map[string]any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var content map[string]any
	if err := yaml.Unmarshal(data, &content); err != nil {
		return nil, fmt.Errorf("reading %q: %w", path, err)
	}
	if content == nil {
		return nil, fmt.Errorf("reading %q: the file is empty; write its settings", path)
	}
	return content, nil
}

// Install installs the executables: into "bin" for the user's PATH, and into a private home for Pulumi's
// plugins.
func (p Project) Install(b build.Binaries) error {
	bin := filepath.Join(p.Dir, "bin")
	links := map[string]string{
		filepath.Join(bin, "kubectl"): b.Kubernetes,
		filepath.Join(p.home(), "plugins", "resource-kubernetes-v"+build.ProviderVersion,
			"pulumi-resource-kubernetes"): b.Provider,
		filepath.Join(p.home(), "plugins", "resource-aws-v"+build.AWSProviderVersion,
			"pulumi-resource-aws"): b.AWSProvider,
	}
	links[filepath.Join(bin, "pulumi")] = b.Pulumi
	for link, target := range links {
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return fmt.Errorf("creating the folder of %q: %w", link, err)
		}
		_ = os.Remove(link)
		if err := os.Symlink(target, link); err != nil {
			return fmt.Errorf("linking an executable: %w", err)
		}
	}
	if b.LanguageHost != "" {
		// The CLI looks for its language host beside its resolved path.
		for name, path := range map[string]string{"pulumi": b.Pulumi, "pulumi-language-go": b.LanguageHost} {
			if err := place(path, filepath.Join(bin, name)); err != nil {
				return err
			}
		}
	}
	return errors.Join(os.MkdirAll(p.state(), 0o700), os.MkdirAll(p.temporary(), 0o700))
}

// place creates a hard link to a file or, across file systems, a copy of it.
func place(file, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing %q: %w", path, err)
	}
	if os.Link(file, path) == nil {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("copying an executable: %w", err)
	}
	return os.WriteFile(path, data, 0o755) //nolint:gosec // an executable
}

// Pulumi returns the path of the CLI.
func (p Project) Pulumi() string { return filepath.Join(p.Dir, "bin", "pulumi") }

// Environ returns the environment for a process that runs Pulumi on the project: this process's without
// what is [Foreign], and with Env.
func (p Project) Environ(passphrase string) []string {
	foreign := Foreign(os.Environ())
	kept := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(foreign, name)
	})
	// The Kubernetes provider leaves kubeconfigs in the temporary folder.
	return append(append(kept, p.Env(passphrase)...), "TMPDIR="+p.temporary())
}

// Env returns the variables for running Pulumi on the project, as KEY=value, in an environment without what
// is [Foreign]. PATH is this process's, preceded by the project's executables.
func (p Project) Env(passphrase string) []string {
	return append([]string{
		"PATH=" + strings.Join([]string{filepath.Join(p.Dir, "bin"), os.Getenv("PATH")}, string(os.PathListSeparator)),
		"PULUMI_HOME=" + p.home(),
		// Without metadata: a pulumi that is killed while it writes the metadata of a state leaves an empty file,
		// and every later command fails with "failed to load checkpoint: EOF".
		"PULUMI_BACKEND_URL=file://" + p.state() + "?metadata=skip",
		"PULUMI_CONFIG_PASSPHRASE=" + passphrase,
		"PULUMI_OPTION_CWD=" + p.path(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_SUPPRESS_NEO_LINK=true", // a link to Pulumi Cloud, which this stack does not use
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"CGO_ENABLED=0", // to reuse the build cache
		"GOWORK=off",
	}, p.AWS.Env()...)
}

func (p Project) path() string      { return filepath.Join(p.Dir, "project") }
func (p Project) home() string      { return filepath.Join(p.Dir, "pulumi", "home") }
func (p Project) temporary() string { return filepath.Join(p.Dir, "pulumi", "tmp") }
func (p Project) state() string     { return filepath.Join(p.Dir, "pulumi", "state") }
