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

// Project is a Pulumi project that runs a checkout's program in a sandbox: a Pulumi.yaml whose main is
// the checkout, and the checkout's stack files with an overlay of connection facts. Pulumi has no
// overlays of its own, and it writes into stack files; the checkout stays as it is.
type Project struct {
	Dir      string // holds the project, Pulumi's home and its state
	Checkout string // the program's folder
	Overlay  Overlay
	AWS      Access
	Program  string // a prebuilt binary of the program; empty means that each run builds it
}

// Overlay is what only the sandbox knows: config keys of the program and their values.
type Overlay map[string]any

// Overlay returns the connection facts of this sandbox for a stack beside an AWS emulator; see
// [Overlay.For].
func (s *Sandbox) Overlay() Overlay {
	return Overlay{
		"eso-aws:kubeconfig":  s.Kubeconfig(),
		"eso-aws:kubeContext": "sandbox",
		"eso-aws:endpoint":    s.Endpoint(),
		"eso-aws:chart":       s.opts.Binaries.Chart,
		// A webhook is called at a Service's address, and there is no network to reach it by.
		"eso-aws:chartValues": map[string]any{
			"webhook":        map[string]any{"create": false},
			"certController": map[string]any{"create": false},
		},
	}
}

// YAML is the overlay as it stands in a stack file.
func (o Overlay) YAML() (string, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(map[string]any(o)); err != nil {
		return "", fmt.Errorf("encoding the overlay: %w", err)
	}
	return text.String(), nil
}

// Write generates the project, each file anew only when what it is made from has changed: so it may be
// called as often as the checkout may change, and what `pulumi config set` writes stays until then.
func (p Project) Write() error {
	project, err := readYAML(filepath.Join(p.Checkout, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	main, err := filepath.Rel(p.path(), p.Checkout)
	if err != nil {
		return fmt.Errorf("the way from %q to the program: %w", p.path(), err)
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
		return fmt.Errorf("looking for stack files: %w", err)
	}
	var problems []error
	for _, file := range files { // one that is broken keeps no other from being written
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
			// The CLI has made it, and what it has encrypted needs it. It is laid over what is written,
			// and not part of what is compared.
			return p.write(name, stack, "encryptionsalt: "+fmt.Sprint(salt)+"\n")
		}
	}
	return p.write(name, stack)
}

// write writes one file of the project, where its content is not what it was last made from.
func (p Project) write(name string, content map[string]any, more ...string) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "# Generated from the checkout's %s for the sandbox; edit that file, this one follows.\n", name)
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

// replaceFile writes a file whole or not at all, for a pulumi that reads it now.
func replaceFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the project's folder: %w", err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return os.Rename(path+".new", path)
}

// merge returns a with b laid over it; maps merge key by key, all else is replaced.
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
	return content, nil
}

// Install lays out the executables: "bin" for the user's PATH, and a private home for Pulumi's plugins.
// Nothing of it is found on a PATH by accident.
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
			return fmt.Errorf("making the folder of %q: %w", link, err)
		}
		_ = os.Remove(link)
		if err := os.Symlink(target, link); err != nil {
			return fmt.Errorf("linking an executable: %w", err)
		}
	}
	if b.LanguageHost != "" {
		// The CLI looks for its language host beside the file that it really is.
		for name, path := range map[string]string{"pulumi": b.Pulumi, "pulumi-language-go": b.LanguageHost} {
			if err := place(path, filepath.Join(bin, name)); err != nil {
				return err
			}
		}
	}
	return errors.Join(os.MkdirAll(p.state(), 0o700), os.MkdirAll(p.temporary(), 0o700))
}

// place makes path another name of a file or, across file systems, a copy of it.
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

// Pulumi is the path of the CLI.
func (p Project) Pulumi() string { return filepath.Join(p.Dir, "bin", "pulumi") }

// Environ is the environment of a process that runs Pulumi on the project: this process's with Env over
// it, and without what it has of another AWS.
func (p Project) Environ(passphrase string) []string {
	foreign := Foreign(os.Environ())
	kept := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(foreign, name)
	})
	// The Kubernetes provider leaves kubeconfigs in the folder for temporary files.
	return append(append(kept, p.Env(passphrase)...), "TMPDIR="+p.temporary())
}

// Env is what runs Pulumi on the project, as KEY=value, in an environment without what is [Foreign].
// PATH is that of this process with the project's executables first.
func (p Project) Env(passphrase string) []string {
	return append([]string{
		"PATH=" + strings.Join([]string{filepath.Join(p.Dir, "bin"), os.Getenv("PATH")}, string(os.PathListSeparator)),
		"PULUMI_HOME=" + p.home(),
		"PULUMI_BACKEND_URL=file://" + p.state(),
		"PULUMI_CONFIG_PASSPHRASE=" + passphrase,
		"PULUMI_OPTION_CWD=" + p.path(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_SUPPRESS_NEO_LINK=true", // it points to Pulumi Cloud, where this stack is not
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"CGO_ENABLED=0", // what the program is built of is then what was built before
		"GOWORK=off",
	}, p.AWS.Env()...)
}

func (p Project) path() string      { return filepath.Join(p.Dir, "project") }
func (p Project) home() string      { return filepath.Join(p.Dir, "pulumi", "home") }
func (p Project) temporary() string { return filepath.Join(p.Dir, "pulumi", "tmp") }
func (p Project) state() string     { return filepath.Join(p.Dir, "pulumi", "state") }
