package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Source selects a context of a kubeconfig.
type Source struct {
	// Configured is the path or the content of a kubeconfig.
	Configured string
	// Paths are merged as kubectl does if Configured is empty. Missing files are ignored.
	Paths []string
	// Context is the name of the context; "" selects the current context.
	Context string
}

// load returns the client configuration of the selected context, and the context's name.
func (s *Source) load() (*rest.Config, string, error) {
	kubeconfig, origin, err := s.read()
	if err != nil {
		return nil, "", err
	}
	name := cmp.Or(s.Context, kubeconfig.CurrentContext)
	if name == "" {
		return nil, "", fmt.Errorf("%s: current-context is required; set kubeContext to the name of a context", origin)
	}
	chosen, ok := kubeconfig.Contexts[name]
	if !ok {
		names := cmp.Or(strings.Join(slices.Sorted(maps.Keys(kubeconfig.Contexts)), ", "), "none")
		return nil, "", fmt.Errorf("%s: unknown context %q; available: %s; set kubeContext to one of them, "+
			"or create the cluster%s", origin, name, names, hint(name))
	}
	if err := check(kubeconfig, chosen); err != nil {
		return nil, "", fmt.Errorf("%s: context %q: %w", origin, name, err)
	}
	config, err := clientcmd.NewNonInteractiveClientConfig(*kubeconfig, name, nil, nil).ClientConfig()
	if err != nil {
		return nil, "", fmt.Errorf("%s: context %q: %w; recreate the kubeconfig", origin, name, err)
	}
	if plugin := config.ExecProvider; plugin != nil {
		path, err := exec.LookPath(plugin.Command)
		if err != nil {
			return nil, "", fmt.Errorf("%s: context %q: credential plugin %q: must be installed and on the PATH; %s",
				origin, name, plugin.Command, cmp.Or(strings.TrimSpace(plugin.InstallHint), "install it"))
		}
		plugin.Command = path // client-go caches credentials by command, as long as the process runs
	}
	return config, name, nil
}

// check returns an error for what clientcmd would accept, or report with an error that misleads or contains a
// password.
func check(kubeconfig *api.Config, context *api.Context) error {
	server, user := kubeconfig.Clusters[context.Cluster], kubeconfig.AuthInfos[context.AuthInfo]
	switch {
	case server == nil || server.Server == "":
		return fmt.Errorf("cluster %q has no server; recreate the kubeconfig", context.Cluster)
	case !validProxy(server.ProxyURL):
		return fmt.Errorf("cluster %q: proxy-url: must be an http, https or socks5 URL; correct it", context.Cluster)
	case user == nil && context.AuthInfo != "":
		return fmt.Errorf("unknown user %q; recreate the kubeconfig", context.AuthInfo)
	default:
		return nil
	}
}

func validProxy(address string) bool {
	u, err := url.Parse(address)
	return address == "" || err == nil && slices.Contains([]string{"http", "https", "socks5"}, u.Scheme)
}

// read returns the kubeconfig and its name for messages. Its errors never quote the content, which may contain
// credentials.
func (s *Source) read() (kubeconfig *api.Config, origin string, err error) {
	if s.Configured == "" {
		return s.merge()
	}
	origin = "the configured kubeconfig"
	content := []byte(s.Configured)
	if path, ok := existing(s.Configured); ok {
		if content, err = os.ReadFile(path); err != nil { //nolint:gosec // the user chooses the path
			return nil, "", fmt.Errorf("%s: %w; make the file readable, or configure its content", origin, err)
		}
	}
	if kubeconfig, err = clientcmd.Load(content); err != nil {
		return nil, "", fmt.Errorf("%s: must be the path of a file that exists, or a valid kubeconfig; "+
			"set kubeconfig to a path or to the content", origin)
	}
	for _, file := range clientcmd.GetConfigFileReferences(kubeconfig) {
		if *file != "" && !filepath.IsAbs(*file) {
			return nil, "", fmt.Errorf("%s: %q: must be an absolute path; write it in full, or embed the content",
				origin, *file)
		}
	}
	return kubeconfig, origin, nil
}

// existing expands ~ in a path, and reports whether the file exists.
func existing(path string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	_, err := os.Stat(path)
	return path, err == nil
}

// merge merges the files at Paths.
func (s *Source) merge() (kubeconfig *api.Config, origin string, err error) {
	origin = "kubeconfig " + strings.Join(s.Paths, string(filepath.ListSeparator))
	found := false
	for _, path := range s.Paths {
		_, err := clientcmd.LoadFromFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if unreadable, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, "", fmt.Errorf("kubeconfig %w; make the file readable or remove it from KUBECONFIG", unreadable)
		}
		if err != nil {
			return nil, "", fmt.Errorf("kubeconfig %s: must be a valid kubeconfig; "+
				"repair the file or remove it from KUBECONFIG", path)
		}
		found = true
	}
	if !found {
		return nil, "", fmt.Errorf("%s: does not exist; create a cluster%s, or set kubeconfig to another path",
			origin, hint(s.Context))
	}
	kubeconfig, err = (&clientcmd.ClientConfigLoadingRules{Precedence: s.Paths}).Load()
	return kubeconfig, origin, err
}

// hint returns how to create the cluster of a context, where its name tells.
func hint(context string) string {
	if strings.HasPrefix(context, "k3d-") {
		return " with `make k3d-up`"
	}
	return ""
}
