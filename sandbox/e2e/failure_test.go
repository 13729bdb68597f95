package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestASecretThatCannotBeSynced proves that up fails with AWS's message, and that the next up syncs a repaired
// secret immediately: the operator itself retries after 1, 3, 7, 15, 31 and 63 s, and the second up waits 20 s.
func TestASecretThatCannotBeSynced(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	s := newStack(t, func(c config) {
		c["eso-aws:timeout"] = "32s"
		secretsOf(c)["late"] = secret("password", "zio-lucene/late")
	})
	s.mustFail(t, []string{
		"ExternalSecret zio-lucene/late: UpdateFailed: error processing spec.data[0] (key: zio-lucene/late), " +
			"err: Secret does not exist; create it in Secrets Manager in us-east-1, or correct its name",
	}, up()...)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))

	store(t, "zio-lucene/late", "there now")
	s.edit(t, func(c config) { c["eso-aws:timeout"] = "20s" })
	s.up(t)
	must(t, holds(t, "late", map[string]string{"password": "there now"}))
}

// TestAnOperatorThatDoesNotStart proves that up reports the cause, and that a corrected one succeeds.
func TestAnOperatorThatDoesNotStart(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	values := func(c config) config { return c["eso-aws:chartValues"].(config) }
	s := newStack(t, func(c config) {
		c["eso-aws:timeout"] = "15s"
		c["eso-aws:chartValues"] = config{"image": config{"repository": "example.com/no-such-image"}}
	})
	s.mustFail(t, []string{"Pod external-secrets/external-secrets-", "example.com/no-such-image"}, up()...)
	s.edit(t, func(c config) {
		c["eso-aws:timeout"] = "60s"
		delete(values(c), "image")
	})
	s.up(t)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
}

// TestWrongCredentials proves that signatures are verified, and that up suggests the fix.
func TestWrongCredentials(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	s := newStack(t, func(c config) {
		c["eso-aws:timeout"] = "30s" // within which the operator has to start
		c["eso-aws:secretAccessKey"] = "wrong"
	})
	s.mustFail(t, []string{
		"InvalidSignatureException", "correct secretAccessKey, which does not belong to accessKeyId",
	}, up()...)
	s.edit(t, func(c config) {
		c["eso-aws:timeout"] = "60s"
		delete(c, "eso-aws:secretAccessKey")
	})
	s.up(t)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
}

// TestAnUpdateThatCannotBeSynced proves that up also fails for an object that was ready before: the operator
// leaves Ready=True until the next sync.
func TestAnUpdateThatCannotBeSynced(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	s := newStack(t, nil)
	s.up(t)
	// A short timeout is for an up that must fail, and a long one for an up that must succeed.
	edit := func(timeout string, change func(config)) {
		s.edit(t, func(c config) {
			c["eso-aws:timeout"] = timeout
			change(c)
		})
	}
	remote := func(name string) func(config) {
		return func(c config) { secretsOf(c)["datadog-api-key"] = secret("api-key", name) }
	}
	edit("10s", remote("zio-lucene/nowhere"))
	s.mustFail(t, []string{
		"ExternalSecret zio-lucene/datadog-api-key: UpdateFailed", "(key: zio-lucene/nowhere), err: Secret does not exist",
	}, up()...)
	edit("60s", remote("zio-lucene/datadog-api-key"))
	s.up(t)

	edit("10s", func(c config) { c["eso-aws:secretAccessKey"] = "wrong" })
	s.mustFail(t, []string{"correct secretAccessKey, which does not belong to accessKeyId"}, up()...)
	edit("60s", func(c config) { delete(c, "eso-aws:secretAccessKey") })
	s.up(t)
	s.noChanges(t)
}

// TestWrongConfigReachesNoCluster proves that up reports all problems at once, and registers nothing.
func TestWrongConfigReachesNoCluster(t *testing.T) {
	take(t)
	s := newStack(t, func(c config) {
		c["eso-aws:regoin"] = "us-east-1"
		c["eso-aws:refreshInterval"] = "soon"
		secretsOf(c)["Bad_Name"] = secret("password", "zio-lucene/x")
	})
	s.mustFail(t, []string{"eso-aws:regoin", `eso-aws:refreshInterval: "soon"`, "Bad_Name"}, up()...)
	if got := s.resources(t); len(got) > 1 { // the stack itself
		t.Errorf("a wrong config registered %v", got)
	}
}

// TestInterruptedUp proves that the next up repairs an up that was interrupted by Ctrl-C or killed.
func TestInterruptedUp(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	const namespace, release, store = "core/v1:Namespace zio-lucene creating",
		"helm.sh/v3:Release external-secrets creating", "SecretStore localstack-secretsmanager creating"
	for signal, moments := range map[syscall.Signal][]string{
		syscall.SIGINT: {release}, syscall.SIGKILL: {namespace, release, store},
	} {
		for _, moment := range moments {
			t.Run(fmt.Sprintf("%v/%s", signal, strings.Fields(moment)[0]), func(t *testing.T) {
				s := newStack(t, nil)
				ready := prints(moment)
				if moment == release && signal == syscall.SIGKILL {
					// The CLI prints the text before it calls its plugin. Killed in between, it
					// leaves nothing to repair; killed later, it leaves a plugin that goes on.
					ready = func(string) error { return helmHasARecord(t) }
				}
				s.output.WriteString(interruptWhen(t, s.command(t.Context(), up()...), ready, signal))
				if signal == syscall.SIGKILL {
					s.must(t, "cancel", "--yes") // a killed CLI leaves its lock
				}
				s.up(t)
				must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
				if strings.Contains(s.output.String(), "retrying create due to on-error hook") {
					// The plugin of the killed CLI was still installing the release, so the second
					// create was retried. The engine then updates such a resource once more.
					s.up(t)
				}
				s.noChanges(t)
			})
		}
	}
}

func helmHasARecord(t *testing.T) error {
	t.Helper()
	var records struct{ Items []any }
	const path = "/api/v1/namespaces/external-secrets/secrets?labelSelector=owner%3Dhelm"
	err := own(t).API().Get(t.Context(), path, &records)
	if err == nil && len(records.Items) == 0 {
		err = errors.New("helm has not recorded the release")
	}
	return err
}

// interrupt starts a command, sends a signal to its process group once it has printed the text, and returns
// all of its output. The command must fail.
func interrupt(t testing.TB, cmd *exec.Cmd, text string, signal syscall.Signal) string {
	t.Helper()
	return interruptWhen(t, cmd, prints(text), signal)
}

// prints returns a condition for interruptWhen: the command has printed the text.
func prints(text string) func(output string) error {
	return func(output string) error {
		if !strings.Contains(output, text) {
			return fmt.Errorf("%q has not appeared in:\n%s", text, output)
		}
		return nil
	}
}

// interruptWhen is interrupt with any condition: ready gets the output so far.
func interruptWhen(t testing.TB, cmd *exec.Cmd, ready func(output string) error, signal syscall.Signal) string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "output")
	file, err := os.Create(log)
	must(t, err)
	defer file.Close()
	output := func() string {
		text, err := os.ReadFile(log)
		must(t, err)
		return string(text)
	}
	cmd.Stdout, cmd.Stderr = file, file
	must(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	eventually(t, func() error {
		select {
		case err := <-ended:
			t.Fatalf("%s ended too early (%v):\n%s", cmd, err, output())
		default:
		}
		return ready(output())
	})
	must(t, syscall.Kill(-cmd.Process.Pid, signal))
	if err := <-ended; err == nil {
		t.Errorf("%s succeeds though it was interrupted", cmd)
	}
	return output()
}
