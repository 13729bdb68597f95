package e2e

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"gopkg.in/yaml.v3"
)

// copyCheckout copies the checkout, without its stack files and binaries.
func copyCheckout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(env.checkout)
	must(t, err)
	for _, entry := range entries {
		from, to := filepath.Join(env.checkout, entry.Name()), filepath.Join(dir, entry.Name())
		isStack, err := filepath.Match("Pulumi.*.yaml", entry.Name())
		must(t, err)
		switch {
		case isStack || entry.Name() == ".git" || entry.Name() == ".sandbox":
		case entry.IsDir():
			must(t, os.CopyFS(to, os.DirFS(from)))
		default:
			data, err := os.ReadFile(from)
			must(t, err)
			must(t, os.WriteFile(to, data, 0o600))
		}
	}
	return dir
}

// stackFile writes an edited copy of the committed stack file local.
func stackFile(t *testing.T, dir, stack string, edit func(config)) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(env.checkout, "Pulumi.local.yaml"))
	must(t, err)
	var file struct {
		Config config `yaml:"config"`
	}
	must(t, yaml.Unmarshal(data, &file))
	edit(file.Config)
	data, err = yaml.Marshal(file)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "Pulumi."+stack+".yaml"), data, 0o600))
}

// TestPreview proves that each stack is previewed, even if others fail, and that nothing is left behind.
func TestPreview(t *testing.T) {
	t.Parallel()
	dir, temporary := copyCheckout(t), t.TempDir()
	canary := rand.Text()
	stackFile(t, dir, "good", func(c config) { c["eso-aws:secretAccessKey"] = canary })
	preview := func() *exec.Cmd {
		cmd := user{filepath.Join(dir, ".sandbox")}.command(t.Context(), "make", "preview")
		cmd.Dir = dir
		cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
		return cmd
	}
	run := func() (out, errs string, err error) {
		var stdout, stderr bytes.Buffer
		cmd := preview()
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err = cmd.Run()
		if strings.Contains(stdout.String()+stderr.String(), canary) {
			t.Error("the preview shows the secret access key")
		}
		nothingRuns(t, temporary)
		if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
			t.Errorf("it leaves %v (%v)", left, err)
		}
		return stdout.String(), stderr.String(), err
	}

	const head = "### Preview\n\nWhat the first `pulumi up` of each stack would do in an empty cluster.\n\n" +
		"| stack | result | to create | to update | to delete |\n| --- | --- | --- | --- | --- |\n"
	good, errs, err := run()
	if err != nil || !strings.HasPrefix(good, head+"| good | previews | 11 | 0 | 0 |\n\n<details>\n") {
		t.Fatalf("a good stack: %v\n%s\n%s", err, good, errs)
	}
	contains(t, good, "\n+ kubernetes:external-secrets.io/v1:ExternalSecret datadog-api-key\n",
		"\n+   data: '[secret]'\n", "\n+   chart: <chart>\n", "\n+         value: <aws>\n")
	contains(t, errs, "Previewing good ... 11 to create, 0 to update, 0 to delete\n")
	if private := regexp.MustCompile(`/[^ ]*/eso-aws|127\.0\.0\.1`).FindString(good); private != "" {
		t.Errorf("it shows what differs from one machine to the next: %q", private)
	}

	stackFile(t, dir, "broken", func(c config) { c["eso-aws:region"] = "mars" })
	must(t, os.WriteFile(filepath.Join(dir, "Pulumi.another.yaml"), []byte("config: ["), 0o600))
	out, errs, err := run()
	_, details, _ := strings.Cut(good, "<details>")
	rows := "| another | **fails** | | | |\n| broken | **fails** | | | |\n| good | previews | 11 | 0 | 0 |\n\n"
	if err == nil || !strings.HasPrefix(out, head+rows) || !strings.HasSuffix(out, "<details>"+details) {
		t.Errorf("with broken stacks: %v\n%s\n%s", err, out, errs)
	}
	contains(t, out, "\nreading \"<checkout>/Pulumi.another.yaml\": yaml: ",
		"\n"+`eso-aws:region: "mars": must be an AWS region, such as eu-west-1`+"\n")
	contains(t, errs, "sandbox: the preview of another, broken failed; see the summary\n")

	for _, moment := range []string{"Previewing another", "Previewing good"} {
		out := interrupt(t, preview(), moment, syscall.SIGINT)
		nothingRuns(t, temporary)
		contains(t, out, "\ninterrupted: stopped the preview\n")
		if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
			t.Errorf("interrupted at %q it leaves %v (%v)", moment, left, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, ".sandbox")); err != nil || len(entries) != 1 {
		t.Errorf("the sandbox's folder holds more than its command: %v (%v)", entries, err)
	}
}
