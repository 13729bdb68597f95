package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox"
)

// A shell reads back what was quoted, whatever it was.
func TestQuote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "plain", "two words", `it's`, `''`, `"$HOME" $(id) \n * ~ !! #`, "two\nlines", "-n", "日本",
	} {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("of %q the shell makes %q (%v)", text, out, err)
		}
	}
	if got := quote("it's"); got != `'it'\''s'` {
		t.Errorf("got %s", got)
	}
}

func TestEnv(t *testing.T) { //nolint:paralleltest // it sets the environment
	for _, name := range []string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		t.Setenv(name, "of-the-user")
	}
	dir, err := filepath.EvalSymlinks(checkout(t))
	if err != nil {
		t.Fatal(err)
	}
	access := sandbox.Access{Endpoint: "http://127.0.0.1:1", AccessKeyID: "key", SecretAccessKey: "it's"}
	pretend(t, dir, &session{Access: access, Passphrase: "a b"})
	got := call(t, dir, "", "env", "--region", "eu-west-1")
	box := dir + "/.sandbox"
	want := `unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_PROFILE AWS_SESSION_TOKEN PULUMI_CONFIG_PASSPHRASE_FILE
export PATH='` + box + `/bin':"$PATH"
export PULUMI_HOME='` + box + `/pulumi/home'
export PULUMI_BACKEND_URL='file://` + box + `/pulumi/state?metadata=skip'
export PULUMI_CONFIG_PASSPHRASE='a b'
export PULUMI_OPTION_CWD='` + box + `/project'
export PULUMI_SKIP_UPDATE_CHECK='true'
export PULUMI_SUPPRESS_NEO_LINK='true'
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION='true'
export CGO_ENABLED='0'
export GOWORK='off'
export AWS_ENDPOINT_URL='http://127.0.0.1:1'
export AWS_ACCESS_KEY_ID='key'
export AWS_SECRET_ACCESS_KEY='it'\''s'
export AWS_CONFIG_FILE='/dev/null'
export AWS_SHARED_CREDENTIALS_FILE='/dev/null'
export AWS_EC2_METADATA_DISABLED='true'
export KUBECONFIG='` + box + `/kubeconfig'
export AWS_REGION='eu-west-1'
export AWS_DEFAULT_REGION='eu-west-1'
`
	if diff := cmp.Diff(result{Out: want}, got); diff != "" {
		t.Errorf("the lines (-want +got):\n%s", diff)
	}
	// The PATH is the shell's own at the time, with the sandbox's first.
	script := "PATH='/a b:/c'\n" + got.Out + `echo "$PATH"`
	out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", script).Output()
	if err != nil || strings.TrimSpace(string(out)) != box+"/bin:/a b:/c" {
		t.Errorf("PATH is %q (%v)", out, err)
	}
}

// The region is that of the secrets of the stack that is deployed: the AWS CLI then finds what the stack
// reads.
func TestEnvRegion(t *testing.T) {
	t.Parallel()
	const (
		deployed  = `{"checkpoint":{"latest":{"resources":[{"type":"kubernetes:core/v1:Namespace","custom":true}]}}}`
		destroyed = `{"checkpoint":{"latest":{}}}`
	)
	for name, test := range map[string]struct {
		states map[string]string
		args   []string
		want   string
	}{
		"NothingDeployed": {nil, nil, "us-east-1"},
		"Destroyed":       {map[string]string{"dev": destroyed}, nil, "us-east-1"},
		"Deployed":        {map[string]string{"dev": deployed, "old": destroyed}, nil, "eu-west-1"},
		"OfTheSecrets":    {map[string]string{"elsewhere": deployed}, nil, "eu-central-1"},
		"NoFile":          {map[string]string{"gone": deployed}, nil, "us-east-1"},
		"BrokenState":     {map[string]string{"dev": "{"}, nil, "us-east-1"},
		"Given":           {map[string]string{"dev": deployed}, []string{"--region", "eu-north-1"}, "eu-north-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := checkout(t)
			pretend(t, dir, &session{})
			project := filepath.Join(dir, ".sandbox", "project")
			write(t, eksFile, project, "Pulumi.dev.yaml")
			write(t, "config: {aws:region: eu-west-1, eso-aws:region: eu-central-1}\n", project, "Pulumi.elsewhere.yaml")
			for stack, state := range test.states {
				write(t, state, dir, ".sandbox/pulumi/state/.pulumi/stacks/eso-aws", stack+".json")
			}
			got := call(t, dir, "", append([]string{"env"}, test.args...)...)
			for _, variable := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
				if line := "export " + variable + "='" + test.want + "'\n"; !strings.Contains(got.Out, line) {
					t.Errorf("got %+v, want the line %s", got, line)
				}
			}
		})
	}
}
