package build_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/build"
)

// cliOf returns a script that is a Pulumi CLI of some version. It installs a plugin, says so in a file
// beside it, and does nothing else.
func cliOf(version string) string {
	return `#!/bin/sh
case "$*" in
version) echo ` + version + ` ;;
"plugin install resource kubernetes v4.25.0")
	dir=$PULUMI_HOME/plugins/resource-kubernetes-v4.25.0
	mkdir -p "$dir" && : >"$dir/pulumi-resource-kubernetes" && echo "$*" >>"$0.calls" ;;
*) exit 9 ;;
esac
`
}

// install puts a CLI and its language host into a folder.
func install(t *testing.T, dir, version string) (cli string) {
	t.Helper()
	cli = filepath.Join(dir, "pulumi")
	write(t, 0o700, cliOf(version), cli)
	write(t, 0o700, "", dir, "pulumi-language-go")
	return cli
}

// onPath puts a folder before all others on PATH.
func onPath(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestInstalledCLI(t *testing.T) {
	tests := map[string]struct {
		version string
		used    bool
	}{
		"TheVersion": {"v3.274.1", true},
		"NewerPatch": {"v3.274.7", true},
		"NewerMinor": {"v3.1000.0", true},
		"WithoutV":   {"3.275.0", true},
		"OlderMinor": {"v3.273.9", false},
		"OtherMajor": {"v4.274.0", false},
		"OlderMajor": {"v2.300.0", false},
		"PreRelease": {"v3.275.0-alpha.1", false},
		"Local":      {"v3.275.0+dirty", false},
		"TwoNumbers": {"v3.275", false},
		"Empty":      {"", false},
		"Failing":    {"; exit 3", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := newBuiltTree(t)
			stand, _ := tr.all(t)
			cli := install(t, t.TempDir(), test.version)
			onPath(t, filepath.Dir(cli))
			b, events := tr.all(t)
			want, wantEvents := *stand, []string(nil)
			if test.used {
				want.Pulumi, want.LanguageHost = cli, ""
				wantEvents = []string{"using 0/0 the official Pulumi CLI, " + cli}
			}
			if diff := cmp.Diff(&want, b); diff != "" {
				t.Errorf("the binaries (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wantEvents, events); diff != "" {
				t.Errorf("the events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestInstalledCLIByALink(t *testing.T) {
	tr := newBuiltTree(t)
	cli := install(t, t.TempDir(), "v3.274.1")
	bin := t.TempDir()
	if err := os.Symlink(cli, filepath.Join(bin, "pulumi")); err != nil {
		t.Fatal(err)
	}
	onPath(t, bin)
	if b, _ := tr.all(t); b.Pulumi != cli { // beside which its language host is
		t.Errorf("got %q, want %q", b.Pulumi, cli)
	}
}

func TestCLIWithoutLanguageHost(t *testing.T) {
	tr := newBuiltTree(t)
	cli := install(t, t.TempDir(), "v3.274.1")
	if err := os.Remove(filepath.Join(filepath.Dir(cli), "pulumi-language-go")); err != nil {
		t.Fatal(err)
	}
	onPath(t, filepath.Dir(cli))
	if b, events := tr.all(t); b.Pulumi == cli || events != nil {
		t.Errorf("got %q and the events %q", b.Pulumi, events)
	}
}

// With the sandbox's own CLI on PATH, as it is after eval "$(make env)", nothing is different.
func TestOwnCLIIsNotOfficial(t *testing.T) {
	tr := newBuiltTree(t)
	stand, _ := tr.all(t)
	own := install(t, filepath.Join(tr.Cache, "pulumi-0123456789ab"), "v3.274.1")
	bin := t.TempDir()
	if err := os.Symlink(own, filepath.Join(bin, "pulumi")); err != nil {
		t.Fatal(err)
	}
	onPath(t, bin)
	b, events := tr.all(t)
	if diff := cmp.Diff(stand, b); diff != "" || events != nil {
		t.Errorf("with the events %q, the binaries (-want +got):\n%s", events, diff)
	}
}

// TestPlacedCLIIsNotOfficial: a sandbox's own bin is on PATH in a shell that works by hand.
func TestPlacedCLIIsNotOfficial(t *testing.T) {
	tr := newBuiltTree(t)
	stand, _ := tr.all(t)
	tr.Placed = t.TempDir()
	bin := filepath.Join(tr.Placed, "bin")
	install(t, bin, "v3.274.1")
	onPath(t, bin)
	b, events := tr.all(t)
	if diff := cmp.Diff(stand, b); diff != "" || events != nil {
		t.Errorf("with the events %q, the binaries (-want +got):\n%s", events, diff)
	}
}

func TestInstalledProvider(t *testing.T) {
	const place = "plugins/resource-kubernetes-v4.25.0/pulumi-resource-kubernetes"
	tests := map[string]struct {
		variable, dir string
		used          bool
	}{
		"OfPulumiHome":      {"PULUMI_HOME", place, true},
		"OfTheUser":         {"HOME", ".pulumi/" + place, true},
		"OfAnotherVersion":  {"PULUMI_HOME", strings.Replace(place, "4.25.0", "4.25.1", 1), false},
		"OfAnotherProvider": {"PULUMI_HOME", strings.Replace(place, "resource-kubernetes-", "resource-aws-", 1), false},
		"OfAWS":             {"PULUMI_HOME", "plugins/resource-aws-v6.83.2/pulumi-resource-aws", false}, // which the real AWS answers
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := newBuiltTree(t)
			stand, _ := tr.all(t)
			home := homeDir(t)
			t.Setenv("PULUMI_HOME", "")
			t.Setenv("HOME", "")
			t.Setenv(test.variable, home)
			t.Setenv("GOCACHE", t.TempDir())
			t.Setenv("GOPATH", t.TempDir())
			path := filepath.Join(home, test.dir)
			write(t, 0o700, "", path)
			b, events := tr.all(t)
			want, wantEvents := *stand, []string(nil)
			if test.used {
				want.Provider, wantEvents = path, []string{"using 0/0 the official provider plugin, " + path}
			}
			if diff := cmp.Diff(&want, b); diff != "" {
				t.Errorf("the binaries (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wantEvents, events); diff != "" {
				t.Errorf("the events (-want +got):\n%s", diff)
			}
		})
	}
}

// The plugin that is linked into the sandbox's own Pulumi home is not an official one.
func TestOwnProviderIsNotOfficial(t *testing.T) {
	tr := newBuiltTree(t)
	stand, _ := tr.all(t)
	home := t.TempDir()
	dir := filepath.Join(home, "plugins/resource-kubernetes-v4.25.0")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(stand.Provider, filepath.Join(dir, "pulumi-resource-kubernetes")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULUMI_HOME", home)
	if b, events := tr.all(t); b.Provider != stand.Provider || events != nil {
		t.Errorf("got %q and the events %q", b.Provider, events)
	}
}

// fakeCurl puts a curl on PATH that prints Pulumi's installer, whose last lines are the given ones; in
// them "$root" is where to install. It returns the file that the arguments of each call are kept in.
func fakeCurl(t *testing.T, lines string) (calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	write(t, 0o700, fmt.Sprintf(`#!/bin/sh
echo "curl $*" >>%[1]s
cat <<'INSTALLER'
echo "installer $1 $2 $3 ${4##*/} $5" >>%[1]s
root=$4
%[2]s
INSTALLER
`, calls, lines), dir, "curl")
	onPath(t, dir)
	return calls
}

const wholeInstall = `mkdir -p "$root/bin"
cat >"$root/bin/pulumi" <<'CLI'
%sCLI
: >"$root/bin/pulumi-language-go"
chmod +x "$root/bin/pulumi"`

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFetch(t *testing.T) {
	tr := newBuiltTree(t)
	tr.Fetch = true
	stand, err := built()
	if err != nil {
		t.Fatal(err)
	}
	calls := fakeCurl(t, fmt.Sprintf(wholeInstall, cliOf("v3.274.1")))
	b, events := tr.all(t)
	cli := filepath.Join(tr.Cache, "official-pulumi-3.274.1/bin/pulumi")
	plugin := filepath.Join(tr.Cache, "official-plugins/plugins/resource-kubernetes-v4.25.0/pulumi-resource-kubernetes")
	if b.Pulumi != cli || b.LanguageHost != "" || b.Provider != plugin {
		t.Errorf("got %+v, want %q, no language host and %q", b, cli, plugin)
	}
	if strings.TrimPrefix(b.Node, tr.Cache) == b.Node || strings.HasPrefix(b.Node, stand) {
		t.Errorf("the node is %q", b.Node)
	}
	want := []string{"using 0/0 the official Pulumi CLI, " + cli, "using 0/0 the official provider plugin, " + plugin}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("the events (-want +got):\n%s", diff)
	}
	tr.all(t) // once more downloads nothing
	wantCalls := "curl -fsSL https://get.pulumi.com\n" +
		"installer --version 3.274.1 --install-root official-pulumi-3.274.1.tmp --no-edit-path\n"
	if diff := cmp.Diff(wantCalls, read(t, calls)); diff != "" {
		t.Errorf("the calls (-want +got):\n%s", diff)
	}
	if got := read(t, cli+".calls"); got != "plugin install resource kubernetes v4.25.0\n" {
		t.Errorf("the CLI was asked to %q", got)
	}
}

func TestFetchWithAnInstalledCLI(t *testing.T) {
	tr := newBuiltTree(t)
	tr.Fetch = true
	calls := fakeCurl(t, "exit 1")
	cli := install(t, t.TempDir(), "v3.275.0")
	onPath(t, filepath.Dir(cli))
	b, _ := tr.all(t)
	if want := filepath.Join(tr.Cache, "official-plugins"); b.Pulumi != cli || !strings.HasPrefix(b.Provider, want) {
		t.Errorf("got the CLI %q and the provider %q, want %q and one in %q", b.Pulumi, b.Provider, cli, want)
	}
	if _, err := os.Stat(calls); err == nil {
		t.Errorf("curl was called: %s", read(t, calls))
	}
}

// A shell does not end its pipeline, which holds what its output is read from.
func TestCancelledFetch(t *testing.T) {
	tr := newBuiltTree(t)
	tr.Fetch = true
	file := filepath.Join(t.TempDir(), "pids")
	fakeCurl(t, "echo $PPID $$ >"+file+".new && mv "+file+".new "+file+"\nexec sleep 300")
	ctx, cancel := context.WithCancel(t.Context())
	var pids string
	go func() {
		defer cancel()
		pids = await(ctx, file)
	}()
	_, err := build.All(ctx, tr.Options)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
	nothingLeft(t, pids)
}

func TestFailedFetch(t *testing.T) {
	const built = " (without FETCH=1 it is built instead): "
	tests := map[string]struct{ installer, want, detail string }{
		"Installer": {"echo no such version; exit 4", "downloading the Pulumi CLI" + built + "exit status 4\n", "no such version"},
		"NoCLI":     {"echo fine", "downloading the Pulumi CLI" + built + "stat ", "fine"},
		"HalfOfIt":  {`mkdir -p "$root/bin"; : >"$root/bin/pulumi"; exit 5`, "downloading the Pulumi CLI" + built + "exit status 5\n", ""},
		"NoProvider": {
			fmt.Sprintf(wholeInstall, "#!/bin/sh\necho no such plugin; exit 6\n"),
			"downloading the provider plugin" + built + "exit status 6\n", "no such plugin",
		},
		"EmptyProvider": {
			fmt.Sprintf(wholeInstall, "#!/bin/sh\necho installed\n"), "downloading the provider plugin" + built + "stat ", "installed",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := newBuiltTree(t)
			tr.Fetch = true
			fakeCurl(t, test.installer)
			_, err := build.All(t.Context(), tr.Options)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || !strings.Contains(err.Error(), test.detail) {
				t.Errorf("got %v, want %s... with %q", err, test.want, test.detail)
			}
			if strings.Contains(test.want, "provider") {
				return // the CLI is there and will be used
			}
			fakeCurl(t, fmt.Sprintf(wholeInstall, cliOf("v3.274.1")))
			if b, events := tr.all(t); len(events) != 2 || b.LanguageHost != "" {
				t.Errorf("a second try gives the events %q", events)
			}
		})
	}
}
