package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// official finds the Pulumi CLI and provider plugin that the user has installed, or downloads them if
// o.Fetch is set. The result maps names of executables to their paths.
func official(ctx context.Context, o *Options) (map[string]string, error) {
	found := map[string]string{}
	cli := o.installedCLI(ctx)
	if cli == "" && o.Fetch {
		var err error
		if cli, err = o.fetchCLI(ctx); err != nil {
			return nil, err
		}
	}
	if cli != "" {
		found["pulumi"], found["pulumi-language-go"] = cli, "" // an official CLI brings its language hosts
		o.Report(Event{Kind: Using, What: "the official Pulumi CLI, " + cli})
	}
	provider := o.installedProvider()
	if provider == "" && o.Fetch && cli != "" {
		var err error
		if provider, err = o.fetchProvider(ctx, cli); err != nil {
			return nil, err
		}
	}
	if provider != "" {
		found["pulumi-resource-kubernetes"] = provider
		o.Report(Event{Kind: Using, What: "the official provider plugin, " + provider})
	}
	return found, nil
}

// installedCLI returns the path of an official CLI on PATH that is not older than the SDK and has the
// language host for Go beside it, or "".
func (o *Options) installedCLI(ctx context.Context) string {
	path, err := exec.LookPath("pulumi")
	if err != nil {
		return ""
	}
	if path, err = filepath.EvalSymlinks(path); err != nil || o.own(path) {
		return ""
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "pulumi-language-go")); err != nil {
		return ""
	}
	out, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil || !fits(strings.TrimSpace(string(out)), PulumiVersion) {
		return ""
	}
	return path
}

// own reports whether this package built the executable, in the cache or linked from elsewhere.
func (o *Options) own(path string) bool {
	for _, folder := range []string{o.Cache, o.Placed} {
		resolved, err := filepath.EvalSymlinks(folder)
		if err == nil && strings.HasPrefix(path, resolved+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// fits reports whether a CLI's version, such as v3.275.1, has the same major version as the SDK and is
// not older.
func fits(version, sdk string) bool {
	have, err := numbers(strings.TrimPrefix(version, "v"))
	if err != nil {
		return false
	}
	want, err := numbers(sdk)
	if err != nil {
		return false
	}
	return have[0] == want[0] && (have[1] > want[1] || have[1] == want[1] && have[2] >= want[2])
}

func numbers(version string) (parts [3]int, err error) {
	fields := strings.Split(version, ".")
	if len(fields) != len(parts) {
		return parts, errors.New("not three numbers")
	}
	for i, field := range fields {
		if parts[i], err = strconv.Atoi(field); err != nil {
			return parts, err
		}
	}
	return parts, nil
}

// installedProvider returns the plugin with exactly the program's version from the user's Pulumi folder,
// or "".
func (o *Options) installedProvider() string {
	home := os.Getenv("PULUMI_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		home = filepath.Join(user, ".pulumi")
	}
	path, err := filepath.EvalSymlinks(pluginPath(home))
	if err != nil || o.own(path) {
		return ""
	}
	return path
}

func pluginPath(home string) string {
	return filepath.Join(home, "plugins", "resource-kubernetes-v"+ProviderVersion, "pulumi-resource-kubernetes")
}

// fetchCLI installs the pinned CLI into the cache with Pulumi's installer.
func (o *Options) fetchCLI(ctx context.Context) (string, error) {
	root := filepath.Join(o.Cache, "official-pulumi-"+PulumiVersion)
	path := filepath.Join(root, "bin", "pulumi")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	unfinished := root + ".tmp" // an interrupted installer leaves an incomplete CLI
	if err := os.RemoveAll(unfinished); err != nil {
		return "", fmt.Errorf("removing an unfinished download: %w", err)
	}
	const script = `curl -fsSL https://get.pulumi.com | sh -s -- --version "$1" --install-root "$2" --no-edit-path`
	out, err := run(ctx, exec.CommandContext(ctx, "sh", "-c", script, "sh", PulumiVersion, unfinished))
	if err == nil {
		_, err = os.Stat(filepath.Join(unfinished, "bin", "pulumi"))
	}
	if err != nil {
		return "", fmt.Errorf("downloading the Pulumi CLI (without FETCH=1 it is built instead): %w\n%s", err, out)
	}
	return path, os.Rename(unfinished, root)
}

// fetchProvider installs the provider plugin into the cache with the CLI.
func (o *Options) fetchProvider(ctx context.Context, cli string) (string, error) {
	home := filepath.Join(o.Cache, "official-plugins")
	path := pluginPath(home)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	cmd := exec.CommandContext(ctx, cli, "plugin", "install", "resource", "kubernetes", "v"+ProviderVersion)
	cmd.Env = append(os.Environ(), "PULUMI_HOME="+home, "PULUMI_SKIP_UPDATE_CHECK=true")
	out, err := run(ctx, cmd)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		return "", fmt.Errorf("downloading the provider plugin (without FETCH=1 it is built instead): %w\n%s", err, out)
	}
	return path, nil
}
