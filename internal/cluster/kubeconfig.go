package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Source says where the kubeconfig is.
type Source struct {
	// Configured is a path or the content of a kubeconfig.
	Configured string
	// Paths are read where nothing is configured, and merged as kubectl does;
	// those that do not exist are passed over.
	Paths []string
	// Context is the context's name; "" is the current one.
	Context string
}

type kubeconfig struct {
	CurrentContext string `yaml:"current-context"`
	Contexts       []struct {
		Name    string
		Context kubeContext
	}
	Clusters []struct {
		Name    string
		Cluster server
	}
	Users []struct {
		Name string
		User user
	}
}

type kubeContext struct {
	Cluster string
	User    string
}

type server struct {
	Server        string
	CAFile        string `yaml:"certificate-authority"`
	CAData        string `yaml:"certificate-authority-data"`
	Insecure      bool   `yaml:"insecure-skip-tls-verify"`
	TLSServerName string `yaml:"tls-server-name"`
	ProxyURL      string `yaml:"proxy-url"`
}

type user struct {
	Token        string
	TokenFile    string `yaml:"tokenFile"`
	CertFile     string `yaml:"client-certificate"`
	CertData     string `yaml:"client-certificate-data"`
	KeyFile      string `yaml:"client-key"`
	KeyData      string `yaml:"client-key-data"`
	Username     string
	Password     string
	Impersonate  string   `yaml:"as"`
	Groups       []string `yaml:"as-groups"`
	Exec         *exec
	AuthProvider *struct{ Name string } `yaml:"auth-provider"`
}

// access is a context of a kubeconfig: a server and who we are to it.
type access struct {
	context string
	server  server
	user    user
}

// load finds the context in the source.
func (s *Source) load() (*access, error) {
	config, origin, err := s.read()
	if err != nil {
		return nil, err
	}
	name := s.Context
	if name == "" {
		name = config.CurrentContext
	}
	if name == "" {
		return nil, fmt.Errorf("%s has no current context; write kubeContext", origin)
	}
	chosen, ok := config.context(name)
	if !ok {
		return nil, fmt.Errorf("%s has no context %q, it has %s; write one of these as kubeContext, "+
			"or make the cluster%s", origin, name, config.contexts(), hint(name))
	}
	server, ok := config.server(chosen.Cluster)
	if !ok || server.Server == "" {
		return nil, fmt.Errorf("%s has no server for cluster %q of context %q; make the cluster's kubeconfig again",
			origin, chosen.Cluster, name)
	}
	user, ok := config.user(chosen.User)
	if !ok && chosen.User != "" {
		return nil, fmt.Errorf("%s has no user %q of context %q; make the cluster's kubeconfig again",
			origin, chosen.User, name)
	}
	return &access{context: name, server: server, user: user}, nil
}

// The first of a name is the one, so that merging is appending.

func (k *kubeconfig) context(name string) (kubeContext, bool) {
	for _, c := range k.Contexts {
		if c.Name == name {
			return c.Context, true
		}
	}
	return kubeContext{}, false
}

func (k *kubeconfig) server(name string) (server, bool) {
	for _, c := range k.Clusters {
		if c.Name == name {
			return c.Cluster, true
		}
	}
	return server{}, false
}

func (k *kubeconfig) user(name string) (user, bool) {
	for _, u := range k.Users {
		if u.Name == name {
			return u.User, true
		}
	}
	return user{}, false
}

// contexts are the names there are.
func (k *kubeconfig) contexts() string {
	names := make([]string, 0, len(k.Contexts))
	for _, c := range k.Contexts {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// read is the kubeconfig, and what to call it.
func (s *Source) read() (*kubeconfig, string, error) {
	if s.Configured == "" {
		return s.merge()
	}
	content, origin := []byte(s.Configured), "the configured kubeconfig"
	if path, ok := existing(s.Configured); ok {
		read, err := os.ReadFile(path) //nolint:gosec // the path is the user's own
		if err != nil {
			return nil, "", fmt.Errorf("%s cannot be read; write a path that can be, or its content", origin)
		}
		content = read
	}
	config, err := parse(content)
	if err != nil {
		return nil, "", fmt.Errorf("%s is neither a file that exists nor YAML with contexts; "+
			"write a path or the content", origin)
	}
	for _, file := range config.files() {
		if *file != "" && !filepath.IsAbs(*file) {
			return nil, "", fmt.Errorf("%s refers to file %q; write its whole path, or put the content in",
				origin, *file)
		}
	}
	return config, origin, nil
}

// existing is a path with its ~ expanded, if a file is there.
func existing(path string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	_, err := os.Stat(path)
	return path, err == nil
}

// merge is kubectl's: the first file that has a value wins.
func (s *Source) merge() (*kubeconfig, string, error) {
	origin := "kubeconfig " + strings.Join(s.Paths, string(filepath.ListSeparator))
	merged, found := &kubeconfig{}, false
	for _, path := range s.Paths {
		content, err := os.ReadFile(path) //nolint:gosec // the path is the user's own
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", fmt.Errorf("reading kubeconfig: %w", err)
		}
		config, err := parse(content)
		if err != nil {
			return nil, "", fmt.Errorf("kubeconfig %q is not YAML with contexts; "+
				"repair it or take it out of KUBECONFIG", path)
		}
		for _, file := range config.files() {
			if *file != "" && !filepath.IsAbs(*file) {
				*file = filepath.Join(filepath.Dir(path), *file)
			}
		}
		found = true
		if merged.CurrentContext == "" {
			merged.CurrentContext = config.CurrentContext
		}
		merged.Contexts = append(merged.Contexts, config.Contexts...)
		merged.Clusters = append(merged.Clusters, config.Clusters...)
		merged.Users = append(merged.Users, config.Users...)
	}
	if !found {
		return nil, "", fmt.Errorf("%s does not exist; make a cluster%s, or write its kubeconfig's path as kubeconfig",
			origin, hint(s.Context))
	}
	return merged, origin, nil
}

// parse never says what is in the content, for there are keys in it.
func parse(content []byte) (*kubeconfig, error) {
	config := &kubeconfig{}
	if err := yaml.Unmarshal(content, config); err != nil {
		return nil, errors.New("not a kubeconfig")
	}
	return config, nil
}

// files are the places of the kubeconfig's references to files.
func (k *kubeconfig) files() []*string {
	var files []*string
	for i := range k.Clusters {
		files = append(files, &k.Clusters[i].Cluster.CAFile)
	}
	for i := range k.Users {
		u := &k.Users[i].User
		files = append(files, &u.TokenFile, &u.CertFile, &u.KeyFile)
		// A command without a slash is looked for on PATH.
		if u.Exec != nil && strings.ContainsRune(u.Exec.Command, filepath.Separator) {
			files = append(files, &u.Exec.Command)
		}
	}
	return files
}

// hint says how to make the cluster, where its name tells.
func hint(context string) string {
	if strings.HasPrefix(context, "k3d-") {
		return " with `make k3d-up`"
	}
	return ""
}
